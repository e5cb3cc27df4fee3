"""One connection to the mail server, kept open from mail to mail.

Only public names of aiosmtplib are used. Not `sendmail` but its steps: `sendmail` raises the same error for
a connection lost before and after the final dot, and only the first may be tried again without a second copy
of the mail. One receiver per envelope keeps every reply attributable.
"""

from __future__ import annotations

import re
from asyncio import WriteTransport, sleep, timeout
from contextlib import suppress
from ssl import SSLObject
from typing import Final, cast

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from mailers.address_faults import enhanced_status, is_wrong_address
from mailers.message import UnsafeText, envelope_address
from mailers.server import Delivered, MailServer, MailServerAway, MailServerBusy, Outgoing, Verdict

_DONE: Final = 250
_WILL_DELIVER: Final = (250, 251)
_START_INPUT: Final = 354
_CLOSING: Final = 421
_NO_ROOM: Final = 452
_TOO_BIG: Final = 552
_ONE_MAILBOX: Final = ("4.1.", "4.2.")  # RFC 3463: the receiver's address, the receiver's mailbox
_MUCH: Final = 65_536  # octets: more than this waits in front of the network
_LOOK_AGAIN: Final = 0.005  # seconds
_LONGEST_TEXT: Final = 200
_SECONDS_FOR_GOODBYE: Final = 5.0
# So many lost connections in a row, and it is the server and not the mails.
_LOSSES_IN_A_ROW: Final = 3
_LINE_END: Final = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT: Final = re.compile(rb"(?m)^\.")
_LIKE_AN_ADDRESS: Final = re.compile(r"[^\s<>()\[\]:;,\"']*@[^\s<>()\[\]:;,\"']*")
_NOT_PRINTED: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


class Connection:
    """Opened when the first mail comes, and again when the server ended it."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._losses = 0
        self._smtp = SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user or None,
            password=server.password or None,
            timeout=server.timeout,
            use_tls=server.tls == "implicit",
            # Never None: that means "encrypt if offered", and who sits between can take the offer away.
            start_tls=server.tls == "required",
            validate_certs=True,
            cert_bundle=server.ca_file,
        )

    @property
    def is_open(self) -> bool:
        return self._smtp.is_connected

    @property
    def encryption(self) -> str:
        """The TLS version of the open connection; empty text: none."""
        tls = self._smtp.get_transport_info("ssl_object") if self.is_open else None
        return (tls.version() or "") if isinstance(tls, SSLObject) else ""

    def away(self, reason: str, kind: type[MailServerAway] = MailServerAway) -> MailServerAway:
        """The exception that says why the server takes no mail from us now."""
        return kind(f"{self._server.host}:{self._server.port}: {reason}")

    async def open(self) -> None:
        """Connect, greet, encrypt and sign in.

        Raises:
            MailServerBusy: the server has no room for us now.
            MailServerAway: one of these did not come about for another reason.
        """
        try:
            await self._smtp.connect()
            if self._smtp.is_ehlo_or_helo_needed:
                await self._smtp.ehlo()
        except (SMTPException, OSError) as error:
            self.drop()
            is_busy = isinstance(error, SMTPResponseException) and error.code == _CLOSING
            raise self.away(_reason(error), MailServerBusy if is_busy else MailServerAway) from None

    async def carry(self, message: Outgoing) -> Delivered:
        """Send one mail and say what became of it.

        Raises MailServerAway when the server cannot be reached, keeps hanging up, or refuses us as a sender:
        then the mail was not sent.
        """
        if self._losses >= _LOSSES_IN_A_ROW:
            raise self.away("hangs up again and again")
        was_open = self.is_open
        delivered = await self._try_once(message)
        if was_open and not self.is_open and delivered.verdict is Verdict.RETRY:
            # Servers end a connection that was idle or has carried enough; that is not this mail's fault.
            delivered = await self._try_once(message)
        has_hung_up = not self.is_open and delivered.verdict in (Verdict.RETRY, Verdict.AMBIGUOUS)
        self._losses = self._losses + 1 if has_hung_up else 0
        return delivered

    async def close(self) -> None:
        """Say goodbye if anybody listens."""
        if self.is_open:
            with suppress(SMTPException, OSError):
                await self._smtp.quit(timeout=_SECONDS_FOR_GOODBYE)
        self.drop()

    def drop(self) -> None:
        """End it without a word: in the middle of a mail a QUIT would become part of the text."""
        self._smtp.close()

    async def _try_once(self, message: Outgoing) -> Delivered:
        try:
            sender, recipient = envelope_address(message.sender), envelope_address(message.recipient)
        except UnsafeText as error:
            return Delivered(message.id, Verdict.REFUSED, None, str(error))
        if not self.is_open:
            await self.open()
        payload = _transparent(message.content)
        try:
            await self._announce(sender, recipient, len(payload))
            await self._hand_over(payload)
        except SMTPResponseException as refusal:
            await self._forget_envelope(refusal.code)
            # Whatever else is said before the text, the mail was not handed over.
            verdict = Verdict.REFUSED if _is_permanent(refusal.code) else Verdict.RETRY
            is_about_receiver = isinstance(refusal, SMTPRecipientRefused)
            return _judged(message, verdict, refusal.code, refusal.message, is_about_receiver)
        except (SMTPServerDisconnected, SMTPTimeoutError, TimeoutError):
            self.drop()
            return Delivered(
                message.id, Verdict.RETRY, None, "connection lost before the mail was handed over"
            )
        return await self._await_verdict(message)

    async def _announce(self, sender: str, recipient: str, size: int) -> None:
        # Not `mail` and `rcpt`: they parse each address twice more, which costs as much as sending it.
        options = [f"SIZE={size}".encode()] if self._smtp.supports_extension("size") else []
        reply = await self._smtp.execute_command(b"MAIL", f"FROM:<{sender}>".encode(), *options)
        if _is_permanent(reply.code) and reply.code != _TOO_BIG:
            # Our sender, sign-in or encryption is wrong, for every mail alike: no receiver is to blame.
            raise self.away(f"refuses our sender ({reply.code})")
        if reply.code != _DONE:
            raise SMTPResponseException(reply.code, reply.message)
        reply = await self._smtp.execute_command(b"RCPT", f"TO:<{recipient}>".encode())
        if reply.code not in _WILL_DELIVER:
            raise SMTPRecipientRefused(reply.code, reply.message, recipient)
        reply = await self._smtp.execute_command(b"DATA")
        if reply.code != _START_INPUT:
            raise SMTPResponseException(reply.code, reply.message)

    async def _hand_over(self, payload: bytes) -> None:
        """Write the text; the dot that makes it a mail goes last, so a loss before it is no ambiguous one."""
        if len(payload) > _MUCH:
            self._write(payload)
            async with timeout(self._server.final_timeout):
                while self._is_writing():
                    await sleep(_LOOK_AGAIN)
            payload = b""
        self._write(payload + b".\r\n")

    def _is_writing(self) -> bool:
        transport = self._smtp.protocol.transport if self._smtp.protocol else None
        return transport is not None and cast(WriteTransport, transport).get_write_buffer_size() > 0

    def _write(self, octets: bytes) -> None:
        if self._smtp.protocol is None:
            raise SMTPServerDisconnected("Connection lost")
        self._smtp.protocol.write(octets)

    async def _await_verdict(self, message: Outgoing) -> Delivered:
        try:
            if self._smtp.protocol is None:
                raise SMTPServerDisconnected("Connection lost")
            reply = await self._smtp.protocol.read_response(timeout=self._server.final_timeout)
        except (SMTPServerDisconnected, SMTPTimeoutError, SMTPResponseException):
            self.drop()
            return Delivered(message.id, Verdict.AMBIGUOUS, None, "no answer after the mail was handed over")
        verdict = _VERDICTS.get(reply.code // 100, Verdict.AMBIGUOUS)
        if reply.code == _CLOSING or verdict is Verdict.AMBIGUOUS:
            self.drop()
        return _judged(message, verdict, reply.code, reply.message)

    async def _forget_envelope(self, code: int) -> None:
        """Ready for the next mail; a reply that fits no step means we are out of step, so begin afresh."""
        if not self.is_open:
            return
        if not 400 <= code < 600:
            self.drop()
            return
        try:
            await self._smtp.rset()
        except SMTPException:
            self.drop()


_VERDICTS: Final = {2: Verdict.SENT, 4: Verdict.RETRY, 5: Verdict.REFUSED}


def _judged(
    message: Outgoing, verdict: Verdict, code: int, reply: str, is_about_receiver: bool = False
) -> Delivered:
    if verdict is Verdict.REFUSED and is_wrong_address(code, reply, is_about_receiver=is_about_receiver):
        verdict = Verdict.NO_MAILBOX
    is_busy = code == _NO_ROOM and not enhanced_status(reply).startswith(_ONE_MAILBOX)
    return Delivered(message.id, verdict, code, without_addresses(reply, message.recipient), is_busy)


def _is_permanent(code: int) -> bool:
    return _VERDICTS.get(code // 100) is Verdict.REFUSED


def _transparent(content: bytes) -> bytes:
    """CRLF lines only (a lone LF lets one mail smuggle in a second) and dots doubled (RFC 5321 4.5.2)."""
    payload = content  # ours is fit as it is, and looking costs less than replacing
    if not content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r"):
        payload = _LINE_END.sub(b"\r\n", content)
    if payload.startswith(b".") or b"\n." in payload:
        payload = _LEADING_DOT.sub(b"..", payload)
    return payload if payload.endswith(b"\r\n") else payload + b"\r\n"


def without_addresses(reply: str, recipient: str) -> str:
    """A server's reply, fit to be stored: servers like to repeat the address, or the part before the @."""
    text = _LIKE_AN_ADDRESS.sub("...", _NOT_PRINTED.sub(" ", reply))
    local_part = recipient.partition("@")[0]
    if local_part.lower() in text.lower():  # rarely; a pattern of its own costs more than sending the mail
        alone = rf"(?<![A-Za-z0-9]){re.escape(local_part)}(?![A-Za-z0-9])"
        text = re.sub(alone, "...", text, flags=re.IGNORECASE)
    return text[:_LONGEST_TEXT]


def _reason(error: Exception) -> str:
    """Why no connection came about; only class names and codes, for texts may hold names."""
    if isinstance(error, SMTPResponseException):
        return f"{type(error).__name__} {error.code}"
    if type(error) is SMTPException:
        return error.message  # the library's own words: no STARTTLS, or no sign-in, is offered
    return type(error.__cause__ or error).__name__
