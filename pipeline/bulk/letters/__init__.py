"""What units and operators are told about files."""
