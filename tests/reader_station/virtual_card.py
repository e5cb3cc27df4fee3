"""A chip card for vpcd in a process of its own: `python -m tests.reader_station.virtual_card PORT`.

A process, because a card in the client's own would freeze when that ends while pyscard still disconnects.
Orders come by stdin, one a line (`insert PROFILE HEX HEX`, `remove`), each answered with a line when done;
HEX is a holder's basic data, the second of the card that a swapped one makes way for.

vpcd's frames: two bytes of length and that many bytes; one byte is about power (0 off, 1 on, 2 reset, 4 the
answer to reset is wanted), anything longer is a command.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from reader_station.card.card_holder import CardHolder, parse_basic_data
from reader_station.card.made_up_holder import write_basic_data
from reader_station.card.simulated_card import CardPulled, Profile, SimulatedCard

LOOPBACK: Final = "127.0.0.1"
ATR_WANTED: Final = 4
STARTING_SECONDS: Final = 5.0
DONE: Final = "done"
ROOT: Final = Path(__file__).parents[2]


class VirtualCard:
    """The test's end: a slot of vpcd into which cards go."""

    def __init__(self, port: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.reader_station.virtual_card", str(port)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def insert(
        self, holder: CardHolder, profile: Profile = Profile.GOOD, other: CardHolder | None = None
    ) -> None:
        """Put a card in (noticed within 0.4 s); `other` is the holder of the card that swaps it."""
        both = (write_basic_data(person).hex() for person in (holder, other or holder))
        self._order(f"insert {profile} {' '.join(both)}")

    def remove(self) -> None:
        """Take the card out, if one is in."""
        self._order("remove")

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()

    def _order(self, line: str) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == f"{DONE}\n", "the virtual card's process died"


class _Slot:
    """The card's end: one connection to vpcd is one card in the reader."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._wire: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._pulled = threading.Event()

    def insert(self, profile: Profile, holder: CardHolder, other: CardHolder) -> None:
        self.remove()
        self._plug(profile, holder, other)

    def remove(self) -> None:
        self._pulled.set()
        if self._wire is not None:
            with contextlib.suppress(OSError):
                self._wire.shutdown(socket.SHUT_RDWR)
        if self._thread is not None:
            self._thread.join()

    def _plug(self, profile: Profile, holder: CardHolder, other: CardHolder) -> None:
        self._pulled = threading.Event()
        self._wire = _connected(self._port)
        card = SimulatedCard(holder, profile, wait=self._pulled.wait, hang=self._pulled.wait)
        self._thread = threading.Thread(target=self._serve, args=(self._wire, card, other))
        self._thread.start()

    def _serve(self, wire: socket.socket, card: SimulatedCard, other: CardHolder) -> None:
        with wire:
            try:
                while (frame := _receive(wire)) is not None:
                    _answer(wire, card, frame)
            except (CardPulled, OSError):
                pass
        if card.profile is Profile.SWAPPED and not self._pulled.is_set():
            self._plug(Profile.GOOD, other, other)


def _connected(port: int) -> socket.socket:
    """A connection to vpcd, which may be starting just now."""
    until = time.monotonic() + STARTING_SECONDS
    while True:
        try:
            return socket.create_connection((LOOPBACK, port))
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)


def _answer(wire: socket.socket, card: SimulatedCard, frame: bytes) -> None:
    if len(frame) > 1:
        answer = card.answer(frame)
    elif frame[0] == ATR_WANTED:
        answer = card.atr
    else:
        card.reset()
        return
    wire.sendall(len(answer).to_bytes(2, "big") + answer)


def _receive(wire: socket.socket) -> bytes | None:
    head = _exactly(wire, 2)
    return None if head is None else _exactly(wire, int.from_bytes(head, "big"))


def _exactly(wire: socket.socket, size: int) -> bytes | None:
    """That many bytes, or None at the end."""
    got = b""
    while len(got) < size:
        # The driver writes length and body apart: without it each command waits 40 ms for an acknowledgement.
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        part = wire.recv(size - len(got))
        if not part:
            return None
        got += part
    return got


def main(port: int) -> None:
    """Obey until stdin ends."""
    slot = _Slot(port)
    for line in sys.stdin:
        match line.split():
            case ["insert", profile, holder, other]:
                people = (parse_basic_data(bytes.fromhex(text)) for text in (holder, other))
                slot.insert(Profile(profile), *people)
            case _:
                slot.remove()
        print(DONE, flush=True)
    slot.remove()


def wait_until(is_so: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait until a question is answered with yes; an AssertionError after `seconds`."""
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, f"not so within {seconds} s"
        time.sleep(0.005)


if __name__ == "__main__":
    main(int(sys.argv[1]))
