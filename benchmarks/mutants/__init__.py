"""Faults put into the modules that money goes by, to see that a test fails for each."""
