"""Facts about bounces: the mail is marked once, and an address that takes none is left alone for a while."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from mailers.bounces import Bounce, BounceKind
from pipeline.outbox.queries import messages as outbox
from pipeline.outbox.queries import suppression
from pipeline.outbox.record_bounces import record_bounce
from pipeline.store.tables import outbox_message
from pipeline.store.tables import suppression as suppression_table
from tests.journey.office import Office

DAY = timedelta(days=1)
MONTH = 30 * DAY
RECEIVER = "Wang@Example.com"


def owe(office: Office, state: str = "sent", *, recipient: str = RECEIVER, row: int = 1) -> None:
    """A success mail in that state."""
    office.insert(
        outbox_message, kind="success", priority=30, about_id=1, about_part=row, recipient=recipient,
        state=state, attempts=1, created_at=office.now, not_before=office.now,
    )  # fmt: skip


def come_back(office: Office, kind: BounceKind, number: int = 1, status: str = "5.1.1") -> bool:
    with office.database.transaction() as connection:
        return record_bounce(connection, office.settings.secret, Bounce(number, kind, status), at=office.now)


def until(office: Office, address: str = "wang@example.com") -> Any:
    """How long from now the address is left alone; None: it is not."""
    key = suppression.address_key(office.settings.secret, address)
    with office.database.reading() as connection:
        found = suppression.suppressed(connection, [key], now=office.now).get(key)
    return found - office.now if found else None


@pytest.mark.parametrize("state", ["sent", "unknown", "retry", "failed", "sending"])
@pytest.mark.parametrize("kind", [BounceKind.HARD, BounceKind.SOFT])
def test_a_mail_that_came_back_is_bounced(office: Office, state: str, kind: BounceKind) -> None:
    owe(office, state)
    assert come_back(office, kind)
    (row,) = office.all(outbox_message)
    assert (row.state, row.lease_until, row.reply_code) == ("bounced", None, None)
    assert row.reply_text == f"5.1.1 ({kind}), reported later"


@pytest.mark.parametrize("kind", [BounceKind.DELAYED, BounceKind.OTHER])
def test_a_report_that_nothing_is_lost_changes_nothing(office: Office, kind: BounceKind) -> None:
    owe(office)
    before = office.everything()
    assert not come_back(office, kind)
    assert office.everything() == before


def test_a_second_report_changes_nothing(office: Office) -> None:
    owe(office)
    assert come_back(office, BounceKind.SOFT)
    before = office.everything()
    for kind in BounceKind:
        assert not come_back(office, kind)
    assert office.everything() == before


def test_a_report_about_a_mail_that_we_never_sent_changes_nothing(office: Office) -> None:
    assert not come_back(office, BounceKind.HARD, number=10**17)
    assert office.all(suppression_table) == []


def test_a_wrong_address_is_left_alone_for_30_days(office: Office) -> None:
    owe(office)
    come_back(office, BounceKind.HARD)
    assert until(office) == MONTH
    office.now += MONTH
    assert until(office) is None


def test_the_address_is_known_in_any_case_and_stands_nowhere(office: Office) -> None:
    owe(office)
    come_back(office, BounceKind.HARD)
    assert until(office, "WANG@EXAMPLE.COM") == until(office, "wang@example.com") == MONTH
    assert until(office, "lin@example.com") is None
    (row,) = office.all(suppression_table)
    assert "wang" not in str(row).lower()
    key = suppression.address_key(office.settings.secret, RECEIVER)
    assert key != suppression.address_key(b"another secret", RECEIVER)


@pytest.mark.parametrize(
    ("days", "is_suppressed"),
    [
        pytest.param([0, 1], False, id="two"),
        pytest.param([0, 1, 2], True, id="three"),
        pytest.param([0, 30, 60], True, id="three_each_within_30_days_of_the_one_before"),
        pytest.param([0, 31, 32], False, id="the_first_too_long_ago"),
        pytest.param([0, 1, 32, 33], False, id="a_long_pause_begins_anew"),
        pytest.param([0, 1, 2, 33], False, id="when_the_time_is_over_one_more_is_one"),
    ],
)
def test_soft_bounces_suppress_at_the_third(office: Office, days: list[int], is_suppressed: bool) -> None:
    began = office.now
    for number, day in enumerate(days, 1):
        office.now = began + day * DAY
        owe(office, row=number)
        assert come_back(office, BounceKind.SOFT, number, "4.4.7")
    assert until(office) == (MONTH if is_suppressed else None)


def test_a_soft_bounce_lifts_no_suppression(office: Office) -> None:
    owe(office)
    owe(office, row=2)
    come_back(office, BounceKind.HARD)
    office.now += DAY
    come_back(office, BounceKind.SOFT, 2)
    assert until(office) == MONTH - DAY


def test_a_purged_mail_is_marked_and_its_blank_is_not_counted(office: Office) -> None:
    owe(office)
    with office.database.transaction() as connection:
        connection.execute(update(outbox_message).values(recipient=outbox.purged_recipient()))
    assert come_back(office, BounceKind.HARD)
    assert [row.state for row in office.all(outbox_message)] == ["bounced"]
    assert office.all(suppression_table) == []


def test_what_no_longer_counts_is_forgotten(office: Office) -> None:
    owe(office)
    owe(office, recipient="lin@example.com", row=2)
    come_back(office, BounceKind.HARD)
    office.now += DAY
    come_back(office, BounceKind.SOFT, 2)
    for days, left in ((28, 2), (1, 1), (1, 0)):
        office.now += days * DAY + timedelta(seconds=1)
        with office.database.transaction() as connection:
            suppression.forget_old(connection, now=office.now)
        assert len(office.all(suppression_table)) == left
