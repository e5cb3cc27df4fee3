"""A file on its way in, by folder or by mail: the facts, and the judgement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from pipeline.bulk.intake.employer_file.opening import FileRows, OpenedFile
from pipeline.bulk.intake.trust import Trust
from pipeline.bulk.rules.batch_states import BatchState
from pipeline.bulk.rules.consent import Consent
from pipeline.clock import day_of
from pipeline.insured.queries.contacts import ContactOf
from validators.faults import FileRefused

Source = Literal["folder", "mail"]
# The unit's contacts; the sender's stored address alone; the operators' digest.
Receiver = Literal["unit", "sender", "operators"]


@dataclass(frozen=True, slots=True)
class MailSender:
    """Who a mail comes from: a contact of these units; whether that is proved is another question."""

    trust: Trust
    units: Mapping[str, ContactOf] = field(repr=False)

    @property
    def is_proved(self) -> bool:
        return self.trust is Trust.AUTHENTICATED

    @property
    def stored_addresses(self) -> list[str]:
        """The sender's address as the register writes it; never as the mail did."""
        return sorted({contact.email for contact in self.units.values()})


@dataclass(frozen=True, slots=True, kw_only=True)
class HandIn:
    """The facts of one file. `refusal`: why it could not be taken from the mail that brought it."""

    name: str
    content: bytes | None = field(repr=False)
    sha256: str
    size: int
    received_at: datetime
    source: Source
    sender: MailSender | None = None
    declares_consent: bool = False
    refusal: FileRefused | None = None

    @property
    def received_on(self) -> date:
        """The day by which the file is judged."""
        return day_of(self.received_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedHandIn:
    """A file with what was decided about it; `unit_code` is empty where no known unit is named."""

    hand_in: HandIn
    unit_code: str
    file_date: date | None
    opened: OpenedFile | None
    rows: FileRows | None = field(repr=False)
    refusal: FileRefused | None
    hold: str | None
    consent: Consent

    @property
    def identity(self) -> tuple[str, str, str]:
        """What a duplicate shares (docs/rules.md 1)."""
        return self.unit_code, self.hand_in.name, self.hand_in.sha256

    @property
    def state(self) -> BatchState:
        """The state in which its batch begins."""
        if self.refusal is not None:
            return BatchState.REFUSED
        return BatchState.HELD if self.hold else BatchState.WAITING

    @property
    def receiver(self) -> Receiver:
        """Who is answered about it (docs/rules.md 1)."""
        sender = self.hand_in.sender
        if sender is None:
            return "unit" if self.unit_code else "operators"
        if not sender.is_proved:
            return "operators"
        return "unit" if self.unit_code in sender.units else "sender"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """The files of one mail, or of the drop folder at one look: answered in one letter an address.

    `ignored` and `left_over` name attachments that were no CSV, and those beyond the limit.
    """

    files: tuple[JudgedHandIn, ...]
    inbound_mail_id: int | None = None
    ignored: tuple[str, ...] = ()
    left_over: tuple[str, ...] = ()
