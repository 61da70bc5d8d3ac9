"""The daily loop: a card in, prices and verdicts out, results back, and the ledger of it all."""
