"""The demo as a newcomer runs it: twice, in a process of its own, with everything it generates elsewhere."""

from __future__ import annotations

import email
import os
import re
import subprocess
import sys
from email.message import EmailMessage
from email.policy import default as mail_policy
from pathlib import Path

import pytest

from pipeline.settings import ROOT
from tests.dags.conftest import airflow_environment
from tests.personal_values import files_with_personal_values, personal_values

SEED_LOG = (ROOT / "tests" / "data" / "seed_log.txt").read_text(encoding="utf-8").splitlines()
TIME = re.compile(r"^\d\d:\d\d:\d\d ")


def _demo(var: Path) -> str:
    environment = (
        os.environ
        | airflow_environment(var / "airflow")
        | {
            "NHICARD_VAR_DIR": str(var / "real"),
            "NHICARD_DATABASE_URL": f"sqlite:///{var}/real/nhicard.db",
            "NHICARD_INBOX_DIR": str(var / "real" / "inbox"),
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "INFO",  # a careless log line would show here
        }
    )
    (var / "airflow" / "plugins").mkdir(parents=True, exist_ok=True)
    command = [Path(sys.executable).with_name("nhicard"), "demo", "--folder", var / "demo"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    # In one process Airflow logs to the terminal; the mail shown at the end is meant to be seen.
    (var / "logs").mkdir(exist_ok=True)
    number = len(list((var / "logs").iterdir()))
    (var / "logs" / f"{number}-stderr.log").write_text(done.stderr)
    (var / "logs" / f"{number}-stdout.log").write_text(done.stdout.partition("The mail to a person")[0])
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("var")


@pytest.fixture(scope="module")
def first(var: Path) -> str:
    """What the first demo printed."""
    return _demo(var)


@pytest.fixture(scope="module")
def mails_of_first(var: Path, first: str) -> int:
    return len(list((var / "demo" / "mail").glob("*.eml")))


@pytest.fixture(scope="module")
def second(var: Path, first: str, mails_of_first: int) -> str:
    """What the second demo printed."""
    return _demo(var)


def _mails(var: Path) -> list[EmailMessage]:
    paths = sorted((var / "demo" / "mail").glob("*.eml"))
    return [email.message_from_bytes(path.read_bytes(), policy=mail_policy) for path in paths]


def _log_lines(printed: str) -> list[str]:
    return [TIME.sub("", line) for line in printed.splitlines() if TIME.match(line)]


def test_the_log_of_the_seeds_file_is_the_seeds_log_times_and_our_last_line_aside(first: str) -> None:
    seed = [TIME.sub("", line) for line in SEED_LOG]
    assert len(seed) == 12
    assert _log_lines(first) == [*seed, "執行完畢,共11筆:成功3筆,不入檔8筆。"]


def test_every_registered_person_gets_one_mail(var: Path, first: str, mails_of_first: int) -> None:
    mails = _mails(var)[:mails_of_first]
    success = [mail for mail in mails if "註冊成功" in mail["Subject"]]
    registered = re.findall(r"^[│ ]*REGISTERED\b.*\b(\d+)\b[│ ]*$", first, re.MULTILINE)
    assert registered == ["955"]
    assert len(success) == 955
    assert len({mail["Message-ID"] for mail in mails}) == len(mails)


def test_a_second_demo_answers_duplicates_and_registers_and_mails_nobody_twice(
    var: Path, second: str, mails_of_first: int
) -> None:
    assert "refused: 11000000120150820.CSV: FILE_DUPLICATE" in second
    said = _log_lines(second)
    assert said[1:4] == [f"第{n}筆資料:{masked}(你已做過申請)不入檔!" for n, masked in
                         ((1, "E22361****"), (2, "E22425****"), (3, "H22321****"))]  # fmt: skip
    later = _mails(var)[mails_of_first:]
    assert later
    assert not [mail for mail in later if "註冊成功" in mail["Subject"]]


def test_no_personal_value_is_in_any_log(var: Path, second: str) -> None:
    values = personal_values(var / "demo")
    assert len(values) > 3_000
    logs = [path for path in var.rglob("*.log") if path.is_file()]
    assert len(logs) >= 4
    assert files_with_personal_values(values, logs) == []


def test_the_demo_never_touches_a_real_installation(var: Path, second: str) -> None:
    assert not (var / "real").exists()
    assert not (var / "airflow" / "airflow.db").exists()
