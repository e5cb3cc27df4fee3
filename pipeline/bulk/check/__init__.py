"""A file judged as the night would judge it; nothing is written."""
