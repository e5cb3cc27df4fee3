"""The command `nhicard`: one thin module a topic; the work itself is in `pipeline.steps`.

Exit codes: 0 done, 1 rows were rejected (`check` only), 2 the file or argument was refused, 3 the machine is
not usable. A command imports what it needs inside itself, so that `nhicard --help` stays quick.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.metadata import entry_points
from typing import Annotated, Final

import typer

from pipeline.cli import batch, check, data, mail, night
from pipeline.errors import ArgumentRefused, MachineUnusable

EXIT_REFUSED: Final = 2
EXIT_MACHINE: Final = 3

app = typer.Typer(
    name="nhicard",
    help="健保卡網路服務註冊:檢查投保單位檔案、夜間整批註冊、寄信與維運。\n\n"
    "NHI card registration: check employers' files, run the night, deliver mail, operate.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Options of every command."""


check.add_to(app)
night.add_to(app)
data.add_to(app)
app.add_typer(mail.app, name="mail")
app.add_typer(batch.app, name="batch")
batch.add_to(app)
for command in entry_points(group="nhicard.commands"):
    command.load()(app)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; an error is one line on stderr and an exit code, with `--debug` a traceback too."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    is_debug = "--debug" in given
    if is_debug:
        given = ["--debug", *(word for word in given if word != "--debug")]
    try:
        app(given)
    except ArgumentRefused as error:
        _end(error, EXIT_REFUSED, is_debug)
    except MachineUnusable as error:
        _end(error, EXIT_MACHINE, is_debug)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


def _end(error: Exception, code: int, is_debug: bool) -> None:
    if is_debug:
        raise error
    typer.echo(f"nhicard: {error}", err=True)
    sys.exit(code)
