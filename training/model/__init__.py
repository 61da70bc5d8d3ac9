"""The fundamental model: inputs in, scores out, stored without a pickle, and explained."""
