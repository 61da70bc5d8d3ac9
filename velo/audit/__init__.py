"""The proof that no feature knows the future, on the user's own data."""
