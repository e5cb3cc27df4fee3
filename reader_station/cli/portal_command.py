"""`nhicard portal`: the web service for stations, mail links and the file check."""

from __future__ import annotations

import logging
from typing import Annotated

import typer


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("portal")(portal)


def portal(
    host: Annotated[str, typer.Option(help="聆聽的位址。Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="連接埠。Port.")] = 8400,
) -> None:
    """啟動入口網站:讀卡站、信件連結、檔案檢查。 Start the portal: stations, mail links, file check.

    對外服務請放在終止 TLS 的反向代理之後。For the public: behind a reverse proxy that ends TLS.
    """
    import uvicorn

    from pipeline.tasks.opening import open_database
    from reader_station.portal.portal_app import create_portal

    settings, database = open_database()
    app = create_portal(settings, database)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    typer.echo(f"http://{host}:{port}/", err=True)
    # An access log of the server would hold tokens; the app writes its own lines without them.
    uvicorn.run(app, host=host, port=port, access_log=False, server_header=False, log_level="warning")
