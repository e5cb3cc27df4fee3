"""What stands against a file as a whole, and which of it is the answer (docs/rules.md 1)."""

from __future__ import annotations

from dataclasses import dataclass, fields

from validators.faults import FileRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFindings:
    """The refusals of a file; the fields stand in the order in which the questions are asked.

    Nothing else of a file is answered to a sender who may not know of the unit's files. `arrival`: the file
    could not be taken from the mail that brought it.
    """

    arrival: FileRefused | None = None
    sender: FileRefused | None = None
    name: FileRefused | None = None
    unit: FileRefused | None = None
    content: FileRefused | None = None
    consent: FileRefused | None = None
    duplicate: FileRefused | None = None

    @property
    def refusals(self) -> tuple[FileRefused, ...]:
        """All that was found, in order."""
        found = (getattr(self, each.name) for each in fields(self))
        return tuple(refusal for refusal in found if refusal is not None)

    @property
    def refusal(self) -> FileRefused | None:
        """The one that the night answers with."""
        return next(iter(self.refusals), None)
