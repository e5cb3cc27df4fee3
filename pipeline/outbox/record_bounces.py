"""Record a bounce: the mail came back, and an address that takes none is left alone for a while."""

from __future__ import annotations

from datetime import datetime

from mailers.bounces import Bounce, BounceKind
from pipeline.outbox.queries import messages as outbox
from pipeline.outbox.queries import suppression
from pipeline.store.engine import Connection

_LOST = (BounceKind.HARD, BounceKind.SOFT)


def record_bounce(connection: Connection, secret: bytes, bounce: Bounce, *, at: datetime) -> bool:
    """Mark the mail as bounced and count the bounce for its address; return whether that was news.

    Safe to run twice: only the first report about a mail counts. A report that nothing is lost changes
    nothing. An address whose time is over is not counted, for it is not there any more.
    """
    if bounce.kind not in _LOST:
        return False
    recipient = outbox.bounce(
        connection, bounce.message_number, text=f"{bounce.status} ({bounce.kind}), reported later"
    )
    if recipient is None:
        return False
    if not outbox.is_purged(recipient):
        key = suppression.address_key(secret, recipient)
        if bounce.kind is BounceKind.HARD:
            suppression.note_hard(connection, [key], at=at)
        else:
            suppression.note_soft(connection, key, at=at)
    return True
