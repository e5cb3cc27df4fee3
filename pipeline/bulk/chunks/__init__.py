"""The night, chunk by chunk: every row judged, the good ones registered, every file answered."""
