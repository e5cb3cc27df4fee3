"""The web page beside the reader, on loopback: environment check and registration. It has no database."""
