"""`nhicard declaration`: units that declared once for all that their people consent."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from pipeline import clock
from pipeline.cli.output import AsJson, print_json, print_table

app = typer.Typer(
    help="投保單位的長期同意聲明:登錄、撤回、列表。\n"
    "Units that declared consent once for all: add, remove, list.",
    no_args_is_help=True,
)
UnitCode = Annotated[
    str, typer.Argument(metavar="UNIT_CODE", help="投保單位代號9碼。\n\nThe unit's nine digits.")
]


@app.command("list")
def list_declarations(as_json: AsJson = False) -> None:
    """所有長期聲明。
    Every standing declaration.
    """
    from pipeline.bulk.queries import declarations
    from pipeline.tasks.opening import open_database

    _, database = open_database()
    with database.reading() as connection:
        found = declarations.listed(connection)
    rows = [(row.unit_code, row.declared_on.isoformat(), row.reference) for row in found]
    if as_json:
        names = ("unit_code", "declared_on", "reference")
        print_json({"declarations": [dict(zip(names, row, strict=True)) for row in rows]})
    elif rows:
        print_table("長期同意聲明 Standing declarations", ["unit_code", "declared_on", "reference"], rows)
    else:
        typer.echo("No unit made a standing declaration.")


@app.command()
def add(
    unit_code: UnitCode,
    reference: Annotated[
        str, typer.Option(help="公文或存放處。\n\nWhere the paper lies: a file number, say.")
    ] = "",
    declared_on: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="聲明日期,預設今日。\n\nBy default today."
        ),
    ] = None,
) -> None:
    """登錄投保單位的長期聲明。
    Note that the unit's people consent, for all files to come.
    """
    from pipeline.bulk.declare_consent import add_declaration
    from pipeline.cli.operator import operator
    from pipeline.tasks.opening import open_database

    _, database = open_database()
    day = declared_on.date() if declared_on else clock.today()
    add_declaration(
        database, unit_code, declared_on=day, reference=reference, actor=operator(), at=clock.now()
    )
    typer.echo(f"Noted: files of unit {unit_code} come with consent.")


@app.command()
def remove(unit_code: UnitCode) -> None:
    """撤回長期聲明;已收的批次不變。
    Take the declaration back; batches that came in keep theirs.
    """
    from pipeline.bulk.declare_consent import remove_declaration
    from pipeline.cli.operator import operator
    from pipeline.tasks.opening import open_database

    _, database = open_database()
    remove_declaration(database, unit_code, actor=operator(), at=clock.now())
    typer.echo(f"Unit {unit_code} has no standing declaration any more.")
