"""The command `nhicard`: one thin module a topic; the work itself is in `pipeline.bulk`.

Exit codes: 0 done, 1 rows were rejected (`check` only), 2 the file or argument was refused, 3 the machine is
not usable. A command imports what it needs inside itself, so that `nhicard --help` stays quick.
"""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Sequence
from importlib.metadata import entry_points
from typing import Annotated, Final, NoReturn

import typer

from pipeline.cli import batch_commands as batch
from pipeline.cli import check_command as check
from pipeline.cli import data_commands as data
from pipeline.cli import declaration_commands as declaration
from pipeline.cli import mail_commands as mail
from pipeline.cli import night_commands as night
from pipeline.errors import ArgumentRefused, MachineUnusable

EXIT_REFUSED: Final = 2
EXIT_MACHINE: Final = 3
EXIT_INTERRUPTED: Final = 130  # what shells say of a program that Ctrl-C ended

app = typer.Typer(
    name="nhicard",
    help="健保卡網路服務註冊:檢查投保單位檔案、夜間整批註冊、寄信與維運。\n\n"
    "NHI card registration: check employers' files, run the night, deliver mail, operate.",
    epilog="結束碼 Exit code: 0 完成 done · 1 有資料不入檔 rows rejected (check) · "
    "2 檔案或參數被拒 file or argument refused · 3 系統無法使用 machine not usable",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


@app.callback()
def options(
    debug: Annotated[
        bool, typer.Option("--debug", help="出錯時印出追蹤。\n\nShow the traceback of an error.")
    ] = False,
) -> None:
    """Options of every command."""


check.add_to(app)
night.add_to(app)
data.add_to(app)
app.add_typer(mail.app, name="mail")
app.add_typer(batch.app, name="batch")
app.add_typer(declaration.app, name="declaration")
batch.add_to(app)
for room in entry_points(group="nhicard.commands"):  # rooms above this one; nothing here imports upward
    room.load()(app)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and exit; an error is one line on stderr, and before it a traceback with `--debug`."""
    given, is_debug = _without_debug(sys.argv[1:] if arguments is None else arguments)
    _speak_in_any_encoding()
    try:
        code = app(given, prog_name="nhicard", standalone_mode=False)
    except ArgumentRefused as error:
        _end(error, str(error), EXIT_REFUSED, is_debug)
    except MachineUnusable as error:
        _end(error, _with_a_way_out(str(error)), EXIT_MACHINE, is_debug)
    except typer.TyperException as error:
        _end(error, _usage(error), EXIT_REFUSED, is_debug)
    except SystemExit as ended:  # typer's answer to a closed pipe, with the code of rejected rows
        if not isinstance(ended.__context__, BrokenPipeError):
            raise
        # Who read our output (`head`) has enough. Python would stumble over it once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except (KeyboardInterrupt, typer.Abort) as error:
        _end(error, "interrupted", EXIT_INTERRUPTED, is_debug)
    except ModuleNotFoundError as error:
        told = f"this command needs the package {error.name}: install nhicard[batch] (README, Installation)"
        _end(error, told, EXIT_MACHINE, is_debug)
    except Exception as error:  # a bug of ours; its text may hold personal data
        told = f"internal error ({type(error).__name__}); --debug shows it"
        _end(error, told, EXIT_MACHINE, is_debug)
    sys.exit(code)


def _without_debug(words: Sequence[str]) -> tuple[list[str], bool]:
    """`--debug` may stand anywhere before a `--`."""
    end = words.index("--") if "--" in words else len(words)
    kept = [word for word in words[:end] if word != "--debug"]
    return [*kept, *words[end:]], len(kept) < end


def _speak_in_any_encoding() -> None:
    """A terminal that cannot show a character shows a question mark; it is no reason to stop."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _with_a_way_out(told: str) -> str:
    """A fault of the machine that names no command of ours points to the one that looks at everything."""
    return told if "nhicard" in told.casefold() else f"{told} (see: nhicard doctor)"


def _usage(error: typer.TyperException) -> str:
    """What is wrong with the words of the command, and where its help is, in one line."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "nhicard"
    told = " ".join(error.format_message().split())
    return f"{told or 'name a command'} (see: {command} --help)"


def _end(error: BaseException, told: str, code: int, is_debug: bool) -> NoReturn:
    if is_debug:
        traceback.print_exception(error)
    typer.echo(f"nhicard: {told}", err=True)
    sys.exit(code)
