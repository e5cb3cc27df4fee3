"""The only reader of the environment: `NHICARD_*` variables, or a `.env` file in the project's root."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipeline.errors import MachineUnusable

ROOT: Final = Path(__file__).resolve().parents[1]
ENV_FILE: Final = ROOT / ".env"
PREFIX: Final = "NHICARD_"


class Settings(BaseSettings):
    """What an installation may choose; every default works on a fresh clone."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=ENV_FILE, extra="ignore")

    var_dir: Path = Field(ROOT / "var", description="everything generated lies here")
    database_url: str = Field("", description="SQLAlchemy URL; empty: SQLite in the var folder")
    inbox_dir: Path | None = Field(None, description="drop folder; empty: inbox/ in the var folder")
    register_dir: Path | None = Field(None, description="register files; empty: register/ in the var folder")
    register_max_age_days: int = Field(2, ge=0, description="an older register holds the night")

    file_max_bytes: int = Field(20 * 1024 * 1024, ge=1, description="drop folder")
    file_max_rows: int = Field(100_000, ge=1, description="drop folder")
    settle_seconds: float = Field(1.0, ge=0, description="between the two looks at the drop folder")
    chunk_rows: int = Field(100_000, ge=1, description="worked on together; memory grows with it")
    chunk_files: int = Field(5_000, ge=1, description="worked on together")
    chunks_at_once: int = Field(2, ge=1, description="by run-batch; Airflow has its pool")
    retention_days: int = Field(30, ge=1, description="personal data of hand-ins is gone after this")

    imap_url: SecretStr = Field(
        SecretStr(""), description="imaps://user:password@host/folder; empty: no mailbox is read"
    )
    authserv_id: str = Field(
        "", description="whose Authentication-Results are believed: the border mail server's own"
    )
    mail_max_bytes: int = Field(5 * 1024 * 1024, ge=1, description="the files of one mail")
    mail_max_rows: int = Field(10_000, ge=1, description="a file by mail")
    mail_max_files: int = Field(10, ge=1, description="the first ones of a mail; the rest is named")
    consent_required: bool = Field(False, description="a file without a word of consent is refused")

    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(1025, ge=1, le=65535)
    smtp_tls: Literal["required", "implicit", "none"] = Field(
        "required", description="none is meant for a local mail catcher only"
    )
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_connections: int = Field(4, ge=1, le=8, description="more than 8 never helped")
    mail_from: str = "NHI card registration <registration@nhi.example.com>"
    reply_to: str = "service@nhi.example.com"
    bounce_domain: str = Field(
        "", description="mail to bounce+...@here reaches the mailbox; empty: bounces go to MAIL_FROM"
    )
    staff_mail: str = Field("", description="operators; empty: notices go to the log only")
    portal_url: str = "http://127.0.0.1:8400"
    station_key: SecretStr = Field(
        SecretStr(""), description="what `nhicard station-key add` printed; empty: a station at home"
    )
    secret_key: SecretStr = Field(SecretStr(""), description="generated into the var folder when empty")
    nightly_cron: str = Field("0 2 * * *", pattern=r"^[\d*/,-]+( [\w*/,#-]+){4}$", description="Asia/Taipei")
    retry_seconds: int = Field(60, ge=1, description="before the first retry of a task; doubles each time")

    @property
    def database(self) -> str:
        """The business database's SQLAlchemy URL, by default SQLite in the var folder."""
        if not self.database_url:
            return f"sqlite:///{self.var_dir / 'nhicard.db'}"
        return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def inbox(self) -> Path:
        """The drop folder."""
        return self.inbox_dir or self.var_dir / "inbox"

    @property
    def register(self) -> Path:
        """Where the register's files lie."""
        return self.register_dir or self.var_dir / "register"

    def portal_link(self, *parts: str) -> str:
        """The address of a page of the portal."""
        return "/".join((self.portal_url.rstrip("/"), *parts))

    @cached_property
    def secret(self) -> bytes:
        """The key of Message-IDs and tokens, from the setting or made once under the var folder."""
        given = self.secret_key.get_secret_value()
        return given.encode() if given else local_secret(self.var_dir / "secret_key").encode()


def local_secret(path: Path) -> str:
    """A secret of 64 random bytes in hex, made once at `path` and readable by its owner only.

    Raises:
        MachineUnusable: the folder cannot be written, or the file is empty.
    """
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(64))
            with suppress(FileExistsError):  # another process was quicker; its secret is ours too
                os.link(unfinished, path)  # appears whole
            unfinished.unlink()
        secret = path.read_text().strip()
    except OSError as error:
        raise MachineUnusable(f"cannot use {path}: {error.strerror}") from error
    if not secret:
        raise MachineUnusable(f"{path} is empty: delete it, and a new secret is made")
    return secret


def load_settings() -> Settings:
    """The settings of this process.

    Raises:
        MachineUnusable: a variable does not fit (the text names it and never its value), or `.env` cannot be
            read.
    """
    try:
        _refuse_broken_lines()
        return Settings()  # type: ignore[call-arg]
    except ValidationError as error:
        faults = "; ".join(
            f"NHICARD_{'_'.join(map(str, fault['loc'])).upper()}: {fault['msg']}" for fault in error.errors()
        )
        raise MachineUnusable(f"settings do not fit: {faults}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise MachineUnusable(f"cannot read {ENV_FILE}: {type(error).__name__}") from None


def _refuse_broken_lines() -> None:
    """A line of `.env` that is no `NAME=value` would be passed over, and a default would stand."""
    from dotenv.parser import parse_stream

    if ENV_FILE.exists():
        with ENV_FILE.open(encoding="utf-8") as file:
            broken = [
                line.original.line
                for line in parse_stream(file)
                if line.error or (line.key and line.value is None)
            ]
        if broken:
            raise MachineUnusable(f"{ENV_FILE}: line {broken[0]} is no NAME=value")


def given_names() -> frozenset[str]:
    """The `NHICARD_` names in the environment and in `.env`, in upper case; never their values."""
    from dotenv import dotenv_values

    names = {name.upper() for name in (*os.environ, *dotenv_values(ENV_FILE))}
    return frozenset(name for name in names if name.startswith(PREFIX))


def from_root(path: Path) -> str:
    """A path as somebody in the project's root would type it."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
