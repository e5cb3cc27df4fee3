"""Many mails over a few connections; every mail gets one verdict of its own."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from typing import Final

from mailers.connection import Connection
from mailers.server import Delivered, MailServer, MailServerAway, Outgoing, Verdict

__all__ = ["Delivered", "MailServer", "MailServerAway", "Outgoing", "Verdict", "deliver"]


async def deliver(
    messages: Iterable[Outgoing], *, server: MailServer, connections: int = 4
) -> AsyncGenerator[Delivered, None]:
    """Send mails over a few connections, yielding each verdict as it comes, in no promised order.

    `messages` may be lazy: it is read one by one, never ahead of the connections. Raises MailServerAway once
    no connection is left, after all verdicts: a mail without a verdict by then was not sent.
    """
    crew = _Crew(messages, server, connections)
    try:
        async with aclosing(crew.work()) as verdicts:
            async for delivered in verdicts:
                yield delivered
    finally:
        await crew.go_home()


_MOMENT: Final = 0.01  # seconds


class _Crew:
    """Connections that share one supply of mails; a mail whose connection will not open goes back to it."""

    def __init__(self, messages: Iterable[Outgoing], server: MailServer, connections: int) -> None:
        self._supply = iter(messages)
        self._put_back: deque[Outgoing] = deque()
        self._away: MailServerAway | None = None
        self._connections = [Connection(server) for _ in range(connections)]
        self._workers: dict[asyncio.Task[bool], Connection] = {}
        self._verdicts: asyncio.Queue[Delivered | None] = asyncio.Queue()
        # After a crash what was sent but not yet reported is sent twice: never more than one a connection.
        self._unreported = asyncio.Semaphore(connections)

    async def work(self) -> AsyncGenerator[Delivered, None]:
        willing = self._connections
        while willing:
            self._start(willing)
            still_working = len(willing)
            while still_working:
                delivered = await self._verdicts.get()
                if delivered is None:
                    still_working -= 1
                else:
                    yield delivered
                    self._unreported.release()
            # `result` raises what reading the messages raised, after the verdicts that came before it.
            stayed = [connection for worker, connection in self._workers.items() if worker.result()]
            willing = [connection for connection in stayed if connection.is_open] if self._put_back else []
        if self._away is not None and self._put_back:
            raise self._away

    async def go_home(self) -> None:
        working = set(self._workers)
        while working:
            for worker in working:
                if worker.cancel():
                    self._workers[worker].drop()
            # Asked until it is heard: before Python 3.12 `wait_for` forgets a cancellation that comes in the
            # same moment as the server's reply (python/cpython#86296), and the worker would wait for ever.
            _, working = await asyncio.wait(working, timeout=_MOMENT)
        await asyncio.gather(*self._workers, return_exceptions=True)  # what they raised is known already
        await asyncio.gather(*(connection.close() for connection in self._connections))

    def _start(self, willing: list[Connection]) -> None:
        self._workers = {
            asyncio.create_task(self._work_through(connection)): connection for connection in willing
        }
        for worker in self._workers:
            worker.add_done_callback(lambda _: self._verdicts.put_nowait(None))

    async def _work_through(self, connection: Connection) -> bool:
        """Whether the connection stayed usable until there were no mails left.

        A connection that fails retires alone: a server may take fewer connections than we like.
        """
        while True:
            await self._unreported.acquire()
            message = self._put_back.popleft() if self._put_back else next(self._supply, None)
            if message is None:
                self._unreported.release()
                return True
            try:
                self._verdicts.put_nowait(await connection.carry(message))
            except MailServerAway as away:
                self._away = away
                self._put_back.append(message)
                self._unreported.release()
                return False
