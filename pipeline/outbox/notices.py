"""Notices to operators that a task failed; they say where to look, and nothing about people."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Any

from pipeline.clock import TAIPEI
from pipeline.errors import MachineUnusable
from pipeline.settings import Settings, load_settings

log = logging.getLogger(__name__)


def notify_operators(context: Mapping[str, Any]) -> None:
    """Mail the operators that a task, or a run as a whole, failed for good (an `on_failure_callback`).

    The mail goes out directly, not through the outbox: the database may be what failed. Without
    STAFF_MAIL, or when the mail server is away too, the notice stands in the log.
    """
    reason = context.get("reason")  # only a run as a whole has one
    if reason == "task_failure":
        return  # that task has sent its own notice
    settings = load_settings()
    if reason:
        failed = {"dag": context["dag"].dag_id, "task": f"(whole run: {reason})", "run": context["run_id"]}
    else:
        task = context["task_instance"]
        failed = {"dag": task.dag_id, "task": task.task_id, "run": task.run_id}
    log.error("Failed for good: %s", failed)
    if settings.staff_mail:
        sent = _send(settings, **failed, error=_reason(context.get("exception")))
        log.warning("Notice to operators: %s", "sent" if sent else "could not be sent")


def _reason(error: object) -> str:
    """What went wrong: our own faults say what to do and hold no row's value; of others only the class."""
    return str(error) if isinstance(error, MachineUnusable) else type(error).__name__


def _send(settings: Settings, *, dag: str, task: str, run: str, error: str) -> bool:
    from mailers import letters
    from mailers.message import Heading, message_id
    from mailers.server import Outgoing

    now = datetime.now(UTC).astimezone(TAIPEI)
    name, sender = parseaddr(settings.mail_from)
    domain = sender.rpartition("@")[2]
    heading = Heading(
        sender=sender,
        sender_name=name,
        reply_to=settings.reply_to,
        to=settings.staff_mail,
        date=now,
        message_id=message_id(settings.secret, "failure_notice", dag, run, task, domain=domain),
    )
    notice = letters.FailureNotice(
        dag=dag,
        task=task,
        run=run,
        failed_at=now.strftime("%Y-%m-%d %H:%M:%S"),
        error=error,
        where_to_look=[f"Airflow: DAG {dag}, run {run}, task {task}, tab Logs", "nhicard doctor"],
    )
    content = letters.failure_notice(heading, notice).as_bytes()
    return asyncio.run(_deliver_one(settings, Outgoing(0, sender, settings.staff_mail, content)))


async def _deliver_one(settings: Settings, outgoing: Any) -> bool:
    from mailers.delivery import deliver
    from mailers.server import MailServerAway, Verdict
    from pipeline.outbox.deliver_mail import mail_server

    try:
        async for delivered in deliver([outgoing], server=mail_server(settings), connections=1):
            return delivered.verdict is Verdict.SENT
    except MailServerAway:
        return False
    return False
