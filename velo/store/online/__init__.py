"""The online store: what is known of every horse, trainer, jockey and stall on one morning."""
