"""What a training run reads: whole races, features, labels and prices, and what is missing."""
