"""What must not go wrong on disk: files seen whole or not at all, paths held by one process."""
