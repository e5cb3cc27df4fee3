"""Mail in, a night, answers out: the three DAGs over a real mailbox and a real mail server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.sample.seed_example import example_file
from pipeline.settings import ROOT
from pipeline.store.engine import Database
from tests.imap_server import ImapServer
from tests.journey.mailroom import AUTHSERV_ID, File, letter
from tests.journey.office import read_mails

pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # Airflow's own deprecations are not ours to fix
]
NAME = "11000000120150820.CSV"
CONTACTS = {"hr@unit1.example.com", "payroll@unit1.example.com"}
SEED_LOG = (ROOT / "tests" / "data" / "seed_log.txt").read_text(encoding="utf-8").splitlines()


@pytest.fixture
def mailbox(imap_server: ImapServer, night: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A mailbox that the tasks read; the drop folder is empty."""
    for path in (night / "inbox").iterdir():
        path.unlink()
    url = imap_server.mailbox("employers")
    monkeypatch.setenv("NHICARD_IMAP_URL", url)
    monkeypatch.setenv("NHICARD_AUTHSERV_ID", AUTHSERV_ID)
    monkeypatch.setenv("NHICARD_BOUNCE_DOMAIN", "bounces.nhi.example.com")
    monkeypatch.setenv("NHICARD_STAFF_MAIL", "operators@nhi.example.com")
    return url


def _run(dag_bag: Any, dag_id: str, **conf: Any) -> None:
    run = dag_bag.dags[dag_id].test(run_conf=conf)
    assert run.state == "success", {task.task_id: task.state for task in run.get_task_instances()}


def _day(dag_bag: Any) -> None:
    """A quarter of an hour by day, a night, and the delivery afterwards."""
    _run(dag_bag, "employer_mail_intake")
    _run(dag_bag, "employer_bulk_registration", dry_run=False)
    _run(dag_bag, "mail_delivery")


def _text(mail: Any) -> str:
    return str(mail.get_body(("plain",)).get_content())


def test_a_mail_with_the_seeds_file_is_answered_at_once_and_in_the_morning_and_never_again(
    dag_bag: Any, mailbox: str, imap_server: ImapServer, caught: Path, sqlite_database: Database
) -> None:
    mail = letter(
        File(NAME, example_file()), sender="hr@unit1.example.com", message_id="<seed@unit1.example.com>"
    )
    imap_server.deliver(mailbox, mail)

    _run(dag_bag, "employer_mail_intake")
    receipts = read_mails(caught)
    assert {receipt["To"] for receipt in receipts} == CONTACTS
    for receipt in receipts:
        assert "已收件,將於今夜處理" in _text(receipt)
        assert "第11筆" in _text(receipt), "a fault of form, seen at once"
        assert receipt["In-Reply-To"] == "<seed@unit1.example.com>"
        assert receipt["Auto-Submitted"] == "auto-replied"
    assert len(imap_server.folder(mailbox, "Processed")) == 1

    _run(dag_bag, "employer_bulk_registration", dry_run=False)
    mails = read_mails(caught)[len(receipts) :]
    successes = [mail for mail in mails if "註冊成功" in mail["Subject"]]
    answers = [mail for mail in mails if mail not in successes]
    assert len(successes) == 3
    assert {answer["To"] for answer in answers} == CONTACTS
    for answer in answers:
        (log,) = [part for part in answer.iter_attachments() if part.get_filename() == f"{NAME[:-4]}.log.txt"]
        lines = log.get_content().lstrip("\ufeff").splitlines()
        assert [line[8:] for line in lines[:-1]] == [line[8:] for line in SEED_LOG]

    count = len(list(caught.glob("*.eml")))
    imap_server.deliver(mailbox, mail)  # the very same mail once more, as some servers do
    _day(dag_bag)
    _day(dag_bag)
    assert len(list(caught.glob("*.eml"))) == count, "nothing is sent twice"
    assert len(imap_server.folder(mailbox, "Processed")) == 2


def test_a_mailbox_that_is_away_turns_the_run_red_and_the_night_goes_on(
    dag_bag: Any, night: Path, caught: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NHICARD_IMAP_URL", "imap://someone:secret@127.0.0.1:1/INBOX")
    monkeypatch.setenv("NHICARD_AUTHSERV_ID", AUTHSERV_ID)
    run = dag_bag.dags["employer_bulk_registration"].test(run_conf={"dry_run": False})
    states = {task.task_id: str(task.state) for task in run.get_task_instances()}
    assert (states["collect_mailbox"], states["plan"], states["report"]) == ("failed", "success", "success")
    assert run.state == "failed"
    assert len(list(caught.glob("*.eml"))) > 950, "the folder's files were registered and answered"
