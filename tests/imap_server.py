"""Real IMAP servers on loopback: Dovecot, or pymap where there is no Dovecot; a mailbox for every test.

url = imap_server.mailbox("intake")          imap://... on this machine; tls=True: imaps://...
imap_server.deliver(url, mail_bytes)         as if mail had come in
imap_server.folder(url, "Processed")         what lies there
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from urllib.parse import quote

import imap_tools

from pipeline.bulk.intake.mailbox import mailbox_url

PASSWORD = "pässwörd/@:?"  # worth encoding
PYMAP_PASSWORD = "test"
STARTING_SECONDS = 20.0
NOBODY = 65534

_DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_failure_delay = 0
mail_max_userip_connections = 100
mail_fsync = never
mail_location = maildir:{folder}/mail/%u/Maildir
first_valid_uid = 1
{users}
service imap-login {{
  {chroot}
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  {chroot}
}}
passdb {{
  driver = static
  args = password={{PLAIN}}{password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
}}
"""


class ImapServer:
    """What tests ask of a server; `kind` is its program's name."""

    kind = ""

    def __init__(self) -> None:
        self.certificate = Path()  # what a client must trust to speak TLS
        self._numbers = count(1)
        self._boxes: dict[str, imap_tools.BaseMailBox] = {}

    def mailbox(self, name: str, *, tls: bool = False) -> str:
        """The URL of a new, empty mailbox."""
        raise NotImplementedError

    def deliver(self, url: str, raw: bytes, received_at: datetime | None = None) -> None:
        """Put a mail into the URL's folder; line ends become CRLF, as everywhere in mail."""
        self._box(url).append(raw, mailbox_url(url).folder, dt=received_at)

    def has_folder(self, url: str, name: str) -> bool:
        """Is there such a folder in the mailbox?"""
        return self._box(url).folder.exists(name)

    def folder(self, url: str, name: str) -> list[bytes]:
        """Every mail of a folder, oldest first; nothing is marked as seen."""
        box = self._box(url)
        if not box.folder.exists(name):
            return []
        box.folder.set(name, readonly=True)
        _, lines = box.client.uid("FETCH", "1:*", "(BODY.PEEK[])")
        return [line[1] for line in lines if isinstance(line, tuple)]

    def _box(self, url: str) -> imap_tools.BaseMailBox:
        """The test's own way in; it stays open, for signing in takes longer than the rest."""
        if url not in self._boxes:
            parts = mailbox_url(url)
            box: imap_tools.BaseMailBox
            if parts.is_encrypted:
                box = imap_tools.MailBox(parts.host, parts.port, ssl_context=self._trusting())
            else:
                box = imap_tools.MailBoxUnencrypted(parts.host, parts.port)
            self._boxes[url] = box.login_utf8(parts.user, parts.password, initial_folder=None)
        return self._boxes[url]

    def close(self) -> None:
        """Sign out everywhere."""
        for box in self._boxes.values():
            box.logout()
        self._boxes.clear()

    def _trusting(self) -> ssl.SSLContext:
        raise NotImplementedError


class Dovecot(ImapServer):
    """Any user name signs in with the password and has a mailbox of its own."""

    kind = "dovecot"

    def __init__(self, port: int, tls_port: int, certificate: Path) -> None:
        super().__init__()
        self._port, self._tls_port, self.certificate = port, tls_port, certificate

    def mailbox(self, name: str, *, tls: bool = False) -> str:
        scheme, port = ("imaps", self._tls_port) if tls else ("imap", self._port)
        password = quote(PASSWORD, safe="")
        return f"{scheme}://{name}{next(self._numbers)}:{password}@127.0.0.1:{port}/INBOX"

    def _trusting(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate))


class Pymap(ImapServer):
    """One process for each mailbox, for it knows one user; without TLS."""

    kind = "pymap"

    def __init__(self, running: ExitStack) -> None:
        super().__init__()
        self._running = running

    def mailbox(self, name: str, *, tls: bool = False) -> str:
        if tls:
            raise NotImplementedError("pymap has no port for TLS from the first byte")
        user, port = f"{name}{next(self._numbers)}", free_port()
        program = [str(Path(sys.executable).with_name("pymap")), "--host", "127.0.0.1", "--port", str(port)]
        user_options = ["dict", "--demo-user", user, "--demo-password", PYMAP_PASSWORD]
        self._running.enter_context(_process([*program, "--no-tls", *user_options], port))
        return f"imap://{user}:{PYMAP_PASSWORD}@127.0.0.1:{port}/INBOX"


def has_dovecot() -> bool:
    """Is there a Dovecot whose settings we know how to write? With CI=true there must be."""
    found = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found:
        version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
        if version.startswith("2.3."):
            return True
    if os.environ.get("CI") == "true":
        raise RuntimeError("the tests need Dovecot 2.3: requirements/debian.sh dovecot-imapd")
    return False


@contextmanager
def run_dovecot(certificate: tuple[Path, Path]) -> Iterator[Dovecot]:
    """Start Dovecot below a folder of its own; it ends with the block."""
    # Not below pytest's folder: Dovecot's own users must get in, and a socket's name must be short.
    folder = Path(tempfile.mkdtemp(prefix="dovecot"))
    try:
        folder.chmod(0o755)
        port, tls_port = free_port(), free_port()
        config = _configure(folder, certificate, port=port, tls_port=tls_port)
        program = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
        with (
            _process([str(program), "-F", "-c", str(config)], port),
            closing(Dovecot(port, tls_port, certificate[0])) as server,
        ):
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def run_pymap() -> Iterator[Pymap]:
    """A server whose processes end with the block."""
    with ExitStack() as running, closing(Pymap(running)) as server:
        yield server


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _configure(folder: Path, certificate: tuple[Path, Path], *, port: int, tls_port: int) -> Path:
    for file, name in zip(certificate, ("cert.pem", "key.pem"), strict=True):
        shutil.copyfile(file, folder / name)
    mail = folder / "mail"
    mail.mkdir()
    (folder / "log").touch()
    if os.geteuid() == 0:  # Dovecot refuses to read mail as root
        os.chown(mail, NOBODY, NOBODY)
        uid, gid, users, chroot = NOBODY, NOBODY, "", ""
    else:
        uid, gid = os.geteuid(), os.getegid()
        me = pwd.getpwuid(uid).pw_name
        users = f"default_internal_user = {me}\ndefault_login_user = {me}\ndefault_internal_group ="
        chroot = "chroot ="
    config = folder / "dovecot.conf"
    filled = _DOVECOT.format(
        folder=folder, port=port, tls_port=tls_port, uid=uid, gid=gid, users=users, chroot=chroot,
        password=PASSWORD,
    )  # fmt: skip
    config.write_text(re.sub(r"\n\s+\n", "\n", filled), encoding="utf-8")
    return config


@contextmanager
def _process(command: list[str], port: int) -> Iterator[None]:
    """A process that runs until the block ends; the block begins when its port answers."""
    with tempfile.TemporaryFile() as told:
        running = subprocess.Popen(command, stdout=told, stderr=subprocess.STDOUT)
        try:
            _wait(running, port)
            yield
        except TimeoutError:
            told.seek(0)
            raise RuntimeError(
                f"{command[0]} did not start: {told.read().decode(errors='replace')}"
            ) from None
        finally:
            running.terminate()
            running.wait(timeout=STARTING_SECONDS)


def _wait(running: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < end and running.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise TimeoutError
