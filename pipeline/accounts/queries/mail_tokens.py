"""One-time links of mails: a random token goes into the mail, only its hash stays here."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select, update

from pipeline.accounts.rules.deadlines import TokenPurpose, newest_over
from pipeline.store.tables import mail_token

_RANDOM_BYTES: Final = 32
_LONGEST: Final = 64  # no token of ours is longer: not worth hashing


def issue(
    connection: Connection,
    purpose: TokenPurpose,
    *,
    expires_at: datetime,
    registration_id: int | None = None,
    batch_id: int | None = None,
) -> str:
    """Make a token for a registration or a batch; it is told here and nowhere else."""
    token = secrets.token_urlsafe(_RANDOM_BYTES)
    connection.execute(
        insert(mail_token).values(
            token_hash=_hashed(token),
            purpose=purpose,
            registration_id=registration_id,
            batch_id=batch_id,
            expires_at=expires_at,
        )
    )
    return token


def find(connection: Connection, token: str, purpose: TokenPurpose) -> Any | None:
    """What a token was made for, used and expired ones too (columns of `mail_token`), or None."""
    if not _could_be_one(token):
        return None
    query = select(mail_token).where(
        mail_token.c.token_hash == _hashed(token), mail_token.c.purpose == purpose
    )
    return connection.execute(query).one_or_none()


def spend(connection: Connection, token: str, purpose: TokenPurpose, *, now: datetime) -> Any | None:
    """Use a token up: what it was made for, or None when it is unknown, used or expired. Of two, one wins."""
    if not _could_be_one(token):
        return None
    spending = (
        update(mail_token)
        .where(
            mail_token.c.token_hash == _hashed(token),
            mail_token.c.purpose == purpose,
            mail_token.c.used_at.is_(None),
            mail_token.c.expires_at > newest_over(now),
        )
        .values(used_at=now)
        .returning(mail_token.c.registration_id, mail_token.c.batch_id)
    )
    return connection.execute(spending).one_or_none()


def forget_old(connection: Connection, *, expired_before: datetime) -> int:
    """Delete tokens that expired before then; return how many."""
    return connection.execute(delete(mail_token).where(mail_token.c.expires_at < expired_before)).rowcount


def _could_be_one(token: str) -> bool:
    return 0 < len(token) <= _LONGEST and token.isascii()


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
