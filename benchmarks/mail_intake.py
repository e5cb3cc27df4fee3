"""Mail into the database: `python -m benchmarks.mail_intake`.

Mails with a CSV of 50 rows each in a real Dovecot: fetched, proved, judged, stored with a receipt queued and
moved, against a bare imap-tools fetch of the same mails that only decodes their attachments. Wall seconds, in
turns, each of our rounds on a mailbox and a database of its own.
"""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, Final

import imap_tools
from sqlalchemy import insert

from benchmarks import sizes
from benchmarks.figures import Figure, report
from benchmarks.sizes import Size
from pipeline.bulk.collect.collect_mail import collect_mail
from pipeline.bulk.intake.mailbox import mailbox_url
from pipeline.sample.plain import check_digit
from pipeline.settings import Settings
from pipeline.store.engine import Database
from pipeline.store.migrate import migrate
from pipeline.store.tables import contact, register_load, unit
from tests.certificates import make_certificate
from tests.imap_server import Dovecot, run_dovecot
from tests.journey.mailroom import AUTHSERV_ID, File, letter

ROWS: Final = 50
AT_MOST: Final = 6.0
MAILS: Final = {"smoke": 10, "default": 500, "full": 500}


def measure(size: Size) -> list[Figure]:
    """One ratio."""
    mails = MAILS[size.name]
    with tempfile.TemporaryDirectory() as folder:
        letters = [_letter(number) for number in range(mails)]
        with run_dovecot(make_certificate(Path(folder))) as dovecot:
            pairs = [
                (_ours(dovecot, letters, Path(folder) / str(number)), _bare(dovecot, letters))
                for number in range(size.rounds)
            ]
    return [
        Figure(
            f"{mails} mails of {ROWS} rows fetched, judged, stored / a bare imap-tools fetch",
            "x",
            median(ours / bare for ours, bare in pairs),
            at_most=AT_MOST,
            details={"rounds_ours_and_bare_s": pairs},
            command="python -m benchmarks.mail_intake",
        )
    ]


def _unit_code(number: int) -> str:
    return f"{110_000_000 + number}"


def _letter(number: int) -> bytes:
    """One mail with one file; every fifth is in CP950."""
    rows = ["身分證號,電子郵件,手機(或聯絡電話)"]
    for row in range(ROWS):
        body = f"A1{(number * ROWS + row) % 10_000_000:07}"
        rows.append(f"{body}{check_digit('A', body[1:])},person.{row}@example.com,0912{row:06}")
    content = "\r\n".join(rows).encode("utf-8-sig" if number % 5 else "cp950")
    name = f"{_unit_code(number)}20261120.CSV"
    return letter(File(name, content), sender=f"hr@unit{number}.example.com")


def _delivered(dovecot: Dovecot, letters: list[bytes]) -> str:
    url = dovecot.mailbox("bench")
    for mail in letters:
        dovecot.deliver(url, mail)
    return url


def _bare(dovecot: Dovecot, letters: list[bytes]) -> float:
    """Fetch every mail and decode its attachments; nothing else."""
    place = mailbox_url(_delivered(dovecot, letters))
    began = time.perf_counter()
    with imap_tools.MailBoxUnencrypted(place.host, place.port).login_utf8(place.user, place.password) as box:
        read = [len(file.payload) for mail in box.fetch(mark_seen=False) for file in mail.attachments]
    seconds = time.perf_counter() - began
    _require(len(read), letters)
    return seconds


def _ours(dovecot: Dovecot, letters: list[bytes], folder: Path) -> float:
    chosen: dict[str, Any] = {
        "var_dir": folder,
        "database_url": f"sqlite:///{folder}/nhicard.db",
        "imap_url": _delivered(dovecot, letters),
        "authserv_id": AUTHSERV_ID,
        "secret_key": "s" * 64,
    }
    settings = Settings(**chosen)
    database = Database(settings.database)
    migrate(database)
    now = datetime.now(UTC)
    codes = [_unit_code(number) for number in range(len(letters))]
    with database.transaction() as connection:
        connection.execute(insert(register_load).values(loaded_at=now, counts={}))
        connection.execute(insert(unit), [{"unit_code": code, "unit_name": "範例"} for code in codes])
        known = [
            {
                "unit_code": code,
                "email": f"hr@unit{number}.example.com",
                "first_seen_on": now - timedelta(days=99),
            }
            for number, code in enumerate(codes)
        ]
        connection.execute(insert(contact), known)
    began = time.perf_counter()
    done = collect_mail(database, settings, now=lambda: datetime.now(UTC), receipts=True)
    seconds = time.perf_counter() - began
    _require(done.files.accepted, letters)
    database.engine.dispose()
    return seconds


def _require(done: int, letters: list[bytes]) -> None:
    if done != len(letters):
        raise SystemExit(f"only {done} of {len(letters)} mails went through: nothing was measured")


def main() -> None:
    """Measure and report."""
    size = sizes.chosen()
    report("mail_intake", size, measure(size))


if __name__ == "__main__":
    main()
