"""Postfix's own measuring tools, and a sink that remembers Message-IDs."""

from __future__ import annotations

import multiprocessing
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from pathlib import Path
from typing import Any

POSTFIX = Path(sys.prefix) / "debian" / "postfix"
TOOLS = POSTFIX / "usr" / "sbin"
LIBRARIES = {"LD_LIBRARY_PATH": str(POSTFIX / "usr" / "lib" / "postfix")}
HOST = "127.0.0.1"
PATIENCE = 10  # seconds until a sink listens


def has_tools() -> bool:
    """Are smtp-sink and smtp-source there?"""
    return (TOOLS / "smtp-sink").exists()


def require_tools() -> None:
    """Raises SystemExit: smtp-sink and smtp-source are not there."""
    if not has_tools():
        raise SystemExit("smtp-sink and smtp-source are missing: `make bench` brings them (Debian's postfix)")


@contextmanager
def smtp_sink() -> Iterator[int]:
    """smtp-sink, which takes every mail and forgets it; its port."""
    port = _free_port()
    as_nobody = ["-u", "nobody"] if os.getuid() == 0 else []  # as root it will not start without
    command = [str(TOOLS / "smtp-sink"), *as_nobody, f"{HOST}:{port}", "1024"]
    sink = subprocess.Popen(command, env=os.environ | LIBRARIES)
    try:
        _wait_for(port)
        yield port
    finally:
        sink.terminate()
        sink.wait()


def smtp_source(port: int, *, mails: int, octets: int, connections: int) -> float:
    """Seconds that smtp-source takes for so many mails, connections kept from mail to mail."""
    size = ["-d", "-s", str(connections), "-m", str(mails), "-l", str(octets)]
    envelope = ["-f", "a@example.com", "-t", "b@example.com"]
    began = time.perf_counter()
    subprocess.run(
        [str(TOOLS / "smtp-source"), *size, *envelope, f"{HOST}:{port}"],
        env=os.environ | LIBRARIES,
        check=True,
    )
    return time.perf_counter() - began


@contextmanager
def remembering_sink(notes: Path) -> Iterator[int]:
    """A sink in a process of its own that writes each mail's Message-ID on a line of `notes`; its port."""
    port = _free_port()
    sink = multiprocessing.get_context("spawn").Process(target=_remember, args=(port, notes), daemon=True)
    sink.start()
    try:
        _wait_for(port)
        yield port
    finally:
        sink.terminate()
        sink.join()


class _Remembering:
    def __init__(self, notes: Path) -> None:
        self._notes = notes.open("ab", buffering=0)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """aiosmtpd's hook."""
        self._notes.write(message_from_bytes(envelope.content)["Message-ID"].encode() + b"\n")
        return "250 noted"


def _remember(port: int, notes: Path) -> None:
    from aiosmtpd.controller import Controller

    Controller(_Remembering(notes), hostname=HOST, port=port).start()
    time.sleep(3600)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        port: int = taken.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        with socket.socket() as door:
            if door.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"no sink listens on port {port}")
