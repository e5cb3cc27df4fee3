"""Facts about mails that come in: what is taken, who hears of it, where the mail goes (rules 1)."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest

from pipeline.bulk.rules.refusals import HandInCode, refusal_of
from pipeline.errors import MachineUnusable
from pipeline.store.tables import batch, batch_content, inbound_content, inbound_mail, mail_part
from tests.journey.mailroom import File, Mailroom, letter
from tests.journey.office import (
    CONTACT,
    HEADER,
    NAME,
    OTHER_NAME,
    TODAY,
    UNIT,
)

ROW = "A123456789,a@example.com,0912345678"
GOOD = f"{HEADER}\r\n{ROW}\r\n".encode()
BAD = f"{HEADER}\r\nA123456788,not an address,0912345678\r\n".encode()
MIB = 1024 * 1024


def zipped(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


STRANGER = "someone@stranger.example.net"


def test_a_contacts_file_waits_for_the_night_and_every_contact_gets_a_receipt(mailroom: Mailroom) -> None:
    office = mailroom.office
    office.contact(UNIT, "agent@example.org")
    mailroom.put(letter(File(NAME, GOOD)))
    mailroom.collect()
    assert office.states() == [(NAME, "waiting", "")]
    assert office.owed() == [("receipt", "agent@example.org"), ("receipt", CONTACT)]
    assert (mailroom.count(), mailroom.count("Processed"), mailroom.count("Rejected")) == (0, 1, 0)
    (row,) = office.all(batch)
    assert (row.source, row.unit_code, row.row_count, row.consent) == ("mail", UNIT, 1, "none")
    assert [bytes(content.content) for content in office.all(batch_content)] == [GOOD]


def test_the_raw_mail_is_kept_as_it_came(mailroom: Mailroom) -> None:
    mail = letter(File(NAME, GOOD))
    mailroom.put(mail)
    mailroom.collect()
    assert [bytes(row.content) for row in mailroom.office.all(inbound_content)] == [mail]


def test_the_day_of_receipt_is_the_mailboxs(mailroom: Mailroom) -> None:
    office = mailroom.office
    received_at = office.now - timedelta(days=3)
    mailroom.put(letter(File(NAME, GOOD), File(f"{UNIT}20261118.CSV", GOOD)), at=received_at)
    mailroom.collect()
    assert office.states() == [(NAME, "refused", "FILE_DATE_FUTURE"), (f"{UNIT}20261118.CSV", "waiting", "")]
    assert {row.received_on for row in office.all(batch)} == {TODAY - timedelta(days=3)}


# --- what lies in a mail --------------------------------------------------------------------------


def test_every_attachment_is_a_batch_of_its_own(mailroom: Mailroom) -> None:
    office = mailroom.office
    files = [File(f"{UNIT}202611{day:02}.CSV", GOOD) for day in range(1, 21)]
    mailroom.put(letter(*files, File("說明.pdf", b"%PDF-1.7", "application/pdf")))
    mailroom.collect()
    assert office.states() == [(file.name, "waiting", "") for file in files[:10]]
    (receipt,) = office.letters("receipt")
    assert receipt.payload["left_over"] == [file.name for file in files[10:]]
    assert receipt.payload["ignored"] == ["說明.pdf"]


ZIP = "application/zip"
BAD_MAILS = [
    pytest.param([File("名單.xlsx", b"PK\x03\x04xl/workbook")], [("名單.xlsx", "FILE_NAME")], id="xlsx"),
    pytest.param(
        [File(NAME, b"PK\x03\x04xl/workbook")], [(NAME, "FILE_NOT_CSV")], id="xlsx under a right name"
    ),
    pytest.param([File(None, GOOD)], [("", "FILE_NAME")], id="no file name"),
    pytest.param([], [("", "NO_FILE")], id="no attachment"),
    pytest.param([File("a.pdf", b"%PDF", "application/pdf")], [("", "NO_FILE")], id="no CSV"),
    pytest.param([File(NAME, b"")], [(NAME, "FILE_EMPTY")], id="an empty file"),
    pytest.param(
        [File("bomb.zip", zipped(**{NAME: bytes(60 * MIB)}), ZIP)],
        [(NAME, "FILE_TOO_LARGE")],
        id="a zip bomb",
    ),
    pytest.param(
        [File("six.zip", zipped(**{f"{n}.csv": GOOD for n in range(6)}), ZIP)],
        [("six.zip", "FILE_NOT_CSV")],
        id="a zip of six",
    ),
    pytest.param(
        [File("out.zip", zipped(**{f"../{NAME}": GOOD}), ZIP)],
        [("out.zip", "FILE_NOT_CSV")],
        id="a path in a zip",
    ),
    pytest.param(
        [File("long.zip", zipped(**{f"{'x' * 3_000}.csv": GOOD}), ZIP)],
        [("x" * 255, "FILE_NAME")],
        id="an endless name in a zip",
    ),
]


@pytest.mark.parametrize(("files", "refused"), BAD_MAILS)
def test_a_bad_mail_of_a_contact_is_refused_with_a_reason(
    mailroom: Mailroom, files: list[File], refused: list[tuple[str, str]]
) -> None:
    office = mailroom.office
    mailroom.put(letter(*files))
    mailroom.collect()
    assert [(name, reason) for name, _, reason in office.states()] == refused
    assert office.owed() == [("refusal", CONTACT)]
    assert mailroom.count("Rejected") == 1


def test_a_zip_of_files_is_handed_in_file_by_file(mailroom: Mailroom) -> None:
    office = mailroom.office
    mailroom.put(
        letter(File("名冊.zip", zipped(**{NAME: GOOD, OTHER_NAME: GOOD, "讀我.txt": b"hello"}), ZIP))
    )
    mailroom.collect()
    assert (NAME, "waiting", "") in office.states()
    assert (OTHER_NAME, "refused", "SENDER_NOT_CONTACT") in office.states()


def test_a_mail_too_large_is_not_fetched_and_its_sender_is_told(mailroom: Mailroom) -> None:
    office = mailroom.office
    mailroom.put(letter(File(NAME, GOOD + b"\n" * 30 * MIB)))
    mailroom.collect()
    assert office.states() == [("", "refused", "FILE_TOO_LARGE")]
    assert office.owed() == [("refusal", CONTACT)]
    assert "上限為5.0 MiB" in office.all(batch)[0].detail
    assert office.all(inbound_content) == []


def test_a_mail_that_cannot_be_read_stops_no_other(mailroom: Mailroom) -> None:
    office = mailroom.office
    broken = b"\xff\xfe\x00broken\r\n" * 3
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level)
        for level in range(900)
    )
    strange = letter(File(NAME, GOOD)).replace(b'charset="utf-8"', b'charset="x-no-such-charset"')
    mailroom.put(broken, nested, strange, letter(File(f"{UNIT}20261120.CSV", GOOD)))
    mailroom.collect()
    assert office.states() == [(NAME, "waiting", ""), (f"{UNIT}20261120.CSV", "waiting", "")]
    assert (mailroom.count(), mailroom.count("Processed"), mailroom.count("Rejected")) == (0, 2, 2)


# --- once is enough -------------------------------------------------------------------------------


def test_the_same_mail_twice_is_only_moved(mailroom: Mailroom) -> None:
    office = mailroom.office
    mail = letter(File(NAME, GOOD))
    mailroom.put(mail, mail)
    mailroom.collect()
    mailroom.put(mail)
    mailroom.collect()
    assert office.states() == [(NAME, "waiting", "")]
    assert office.owed() == [("receipt", CONTACT)]
    assert mailroom.reasons() == ["DMARC_PASS", "KNOWN", "KNOWN"]
    assert mailroom.count("Processed") == 3


def test_without_a_message_id_a_mail_is_known_by_its_bytes(mailroom: Mailroom) -> None:
    mail = letter(File(NAME, GOOD), message_id=None)
    mailroom.put(mail, mail)
    mailroom.collect()
    assert mailroom.reasons() == ["DMARC_PASS", "KNOWN"]


def test_the_same_file_from_another_contact_is_a_duplicate_told_once_a_day(mailroom: Mailroom) -> None:
    office = mailroom.office
    office.contact(UNIT, "agent@example.org")
    mailroom.put(letter(File(NAME, GOOD)), letter(File(NAME, GOOD), sender="agent@example.org"))
    mailroom.put(letter(File(NAME, GOOD)))
    mailroom.collect()
    assert office.states() == [(NAME, "waiting", ""), *[(NAME, "refused", "FILE_DUPLICATE")] * 2]
    assert [kind for kind, _ in office.owed()] == ["receipt"] * 2 + ["refusal"] * 2


def test_a_correction_under_the_same_name_is_taken(mailroom: Mailroom) -> None:
    mailroom.put(letter(File(NAME, BAD)), letter(File(NAME, GOOD)))
    mailroom.collect()
    assert mailroom.office.states() == [(NAME, "waiting", "")] * 2


def test_a_crash_between_commit_and_move_is_seen_again_and_only_moved(
    mailroom: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = mailroom.office
    mailroom.put(letter(File(NAME, GOOD)), letter(sender=STRANGER))
    with monkeypatch.context() as broken:
        broken.setattr("pipeline.bulk.intake.mailbox.Mailbox.move", _crash)
        with pytest.raises(KeyboardInterrupt):
            mailroom.collect()
    assert mailroom.count() == 2
    before = office.states(), office.owed()
    mailroom.collect()
    assert (office.states(), office.owed()) == before
    assert (mailroom.count(), mailroom.count("Processed"), mailroom.count("Rejected")) == (0, 1, 1)
    assert {row.moved_at for row in office.all(inbound_mail)} == {office.now}


def _crash(*_: object) -> None:
    raise KeyboardInterrupt


def test_refusals_to_an_address_are_capped_and_the_rest_is_told_to_staff(mailroom: Mailroom) -> None:
    office = mailroom.office
    mailroom.put(*(letter(File(f"list{number}.csv", GOOD)) for number in range(12)))
    mailroom.take_in()
    states = [row.state for row in office.letters("refusal")]
    assert (states.count("queued"), states.count("suppressed")) == (10, 2)
    (digest,) = office.letters("digest")
    assert len(digest.payload["letters"]) == 2
    office.now += timedelta(days=1)
    mailroom.put(letter(File("list13.csv", GOOD)))
    mailroom.take_in()
    assert office.letters("refusal")[-1].state == "queued", "a new day"


# --- consent --------------------------------------------------------------------------------------

DECLARED = "您好:\n名冊內人員均經本人同意委由本單位代為申請註冊。\n謝謝"
OUR_WORDS = f"請註冊\n\n-----原始郵件-----\n【怎麼處理】\n{refusal_of(HandInCode.CONSENT_MISSING).hint}"


@pytest.mark.parametrize(
    ("text", "standing", "required", "state", "consent"),
    [
        pytest.param(DECLARED, False, True, "waiting", "mail", id="in the mail"),
        pytest.param("名冊", True, True, "waiting", "standing", id="once for all"),
        pytest.param("名冊", False, True, "refused", "none", id="missing and required"),
        pytest.param("名冊", False, False, "waiting", "none", id="missing and not required"),
        pytest.param(f"> {DECLARED}".replace("\n", "\n> "), False, True, "refused", "none", id="only quoted"),
        pytest.param(OUR_WORDS, False, True, "refused", "none", id="only in our own words, below"),
    ],
)
def test_consent_is_recorded_with_the_batch(
    mailroom: Mailroom, text: str, standing: bool, required: bool, state: str, consent: str
) -> None:
    office = mailroom.office
    office.settings.consent_required = required
    if standing:
        office.declare(UNIT)
    mailroom.put(letter(File(NAME, GOOD), text=text))
    mailroom.collect()
    (row,) = office.all(batch)
    assert (row.state, row.consent) == (state, consent)
    assert row.reason == ("CONSENT_MISSING" if state == "refused" else "")


# --- the machine ----------------------------------------------------------------------------------


def test_without_an_authserv_id_no_mail_is_touched(mailroom: Mailroom) -> None:
    mailroom.office.settings.authserv_id = ""
    mailroom.put(letter(File(NAME, GOOD)))
    with pytest.raises(MachineUnusable, match="NHICARD_AUTHSERV_ID"):
        mailroom.collect()
    assert mailroom.count() == 1


def test_a_mailbox_that_is_away_keeps_neither_folder_nor_night(mailroom: Mailroom) -> None:
    office = mailroom.office
    office.settings.imap_url = type(office.settings.imap_url)("imap://someone:secret@127.0.0.1:1/INBOX")
    office.drop(NAME, GOOD)
    with pytest.raises(MachineUnusable, match="mailbox"):
        mailroom.take_in()
    assert office.states() == [(NAME, "waiting", "")]
    night = office.night()
    assert "mailbox" in night.fault
    assert office.states() == [(NAME, "done", "")]
    assert all(row.batch_id for row in office.all(mail_part)), "nothing came by mail"
