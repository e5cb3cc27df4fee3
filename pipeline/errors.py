"""The two ways a command ends badly without it being anybody's file, and where a fault of ours is."""

from __future__ import annotations

from pathlib import Path


class ArgumentRefused(Exception):
    """What was asked for cannot be done as asked (exit code 2); the text says what to do instead."""


class MachineUnusable(Exception):
    """Configuration, database, disk or mail server cannot be used now (exit code 3); a later run goes on."""


class ValueRefused(MachineUnusable):
    """The database does not take what was to be written; other things it may take."""


class MailboxRefused(MachineUnusable):
    """The mail server says no, or nothing."""


def place_of(error: BaseException) -> str:
    """Class and place of a fault of ours, for the log; its text may quote a row or a mail."""
    found = error.__traceback__
    while found and found.tb_next:
        found = found.tb_next
    where = f" at {Path(found.tb_frame.f_code.co_filename).name}:{found.tb_lineno}" if found else ""
    return f"{type(error).__name__}{where}"
