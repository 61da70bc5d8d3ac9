"""What the champion's own predictions say of the days since it was trained."""
