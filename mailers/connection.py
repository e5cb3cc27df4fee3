"""One connection to the mail server, kept open from mail to mail.

Only public names of aiosmtplib are used. Not `sendmail` but its steps: `sendmail` raises the same error for
a connection lost before and after the final dot, and only the first may be tried again without a second copy
of the mail. One receiver per envelope keeps every reply attributable.
"""

from __future__ import annotations

import re
from contextlib import suppress
from ssl import SSLObject
from typing import Final, NoReturn

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from mailers.message import UnsafeText, envelope_address
from mailers.server import Delivered, MailServer, MailServerAway, Outgoing, Verdict

_START_INPUT: Final = 354
_CLOSING: Final = 421
_TOO_BIG: Final = 552
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

    async def open(self) -> None:
        """Connect, greet, encrypt and sign in.

        Raises:
            MailServerAway: one of these did not come about.
        """
        try:
            await self._smtp.connect()
            if self._smtp.is_ehlo_or_helo_needed:
                await self._smtp.ehlo()
        except (SMTPException, OSError) as error:
            self.drop()
            self._give_up(_reason(error))

    async def carry(self, message: Outgoing) -> Delivered:
        """Send one mail and say what became of it.

        Raises MailServerAway when the server cannot be reached, keeps hanging up, or refuses us as a sender:
        then the mail was not sent.
        """
        if self._losses >= _LOSSES_IN_A_ROW:
            self._give_up("hangs up again and again")
        was_open = self.is_open
        delivered = await self._try_once(message)
        if was_open and not self.is_open and delivered.verdict is Verdict.RETRY:
            # Servers end a connection that was idle or has carried enough; that is not this mail's fault.
            delivered = await self._try_once(message)
        has_hung_up = not self.is_open and delivered.verdict is not Verdict.REFUSED
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
            self._write(payload)
        except SMTPResponseException as refusal:
            await self._forget_envelope(refusal.code)
            verdict = Verdict.REFUSED if _is_permanent(refusal.code) else Verdict.RETRY
            return Delivered(message.id, verdict, refusal.code, without_addresses(refusal.message, recipient))
        except (SMTPServerDisconnected, SMTPTimeoutError):
            self.drop()
            return Delivered(
                message.id, Verdict.RETRY, None, "connection lost before the mail was handed over"
            )
        return await self._await_verdict(message.id, recipient)

    async def _announce(self, sender: str, recipient: str, size: int) -> None:
        options = [f"SIZE={size}"] if self._smtp.supports_extension("size") else []
        try:
            await self._smtp.mail(sender, options=options)
        except SMTPSenderRefused as refusal:
            if _is_permanent(refusal.code) and refusal.code != _TOO_BIG:
                # Our sender, sign-in or encryption is wrong, for every mail alike: no receiver is to blame.
                self._give_up(f"refuses our sender ({refusal.code})")
            raise
        await self._smtp.rcpt(recipient)
        reply = await self._smtp.execute_command(b"DATA")
        if reply.code != _START_INPUT:
            raise SMTPResponseException(reply.code, reply.message)

    def _write(self, payload: bytes) -> None:
        if self._smtp.protocol is None:
            raise SMTPServerDisconnected("Connection lost")
        self._smtp.protocol.write(payload + b".\r\n")

    async def _await_verdict(self, id: int, recipient: str) -> Delivered:
        try:
            if self._smtp.protocol is None:
                raise SMTPServerDisconnected("Connection lost")
            reply = await self._smtp.protocol.read_response(timeout=self._server.final_timeout)
        except (SMTPServerDisconnected, SMTPTimeoutError, SMTPResponseException):
            self.drop()
            return Delivered(id, Verdict.AMBIGUOUS, None, "no answer after the mail was handed over")
        verdict = _VERDICTS.get(reply.code // 100, Verdict.AMBIGUOUS)
        if reply.code == _CLOSING or verdict is Verdict.AMBIGUOUS:
            self.drop()
        return Delivered(id, verdict, reply.code, without_addresses(reply.message, recipient))

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

    def _give_up(self, reason: str) -> NoReturn:
        raise MailServerAway(f"{self._server.host}:{self._server.port}: {reason}") from None


_VERDICTS: Final = {2: Verdict.SENT, 4: Verdict.RETRY, 5: Verdict.REFUSED}


def _is_permanent(code: int) -> bool:
    return _VERDICTS.get(code // 100) is Verdict.REFUSED


def _transparent(content: bytes) -> bytes:
    """CRLF lines only (a lone LF lets one mail smuggle in a second) and dots doubled (RFC 5321 4.5.2)."""
    payload = _LEADING_DOT.sub(b"..", _LINE_END.sub(b"\r\n", content))
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
