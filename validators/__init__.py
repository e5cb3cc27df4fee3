"""Is it well-formed? Text in, value or fault out; no I/O, nothing else of ours imported."""
