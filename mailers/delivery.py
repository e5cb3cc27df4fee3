"""Many mails over a few connections; every mail gets one verdict of its own."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing, suppress
from typing import Final

from mailers.connection import Connection
from mailers.pace import Pace
from mailers.server import Delivered, MailServer, MailServerAway, MailServerBusy, Outgoing, Verdict

__all__ = ["Delivered", "MailServer", "MailServerAway", "Outgoing", "Verdict", "deliver", "deliver_in_groups"]


async def deliver(
    messages: Iterable[Outgoing], *, server: MailServer, connections: int = 4
) -> AsyncGenerator[Delivered, None]:
    """`deliver_in_groups`, one by one."""
    async with aclosing(deliver_in_groups(messages, server=server, connections=connections)) as groups:
        async for group in groups:
            for delivered in group:
                yield delivered


async def deliver_in_groups(
    messages: Iterable[Outgoing], *, server: MailServer, connections: int = 4
) -> AsyncGenerator[list[Delivered], None]:
    """Send mails over a few connections, yielding the verdicts that came in meanwhile, in no promised order.

    `messages` may be lazy: it is read one by one, never ahead of the connections. At any moment at most
    `connections` mails are handed over without the caller having gone on from their verdict. When the server
    is short of room, all connections rest. Raises MailServerAway once no connection is left, after all
    verdicts: a mail without a verdict by then was not sent.
    """
    crew = _Crew(messages, server, connections)
    try:
        async with aclosing(crew.work()) as verdicts:
            async for delivered in verdicts:
                yield delivered
    finally:
        await crew.go_home()


_MOMENT: Final = 0.01  # seconds
# A transaction costs as much as sending a mail or more, for one verdict or four.
_LINGER: Final = 0.005  # seconds


class _Crew:
    """Connections that share one supply of mails; a mail whose connection will not open goes back to it."""

    def __init__(self, messages: Iterable[Outgoing], server: MailServer, connections: int) -> None:
        self._supply = iter(messages)
        self._put_back: deque[Outgoing] = deque()
        self._away: MailServerAway | None = None
        self._connections = [Connection(server) for _ in range(connections)]
        self._workers: dict[asyncio.Task[bool], Connection] = {}
        self._at_work = 0
        self._carrying = 0
        self._nobody_carries = asyncio.Event()
        self._pace = Pace(first=server.first_rest, longest=server.longest_rest)
        self._verdicts: asyncio.Queue[Delivered | None] = asyncio.Queue()
        # After a crash what was sent but not yet reported is sent twice: never more than one a connection.
        self._unreported = asyncio.Semaphore(connections)

    async def work(self) -> AsyncGenerator[list[Delivered], None]:
        willing = self._connections
        while willing:
            self._start(willing)
            still_working = len(willing)
            while still_working:
                group, ended = await self._next_group()
                still_working -= ended
                if group:
                    yield group
                for _ in group:
                    self._unreported.release()
            # `result` raises what reading the messages raised, after the verdicts that came before it.
            stayed = [connection for worker, connection in self._workers.items() if worker.result()]
            willing = [connection for connection in stayed if connection.is_open] if self._put_back else []
        if self._away is not None and self._put_back:
            raise self._away

    async def _next_group(self) -> tuple[list[Delivered], int]:
        """What has come in: verdicts, and how many workers ended."""
        news = [await self._verdicts.get()]
        with suppress(TimeoutError):  # the others are about to come in; a slow one is not waited for
            async with asyncio.timeout(_LINGER):
                await self._nobody_carries.wait()
        while not self._verdicts.empty():
            news.append(self._verdicts.get_nowait())
        group = [delivered for delivered in news if delivered]
        return group, len(news) - len(group)

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
        self._at_work = len(willing)
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
            stage = await self._pace.keep()
            message = self._put_back.popleft() if self._put_back else next(self._supply, None)
            if message is None:
                self._unreported.release()
                self._at_work -= 1
                return True
            try:
                if self._pace.is_worn_out:
                    raise connection.away("has no room for more mails now")
                delivered = await self._carried(connection, message)
            except MailServerAway as away:
                self._put_back.append(message)
                self._unreported.release()
                if not self._goes_on(away, stage):
                    return False
            else:
                self._note(delivered, stage)
                self._verdicts.put_nowait(delivered)

    async def _carried(self, connection: Connection, message: Outgoing) -> Delivered:
        self._carrying += 1
        self._nobody_carries.clear()
        try:
            return await connection.carry(message)
        finally:
            self._carrying -= 1
            if not self._carrying:
                self._nobody_carries.set()

    def _note(self, delivered: Delivered, stage: int) -> None:
        if delivered.is_server_busy:
            self._pace.slow_down(stage)
        elif delivered.verdict is Verdict.SENT:
            self._pace.heal(stage)

    def _goes_on(self, away: MailServerAway, stage: int) -> bool:
        """Only the last connection knocks at a busy server's door again: the others were perhaps too many."""
        self._away = away
        if isinstance(away, MailServerBusy):
            self._pace.slow_down(stage)
            if self._at_work == 1 and not self._pace.is_worn_out:
                return True
        self._at_work -= 1
        return False
