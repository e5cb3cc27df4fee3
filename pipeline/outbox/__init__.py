"""Outgoing mail: queued in the commit that causes it, delivered, retried, given up."""
