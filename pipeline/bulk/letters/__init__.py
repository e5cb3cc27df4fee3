"""What units, people and operators are told about files: each kind of mail with its contents and writer."""
