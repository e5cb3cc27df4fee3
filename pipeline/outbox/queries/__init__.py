"""The SQL of outgoing mail and of addresses that take none."""
