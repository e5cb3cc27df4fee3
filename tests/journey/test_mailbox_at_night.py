"""Facts about a mailbox that is not well: what one mail or one folder does to all the others."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import imap_tools
import pytest

from pipeline.bulk.collect import collect_mail
from pipeline.bulk.collect import record_hand_ins as recording
from pipeline.bulk.collect import sort_mail as sorting
from pipeline.bulk.intake import incoming_mail
from pipeline.bulk.intake.mailbox import Mailbox
from pipeline.bulk.queries import inbound
from pipeline.errors import MachineUnusable
from pipeline.store.tables import inbound_mail
from tests.journey.mailroom import File, Mailroom, letter
from tests.journey.office import CONTACT, HEADER, NAME, OTHER_CONTACT, OTHER_NAME, UNIT

THIRD_NAME = f"{UNIT}20261120.CSV"
GOOD = f"{HEADER}\r\nA123456789,a@example.com,0912345678\r\n".encode()
POISON = GOOD + b"POISON,,\r\n"


def test_a_zip_whose_file_has_a_long_name_holds_up_nobody(mailroom: Mailroom) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"{'長' * 400}.csv", GOOD)
    mailroom.put(letter(File("a.zip", packed.getvalue(), "application/zip")), letter(File(NAME, GOOD)))
    mailroom.collect()
    assert (NAME, "waiting", "") in mailroom.office.states()
    assert mailroom.count() == 0


@pytest.fixture
def full_folder(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Folders that take no mail, as a server over its quota says it."""
    full: set[str] = set()
    moved = imap_tools.BaseMailBox.move

    def move(box: Any, uids: Any, folder: Any, chunks: int | None = None) -> Any:
        if folder in full:
            raise imap_tools.MailboxMoveError(("NO", [b"[OVERQUOTA] Quota exceeded"]), "OK")
        return moved(box, uids, folder, chunks)

    monkeypatch.setattr(imap_tools.BaseMailBox, "move", move)
    return full


def test_a_full_folder_keeps_no_mail_from_being_taken_in(
    mailroom: Mailroom, full_folder: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collect_mail, "MAILS_PER_COMMIT", 1)
    full_folder.add("Processed")
    mailroom.put(
        letter(File(NAME, GOOD)),
        letter(sender="someone@stranger.example.net"),
        letter(File(OTHER_NAME, GOOD), sender=OTHER_CONTACT),
    )
    for _ in range(2):
        with pytest.raises(MachineUnusable, match="mailbox, move: MailboxMoveError OVERQUOTA"):
            mailroom.collect()
        assert mailroom.office.owed() == [("receipt", CONTACT), ("receipt", OTHER_CONTACT)]
        assert (mailroom.count(), mailroom.count("Rejected")) == (2, 1)
    full_folder.clear()
    mailroom.collect()
    assert (mailroom.count(), mailroom.count("Processed")) == (0, 2)
    assert None not in [row.moved_at for row in mailroom.office.all(inbound_mail)]


@pytest.mark.parametrize(
    ("room", "name"),
    [
        pytest.param(incoming_mail, "read_mail", id="while it is read"),
        pytest.param(sorting, "declares_consent", id="while it is judged"),
        pytest.param(recording, "check_forms", id="while its rows are checked"),
    ],
)
def test_a_mail_that_meets_a_fault_of_ours_waits_for_an_engineer_and_the_others_go_on(
    mailroom: Mailroom, monkeypatch: pytest.MonkeyPatch, room: Any, name: str
) -> None:
    works = getattr(room, name)

    def fails(given: Any, **options: Any) -> Any:
        if "POISON" in _all_of(given):
            raise ZeroDivisionError("POISON")
        return works(given, **options)

    monkeypatch.setattr(room, name, fails)
    poison = letter(File(THIRD_NAME, POISON), text="POISON", message_id="<POISON@unit.example.com>")
    mailroom.put(letter(File(NAME, GOOD)), poison, letter(File(OTHER_NAME, GOOD), sender=OTHER_CONTACT))
    for _ in range(2):
        with pytest.raises(
            MachineUnusable, match=r"UID 2 could not be taken in and waits: ZeroDivisionError"
        ):
            mailroom.collect()
        assert mailroom.office.owed() == [("receipt", CONTACT), ("receipt", OTHER_CONTACT)]
        assert (mailroom.count(), mailroom.count("Processed")) == (1, 2)
    monkeypatch.undo()
    mailroom.collect()
    assert mailroom.office.states()[-1] == (THIRD_NAME, "waiting", "")
    assert mailroom.count() == 0


def test_a_mail_that_the_database_does_not_take_waits_and_the_others_go_on(
    mailroom: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = inbound.record_parts

    def two_of_one(connection: Any, parts: Any) -> None:
        keep(connection, [part for part in parts for _ in range(1 + (part[3] == len(parts) == 1))])

    monkeypatch.setattr(inbound, "record_parts", two_of_one)
    mailroom.put(letter(File(NAME, GOOD)))
    with pytest.raises(MachineUnusable, match=r"UID 1 could not be taken in and waits: database: "):
        mailroom.collect()
    mailroom.put(letter(File(OTHER_NAME, GOOD), sender=OTHER_CONTACT), letter(File(THIRD_NAME, GOOD)))
    monkeypatch.undo()
    mailroom.collect()
    assert mailroom.count() == 0


def test_a_mail_at_which_the_server_hangs_up_waits_and_the_others_go_on(
    mailroom: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch = Mailbox._fetched

    def hangs_up(box: Mailbox, uids: str, items: str) -> Any:
        if "BODY" in items and "2" in uids.split(","):
            box._box.client.shutdown()
        return fetch(box, uids, items)

    monkeypatch.setattr(Mailbox, "_fetched", hangs_up)
    mailroom.put(
        letter(File(NAME, GOOD)),
        letter(File(THIRD_NAME, GOOD)),
        letter(File(OTHER_NAME, GOOD), sender=OTHER_CONTACT),
    )
    with pytest.raises(MachineUnusable, match=r"UID 2 could not be taken in and waits: mailbox, fetch: "):
        mailroom.collect()
    assert mailroom.office.owed() == [("receipt", CONTACT), ("receipt", OTHER_CONTACT)]
    assert (mailroom.count(), mailroom.count("Processed")) == (1, 2)


def test_mails_that_somebody_moves_at_the_same_moment_are_no_fault(
    mailroom: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailroom.put(*[letter(File(f"{UNIT}202611{day:02}.CSV", GOOD)) for day in range(1, 5)])
    make = Mailbox.make_folder

    def make_while_another_moves(box: Mailbox, folder: str) -> None:
        make(box, folder)
        with Mailbox(mailroom.url) as another:
            another._box.move(["1", "3"], folder)

    monkeypatch.setattr(Mailbox, "make_folder", make_while_another_moves)
    mailroom.collect()
    assert (mailroom.count(), mailroom.count("Processed")) == (0, 4)


def _all_of(given: Any) -> str:
    """What a step was given, contents of files too, which print nothing of themselves."""
    contents = [file.hand_in.content for file in given] if isinstance(given, list) else []
    return f"{given} {contents}"
