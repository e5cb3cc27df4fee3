"""The rows of `nhicard doctor`: gathered from every part that is installed, and shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Final

from pipeline.cli.output import new_table, table_console
from pipeline.errors import MachineUnusable
from pipeline.finding import Check, Finding

GROUP: Final = "nhicard.checks"


def diagnose() -> list[Finding]:
    """Every finding of every installed part; a check that breaks down is a row like any other."""
    points = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    return [finding for point in points for finding in _findings(point)]


def _findings(point: EntryPoint) -> Iterator[Finding]:
    try:
        for check in point.load()():
            yield from _guarded(check, point.name)
    except Exception as error:  # a part that does not even load must not hide the others
        yield _broken(point.name, error)


def _guarded(check: Check, part: str) -> Iterator[Finding]:
    try:
        yield from check()
    except Exception as error:  # whatever is wrong with the machine, the other checks still tell
        yield _broken(part, error)


def _broken(part: str, error: Exception) -> Finding:
    if isinstance(error, ModuleNotFoundError):
        current = f"the package {error.name} is not installed"
        how_to_fix = "install this part with its packages (README, Installation)"
    elif isinstance(error, MachineUnusable):
        current, how_to_fix = str(error), "put this right, then look again"
    else:  # its text may quote anything
        current, how_to_fix = f"{type(error).__name__} inside the check", "report this to the maintainers"
    return Finding(
        item=f"檢查 Checks: {part}",
        recommended="can be carried out",
        current=current,
        is_fine=False,
        how_to_fix=how_to_fix,
    )


def show(findings: Sequence[Finding]) -> None:
    """A table, and below it what to do about each row that is not fine."""
    from rich.markup import escape

    console = table_console()
    table = new_table("", "設定項目 Setting", "建議設定值 Recommended", "目前設定值 Current")
    for finding in findings:
        mark = "[green]✓ ok[/]" if finding.is_fine else "[bold red]✗ fix[/]"
        current = escape(finding.current)
        table.add_row(
            mark,
            escape(finding.item),
            escape(finding.recommended),
            current if finding.is_fine else f"[red]{current}[/]",
        )
    console.print(table)
    wrong = [finding for finding in findings if not finding.is_fine]
    if wrong:
        console.print("\n[bold]如何修正 How to fix[/]")
    for finding in wrong:
        console.print(f"[red]✗[/] {escape(finding.item)}")
        console.print(f"    {escape(finding.how_to_fix)}", soft_wrap=True)
