"""Notices to operators, caught by a real server."""

from __future__ import annotations

import email
from email.policy import default as mail_policy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mailers.catcher import MailCatcher
from pipeline.errors import MachineUnusable
from pipeline.outbox.notices import notify_operators

DAG = "employer_bulk_registration"
TASK = SimpleNamespace(dag_id=DAG, task_id="plan", run_id="manual__1")
RUN = {"dag": SimpleNamespace(dag_id=DAG), "run_id": "manual__1"}


@pytest.mark.parametrize(
    ("context", "said"),
    [
        pytest.param(
            {"task_instance": TASK, "exception": MachineUnusable("run `nhicard load-register DIR`")},
            ["plan", "nhicard load-register DIR"],
            id="a fault of ours says what to do",
        ),
        pytest.param(
            {"task_instance": TASK, "exception": KeyError("A123456789")},
            ["plan", "KeyError"],
            id="of any other only the class is told",
        ),
        pytest.param(RUN | {"reason": "timed_out"}, ["whole run", "timed_out"], id="a run that hung"),
        pytest.param(
            RUN | {"reason": "task_failure", "task_instance": TASK}, [], id="its task has told already"
        ),
    ],
)
def test_operators_are_told_once_and_nothing_personal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, context: dict[str, Any], said: list[str]
) -> None:
    with MailCatcher(tmp_path / "mail") as catcher:
        host, port = catcher.address
        for name, value in {
            "VAR_DIR": tmp_path,
            "SMTP_HOST": host,
            "SMTP_PORT": port,
            "SMTP_TLS": "none",
            "STAFF_MAIL": "operators@nhi.example.com",
        }.items():
            monkeypatch.setenv(f"NHICARD_{name}", str(value))
        notify_operators(context)
    mails = [
        email.message_from_bytes(path.read_bytes(), policy=mail_policy)
        for path in (tmp_path / "mail").glob("*.eml")
    ]
    assert len(mails) == bool(said)
    for mail in mails:
        body = mail.get_body(("plain",))
        text = str(body.get_content()) if body else ""
        assert [word for word in said if word not in text] == []
        assert "A123456789" not in text
