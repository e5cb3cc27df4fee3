"""An employer's file, from bytes to rows.

`opening` is the face; `column_names` holds the header that a file should have. The order of the modules
inside is a contract in pyproject.toml.
"""
