"""A station and its portal behind real servers on loopback, for browsers and for plain HTTP."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import httpx
import uvicorn
from fastapi import FastAPI

from reader_station.card.reader import Reader
from reader_station.card.simulated_reader import SimulatedReader
from reader_station.station.guard import derived
from reader_station.station.portal_client import PortalClient
from reader_station.station.station_app import create_station
from reader_station.station.station_server import StationServer
from tests.reader_station.sample_holders import HOLDERS

SECRET = "made-up-launch-secret"
SECONDS = 10.0


@dataclass
class RunningStation:
    """Where it is, and the reader under it."""

    port: int
    reader: Reader

    @property
    def address(self) -> str:
        """Its own name for itself."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def start_address(self) -> str:
        """The address that opens it."""
        return f"{self.address}/start?key={SECRET}"

    @property
    def tray(self) -> SimulatedReader:
        """The simulated reader."""
        assert isinstance(self.reader, SimulatedReader)
        return self.reader

    @property
    def token(self) -> str:
        """The token of this launch's forms."""
        return derived(SECRET, "form")

    @contextmanager
    def visitor(self, **headers: str) -> Iterator[httpx.Client]:
        """A plain HTTP client that was let in; sends `headers` with everything."""
        client = httpx.Client(base_url=self.address, headers=headers, trust_env=False, timeout=SECONDS)
        with client:
            client.get("/start", params={"key": SECRET})
            yield client


@contextmanager
def served(app: FastAPI, listening: socket.socket) -> Iterator[None]:
    """The app behind a real server on a socket that listens already."""
    config = uvicorn.Config(app, access_log=False, log_level="warning", timeout_graceful_shutdown=1)
    is_station = hasattr(app.state, "end_streams")
    server = StationServer(app) if is_station else uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    limit = time.monotonic() + SECONDS
    while not server.started and time.monotonic() < limit:
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(SECONDS)


@contextmanager
def free_socket() -> Iterator[tuple[socket.socket, int]]:
    """A listening socket of this machine and its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening, int(listening.getsockname()[1])


@contextmanager
def running_station(
    portal: FastAPI | str,
    *,
    reader: Reader | None = None,
    idle_seconds: float = 120.0,
    answer_seconds: float = SECONDS,
    is_tray_shown: bool = False,
) -> Iterator[RunningStation]:
    """A station over `reader` (a simulated one by default) and a portal: an app to serve, or an address."""
    with ExitStack() as stack:
        address = portal if isinstance(portal, str) else _portal_address(stack, portal)
        listening, port = stack.enter_context(free_socket())
        chosen = reader or SimulatedReader(HOLDERS)
        app = create_station(
            chosen,
            PortalClient(address, answer_seconds=answer_seconds),
            secret=SECRET,
            port=port,
            simulate=chosen if is_tray_shown and isinstance(chosen, SimulatedReader) else None,
            idle_seconds=idle_seconds,
        )
        stack.enter_context(served(app, listening))
        yield RunningStation(port, chosen)


def _portal_address(stack: ExitStack, portal: FastAPI) -> str:
    listening, port = stack.enter_context(free_socket())
    stack.enter_context(served(portal, listening))
    return f"http://127.0.0.1:{port}"
