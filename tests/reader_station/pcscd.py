"""A real pcscd with vpcd's two virtual readers, for one test process and its user.

It gets its socket from us, as systemd would give it: any number run side by side, none needs root, and an
early client waits in the socket's backlog.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from reader_station.card.card_holder import CardHolder
from reader_station.card.simulated_card import Profile
from tests.reader_station.virtual_card import LOOPBACK, VirtualCard, wait_until

DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
SLOTS = ("Virtual PCD 00 00", "Virtual PCD 00 01")
PORTS = range(20_000, 32_000, 2)  # below those that the system gives out itself
SOCKET_VARIABLE = "PCSCLITE_CSOCK_NAME"
# After `exec` the shell's process number is pcscd's: by it a service knows that the socket is its own.
ACTIVATED = 'exec env LISTEN_FDS=1 LISTEN_PID=$$ "$@"'


def pcscd_program() -> str | None:
    """Where pcscd is; None where it or vpcd's driver is missing."""
    found = shutil.which("pcscd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    return found if DRIVER.exists() else None


class Pcscd:
    """The service, its two readers, and the cards in them."""

    def __init__(self, program: str, become: Callable[[], None] | None = None) -> None:
        self._program, self._become = program, become
        self.folder = Path(tempfile.mkdtemp(prefix="pcsc"))  # short: a socket's name has 107 bytes
        self.folder.chmod(0o755)
        self.socket = self.folder / "comm"
        self._port = _free_pair()
        self._cards: dict[int, VirtualCard] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._write_driver()

    def start(self) -> None:
        """Start the service; it answers when this returns or soon after, and clients wait."""
        self.socket.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as listening, (self.folder / "log").open("ab") as log:
            listening.bind(str(self.socket))
            self.socket.chmod(0o777)
            listening.listen(64)
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", ACTIVATED, "sh", self._program, *self._options()],
                preexec_fn=lambda: self._prepare(listening.fileno()),
                pass_fds=(3,),
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def kill(self) -> None:
        """End the service at once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @property
    def is_running(self) -> bool:
        """Has the service been started and not ended?"""
        return self._process is not None and self._process.poll() is None

    def insert(
        self,
        holder: CardHolder,
        profile: Profile = Profile.GOOD,
        *,
        other: CardHolder | None = None,
        slot: int = 0,
    ) -> None:
        """Put a card into a slot; a card there goes out first."""
        if slot not in self._cards:
            self._cards[slot] = VirtualCard(self._port + slot)
        self._cards[slot].insert(holder, profile, other)

    def remove(self, slot: int = 0) -> None:
        """Take a slot's card out."""
        if slot in self._cards:
            self._cards[slot].remove()

    def empty(self) -> None:
        """Take all cards out."""
        for slot in self._cards:
            self.remove(slot)

    def close(self) -> None:
        """End everything; an orphan would keep the ports."""
        for card in self._cards.values():
            card.close()
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _write_driver(self) -> None:
        drivers = self.folder / "reader.conf.d"
        drivers.mkdir()
        (drivers / "vpcd").write_text(
            f'FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:{self._port:#x}\n'
            f"LIBPATH {DRIVER}\nCHANNELID {self._port:#x}\n",
            encoding="ascii",
        )

    def _options(self) -> list[str]:
        options = ["--foreground", "--error", "--config", str(self.folder / "reader.conf.d")]
        help_text = subprocess.run([self._program, "--help"], capture_output=True, text=True, check=False)
        # From 2.0 on it asks polkit, which a container does not have.
        return (
            [*options, "--disable-polkit"]
            if "disable-polkit" in help_text.stdout + help_text.stderr
            else options
        )

    def _prepare(self, listening: int) -> None:
        """In the child: the socket at number 3, and another user if one is wanted."""
        os.dup2(listening, 3)
        if self._become is not None:
            self._become()


def _free_pair() -> int:
    """An even port that is free with the next one; vpcd takes both and says nothing when it cannot."""
    for port in random.sample(PORTS, 100):
        with contextlib.suppress(OSError), socket.socket() as first, socket.socket() as second:
            first.bind((LOOPBACK, port))
            second.bind((LOOPBACK, port + 1))
            return port
    raise RuntimeError("no free pair of ports")


def wait_for_readers(list_readers: Callable[[], list[str]]) -> None:
    """Wait until both slots are listed; fewer mean that another process has the ports."""
    wait_until(lambda: tuple(list_readers()) == SLOTS)
