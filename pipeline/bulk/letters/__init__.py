"""Mails about files to units, people and operators: each kind with its contents and its writer."""
