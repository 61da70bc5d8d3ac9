"""What the README's table of speed is made by."""
