"""A mail server that misbehaves on order, on the same event loop as the client."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from types import TracebackType
from typing import Final

HANG_UP: Final = "hang up"  # FIN, as a server does that is being restarted
RESET: Final = "reset"  # RST
SILENCE: Final = "silence"

_POLITE: Final = {
    "GREETING": "220 ready",
    "EHLO": "250-scripted\r\n250 SIZE 1000000",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    "DOT": "250 taken",
    "RSET": "250 ok",
    "QUIT": "221 bye",
}


class ScriptedServer:
    """Answers each step by the next reply of its script, and politely when the script has run out.

    The step TEXT is the middle of a text; only HANG_UP and RESET make sense there.
    """

    def __init__(self, **script: list[str]) -> None:
        self._script = defaultdict(list, {step: list(replies) for step, replies in script.items()})
        self.commands: list[str] = []
        self.times: list[float] = []
        self.taken: list[bytes] = []
        self.connections = 0
        self.port = 0

    async def __aenter__(self) -> ScriptedServer:
        self._conversations: set[asyncio.Task[None]] = set()
        self._server = await asyncio.start_server(self._converse, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for conversation in self._conversations:
            conversation.cancel()
        await asyncio.gather(*self._conversations, return_exceptions=True)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._conversations.add(task)
        self.connections += 1
        try:
            going_on = await self._answer("GREETING", writer)
            while going_on and (line := await reader.readline()):
                self.commands.append(line.decode().strip())
                self.times.append(asyncio.get_running_loop().time())
                step = line[:4].decode().upper().strip()
                going_on = await self._answer(step, writer)
                if going_on and step == "DATA" and self._last.startswith("354"):
                    if self._script["TEXT"]:
                        await reader.read(1)
                        going_on = await self._answer("TEXT", writer)
                    else:
                        self.taken.append(await reader.readuntil(b"\r\n.\r\n"))
                        going_on = await self._answer("DOT", writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client went away, or the test is over: a server takes that without a word
        finally:
            writer.close()

    async def _answer(self, step: str, writer: asyncio.StreamWriter) -> bool:
        replies = self._script[step]
        self._last = replies.pop(0) if replies else _POLITE.get(step, "502 what?")
        if self._last == SILENCE:
            await asyncio.Event().wait()
        if self._last == RESET:
            writer.transport.abort()
        if self._last in (HANG_UP, RESET):
            return False
        writer.write(self._last.encode() + b"\r\n")
        await writer.drain()
        return not self._last.startswith(("421", "221"))
