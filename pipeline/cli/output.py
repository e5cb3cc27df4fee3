"""How commands speak: tables for people, one JSON object for scripts, bars on a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

AsJson = Annotated[
    bool, typer.Option("--json", help="只印一個 JSON 物件。\n\nPrint one JSON object and nothing else.")
]

WIDTH_OF_FILES: Final = 160  # columns of a table that goes to a file or a pipe


def print_json(value: dict[str, Any]) -> None:
    """One object on stdout."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=str))


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table on stdout; its cells are shown as they are."""
    from rich.markup import escape

    table = new_table(*columns)
    for row in rows:
        table.add_row(*map(escape, row))
    console = table_console()
    console.print(escape(title), style="italic")  # not the table's own title, which folds to its width
    console.print(table)


def new_table(*columns: str) -> Table:
    """An empty table; its cells are folded, for Rich's ellipsis eats letters beside Chinese."""
    from rich.table import Column, Table

    headings = (Column(name, overflow="fold") for name in columns)
    return Table(*headings)


def table_console() -> Console:
    """The console for tables on stdout: as wide as the terminal, wide enough in a file."""
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, WIDTH_OF_FILES)
    return console


@contextmanager
def progress_bar(text: str) -> Iterator[Callable[[str, int, int | None], None]]:
    """A bar on stderr, gone at the end, on a terminal only: yields `tell(text, done, total)`.

    Without a total it only moves.
    """
    if not sys.stderr.isatty():
        yield lambda _text, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[count]}"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(text, total=None, count="")

        def tell(text: str, done: int, total: int | None) -> None:
            count = f"{done:,} / {total:,}" if total else f"{done:,}"
            bar.update(task, description=text, completed=done, total=total, count=count)

        yield tell
