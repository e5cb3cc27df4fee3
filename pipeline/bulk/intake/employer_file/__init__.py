"""Inside an employer's file: encoding, separators, header, rows; `csv_bytes` is the door."""
