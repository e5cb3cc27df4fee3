"""`nhicard portal` as its own process, as an operator starts it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

from pipeline.store.engine import Database

PROGRAM = """
import typer
from reader_station.cli import portal_command
app = typer.Typer()
portal_command.add_to(app)
app()
"""
TOKEN = "q8Zt-made-up-token-of-a-mail"
STARTS_WITHIN = 40


def _wait_for(address: str) -> httpx.Response:
    end = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            return httpx.get(f"{address}/api/v1/health")
        except httpx.TransportError:
            assert time.monotonic() < end, "the portal did not start"
            time.sleep(0.1)


def test_the_portal_starts_answers_stops_and_writes_no_token(
    sqlite_database: Database, tmp_path: Path
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {
        "NHICARD_VAR_DIR": str(tmp_path / "var"),
        "NHICARD_DATABASE_URL": sqlite_database.engine.url.render_as_string(hide_password=False),
    }
    command = [sys.executable, "-c", PROGRAM, "--port", str(port)]
    with subprocess.Popen(
        command, env={**os.environ, **settings}, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            assert _wait_for(address).json() == {"status": "ok"}
            answer = httpx.get(f"{address}/confirm/{TOKEN}")
            assert answer.status_code == 403
            assert "server" not in answer.headers
        finally:
            process.send_signal(signal.SIGTERM)
            said, _ = process.communicate(timeout=20)
    assert "GET /confirm/{token} 403" in said
    assert TOKEN not in said
    assert process.returncode in (0, -signal.SIGTERM, 128 + signal.SIGTERM)
