"""A file on its way in, by whichever door: what is known of it, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from pipeline.bulk.intake.csv_bytes import FileRows, OpenedFile
from pipeline.bulk.intake.trust import Trust
from pipeline.bulk.rules.batch_states import BatchState
from pipeline.bulk.rules.consent import Consent
from pipeline.bulk.rules.file_report import RowsReport
from pipeline.clock import day_of
from pipeline.insured.queries.contacts import ContactOf
from validators.faults import FileRefused

Source = Literal["folder", "mail"]
# The unit's contacts; the sender's stored address alone; staff's digest.
Answered = Literal["unit", "sender", "nobody"]


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


@dataclass(slots=True)
class HandIn:
    """One file. What it is comes first, what was decided about it below."""

    name: str
    content: bytes | None
    sha256: str
    size: int
    received_at: datetime
    source: Source
    sender: MailSender | None = None
    declares_consent: bool = False

    refusal: FileRefused | None = None
    unit_code: str = ""
    file_date: date | None = None
    opened: OpenedFile | None = None
    rows: FileRows | None = None
    hold: str = ""
    consent: Consent = Consent.NONE
    batch_id: int = 0
    form: RowsReport | None = None

    @property
    def received_on(self) -> date:
        return day_of(self.received_at)

    @property
    def identity(self) -> tuple[str, str, str]:
        """What a duplicate shares (rules 1)."""
        return self.unit_code, self.name, self.sha256

    @property
    def state(self) -> BatchState:
        if self.refusal is not None:
            return BatchState.REFUSED
        return BatchState.HELD if self.hold else BatchState.WAITING

    @property
    def answered(self) -> Answered:
        """Who is told about it (rules 1)."""
        if self.sender is None:
            return "unit" if self.unit_code else "nobody"
        if not self.sender.is_proved:
            return "nobody"
        return "unit" if self.unit_code in self.sender.units else "sender"


@dataclass(slots=True)
class Submission:
    """The files of one mail, or what lay in the drop folder at one look: told about in one letter an address.

    `ignored` and `left_over` name attachments that were no CSV, and those beyond the limit.
    """

    hand_ins: list[HandIn]
    inbound_mail_id: int | None = None
    ignored: tuple[str, ...] = ()
    left_over: tuple[str, ...] = ()
