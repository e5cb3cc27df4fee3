"""The two ways a command ends badly without it being anybody's file."""

from __future__ import annotations


class ArgumentRefused(Exception):
    """What was asked for cannot be done as asked (exit code 2); the text says what to do instead."""


class MachineUnusable(Exception):
    """Configuration, database, disk or mail server cannot be used now (exit code 3); a later run goes on."""
