"""The SQL of the register."""
