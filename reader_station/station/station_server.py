"""The station's server: uvicorn on loopback, which ends the streams of open pages before it stops."""

from __future__ import annotations

import socket
from typing import Final

import uvicorn
from fastapi import FastAPI

LOOPBACK: Final = "127.0.0.1"
LAST_ANSWERS_SECONDS: Final = 2


class StationServer(uvicorn.Server):
    """Serves a station's app, without an access log: the start address holds the launch's secret."""

    def __init__(self, app: FastAPI, *, port: int = 0) -> None:
        self._station = app
        config = uvicorn.Config(
            app,
            host=LOOPBACK,
            port=port,
            access_log=False,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=LAST_ANSWERS_SECONDS,
        )
        super().__init__(config)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, which a shutdown would wait for, then stop."""
        self._station.state.end_streams()
        await super().shutdown(sockets)
