"""Statistics of whole races and race days: likelihoods, the bootstrap, pools and curves."""
