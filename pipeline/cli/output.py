"""How commands speak: tables for people, one JSON object for scripts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from pipeline.model.outcome import TAIPEI

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


def utc_now() -> datetime:
    """The clock of commands."""
    return datetime.now(UTC)


def taipei_now() -> datetime:
    """The same moment on the wall of the office."""
    return datetime.now(TAIPEI)


def print_json(value: dict[str, Any]) -> None:
    """One object on stdout."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=str))


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table on stdout."""
    from rich.console import Console
    from rich.table import Table

    table = Table(*columns, title=title, title_justify="left")
    for row in rows:
        table.add_row(*row)
    Console().print(table)
