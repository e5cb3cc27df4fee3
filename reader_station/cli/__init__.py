"""The commands of `nhicard` that belong to station and portal; `pipeline.cli` finds them by entry point."""

from __future__ import annotations

import typer


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    from reader_station.cli import card_commands as card
    from reader_station.cli import portal_command as portal
    from reader_station.cli import station_command as station
    from reader_station.cli import station_key_commands as staff

    app.add_typer(card.app, name="card")
    app.add_typer(staff.station_key_app, name="station-key")
    portal.add_to(app)
    station.add_to(app)


# Last, so that `add_to` is there: `pipeline.cli` calls it while it is imported, whichever module comes first.
import pipeline.cli  # noqa: E402, F401
