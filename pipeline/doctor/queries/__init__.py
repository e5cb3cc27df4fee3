"""What the databases say about their own health."""
