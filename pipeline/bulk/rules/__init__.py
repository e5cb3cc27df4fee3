"""Pure rules of files and rows: values in, values out."""
