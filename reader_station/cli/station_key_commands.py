"""`nhicard station-key`: keys of counter, kiosk and office stations."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from pipeline import clock
from pipeline.cli.output import AsJson, print_json, print_table

station_key_app = typer.Typer(
    help="讀卡站金鑰:新增、撤銷、列表。\nKeys of counter, kiosk and office stations: add, revoke, list.",
    no_args_is_help=True,
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="讀卡站名稱。\n\nName of the station.")]


@station_key_app.command()
def add(
    name: Name,
    kind: Annotated[
        Literal["counter", "kiosk", "office"],
        typer.Option(help="臨櫃、公用或單位。\n\nKind of place."),
    ],
) -> None:
    """新增金鑰;只顯示這一次。
    Make a key and print it; it is not shown again.
    """
    from pipeline.accounts import station_keys
    from pipeline.cli.operator import operator
    from pipeline.tasks.opening import open_database

    _, database = open_database()
    made = station_keys.add(database, name, kind, actor=operator(), now=clock.now())
    typer.echo(f"Set this on station {name}; it is not shown again:", err=True)
    typer.echo(f"NHICARD_STATION_KEY={made.key}")


@station_key_app.command()
def revoke(name: Name) -> None:
    """撤銷金鑰,立即生效。
    Revoke a key; it is refused at once.
    """
    from pipeline.accounts import station_keys
    from pipeline.cli.operator import operator
    from pipeline.tasks.opening import open_database

    _, database = open_database()
    station_keys.revoke(database, name, actor=operator(), now=clock.now())
    typer.echo(f"Station {name} is served as a home station from now on.")


@station_key_app.command("list")
def list_keys(as_json: AsJson = False) -> None:
    """所有金鑰,含已撤銷者。
    List all keys, revoked ones too.
    """
    from pipeline.accounts import station_keys
    from pipeline.tasks.opening import open_database

    _, database = open_database()
    names = ("name", "kind", "created_at", "revoked_at")
    rows = [
        (key.name, key.kind, key.created_at.isoformat(), key.revoked_at.isoformat() if key.revoked_at else "")
        for key in station_keys.listed(database)
    ]
    if as_json:
        print_json({"station_keys": [dict(zip(names, row, strict=True)) for row in rows]})
    elif rows:
        print_table("讀卡站金鑰 Station keys", list(names), rows)
    else:
        typer.echo("No station has a key.")
