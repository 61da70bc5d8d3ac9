"""From historical features to a judged model: folds, ranker, blend, metrics."""
