"""Mail that is owed: queued in the commit that causes it, delivered, retried, given up."""
