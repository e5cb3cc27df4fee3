"""`nhicard station`: the web page beside the reader, for this machine's browser."""

from __future__ import annotations

import secrets
import tempfile
import webbrowser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reader_station.card.card_holder import CardHolder
    from reader_station.station.portal_client import PortalClient
    from reader_station.station.station_server import StationServer

PORT: Final = 8410
SECRET_BYTES: Final = 32
PORTAL_SETTING: Final = "NHICARD_PORTAL_URL"


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("station")(station)


def station(
    simulate: Annotated[
        bool,
        typer.Option("--simulate", help="用樣本卡片試用。\n\nA tray of sample cards, no reader."),
    ] = False,
    port: Annotated[int, typer.Option(min=1, max=65535, help="連接埠。\n\nPort on 127.0.0.1.")] = PORT,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="開啟瀏覽器。\n\nOpen the browser.")
    ] = True,
) -> None:
    """啟動讀卡站網頁:電腦環境檢測、個人註冊。
    Start the reader station: environment check, registration.
    """
    from reader_station.station.station_app import create_station
    from reader_station.station.station_server import StationServer

    secret = secrets.token_urlsafe(SECRET_BYTES)
    with ExitStack() as stack:
        if simulate:
            from reader_station.card.simulated_reader import SimulatedReader

            portal, holders = _portal_for_samples(stack)
            reader = SimulatedReader(holders)
            app = create_station(reader, portal, secret=secret, port=port, simulate=reader)
        else:
            from reader_station.card.pcsc_reader import PcscReader

            app = create_station(PcscReader(), _portal_of_settings(), secret=secret, port=port)
        _serve_until_stopped(
            StationServer(app, port=port), f"http://127.0.0.1:{port}/start?key={secret}", browser=browser
        )


def _serve_until_stopped(server: StationServer, address: str, *, browser: bool) -> None:
    typer.echo(f"讀卡站 Station: {address}")
    typer.echo("只限這台電腦;請勿把網址給別人。Ctrl-C 結束。 For this computer only. Ctrl-C stops it.")
    with _browser_opened(address) if browser else ExitStack():
        server.run()


@contextmanager
def _browser_opened(address: str) -> Iterator[None]:
    """Open the browser through a page that only this user can read.

    In a command line the address would show the secret to every user of the machine.
    """
    with tempfile.TemporaryDirectory(prefix="nhicard-station-") as folder:  # made with mode 700
        page = Path(folder) / "start.html"
        page.write_text(f'<meta charset="utf-8"><meta http-equiv="refresh" content="1;url={address}">')
        webbrowser.open(page.as_uri())
        yield


def _portal_of_settings() -> PortalClient:
    """The portal of the settings, with this station's key where it has one."""
    from pipeline.settings import load_settings
    from reader_station.station.portal_client import PortalClient

    settings = load_settings()
    return PortalClient(settings.portal_url, station_key=settings.station_key.get_secret_value())


def _portal_for_samples(stack: ExitStack) -> tuple[PortalClient, Sequence[CardHolder]]:
    """The portal that the settings name, or a simulated one; the sample people are the demo's."""
    from pipeline.settings import given_names, load_settings
    from reader_station.cli.simulated_portal import sample_holders, simulated_portal

    if PORTAL_SETTING in given_names():
        return _portal_of_settings(), sample_holders()
    simulated = stack.enter_context(simulated_portal(load_settings().var_dir / "demo-station"))
    typer.echo(f"攔下的信 Mails caught: {simulated.mail}")
    typer.echo("\n".join(("樣本資料 What the sample people type:", *simulated.notes)))
    return simulated.client, simulated.holders
