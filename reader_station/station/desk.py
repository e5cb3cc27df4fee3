"""The desk: one reader, the card in it, and the session. It knows nothing of what a person came for."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import Final

from reader_station.card.card_errors import CARD_ACCESS, NETWORK, CardError, CardFault
from reader_station.card.reader import ReadCard, Reader, ReaderState
from reader_station.station.portal_client import PortalAway, PortalClient, PortalSaidNo, sent_card
from reader_station.station.session import IDLE_SECONDS, Session, Visit
from reader_station.wire import LOOK, CardRequest

READ_SECONDS: Final = 12.0  # longer than any reader takes to give up a silent card
TICK_SECONDS: Final = 0.5
TOKEN_BYTES: Final = 16


class OtherCard(Exception):
    """The card of the form is not the card in the reader; nothing was sent."""


class Desk:
    """Reads cards in one thread, asks the portal for each card's status, and forgets in time."""

    def __init__(
        self,
        reader: Reader,
        portal: PortalClient,
        *,
        on_change: Callable[[], None],
        idle_seconds: float = IDLE_SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.session = Session(on_change, idle_seconds=idle_seconds)
        self._reader = reader
        self._portal = portal
        self._now = now
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="card")
        self._one_act_at_a_time = asyncio.Lock()
        self._reading: asyncio.Task[None] | None = None
        self._ticking: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Begin to listen to the reader."""
        loop = asyncio.get_running_loop()

        def on_event(seen: ReaderState) -> None:  # called in the monitor's thread
            with suppress(RuntimeError):  # the loop has ended already
                loop.call_soon_threadsafe(self.session.see, seen)

        self._ticking = asyncio.create_task(self._tick())
        self._reader.start(on_event)

    async def close(self) -> None:
        """Stop listening and forget the person."""
        for task in (self._ticking, self._reading):
            if task is not None:
                task.cancel()
        await asyncio.to_thread(self._reader.stop)
        self.session.forget()
        self._thread.shutdown(wait=False, cancel_futures=True)

    def touch(self) -> None:
        """A person did something: the idle time begins again."""
        self.session.touch(now=self._now())

    async def read(self, *, patience: float | None = None) -> None:
        """Read the card in the reader and ask for its status; wait at most `patience` seconds for it."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read_into_session())
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._reading), patience)

    async def try_card(self) -> CardError | None:
        """Read the card and throw the data away. Returns why it cannot be read, or None."""
        if self.session.visit is not None:
            return None
        try:
            await self._read_card()
        except CardFault as fault:
            return fault.error
        return None

    def visit_of(self, token: str) -> Visit:
        """The visit that a form belongs to.

        Raises:
            OtherCard: that visit is over.
        """
        visit = self.session.visit
        if visit is None or not secrets.compare_digest(visit.token.encode(), token.encode()):
            raise OtherCard
        return visit

    @asynccontextmanager
    async def same_card(self, token: str) -> AsyncIterator[Visit]:
        """The visit of a form, after another look at the card itself: the monitor may be late.

        Acts that need it are carried out one after the other.

        Raises:
            OtherCard: another card is in the reader, or none. The session has forgotten the person.
        """
        async with self._one_act_at_a_time:
            visit = self.visit_of(token)
            self.touch()
            try:
                card = await self._read_card()
            except CardFault:
                self.session.forget()
                raise OtherCard from None
            if not card.is_same_card(visit.card):
                self.session.forget()
                raise OtherCard
            yield self.visit_of(token)

    async def _read_into_session(self) -> None:
        begun = self.session.begin()
        if begun is None:
            return
        try:
            card = await self._read_card()
            status = await self._portal.ask(LOOK, CardRequest(card=sent_card(card.holder)))
        except CardFault as fault:
            self.session.fail(begun, fault.error)
        except PortalAway:
            self.session.fail(begun, NETWORK)
        except PortalSaidNo as said:
            self.session.fail(begun, said.rejection)
        else:
            visit = Visit(
                token=secrets.token_urlsafe(TOKEN_BYTES),
                card=card,
                status=status,
                on_change=self.session.changed,
            )
            self.session.finish(begun, visit, now=self._now())

    async def _read_card(self) -> ReadCard:
        reading = asyncio.get_running_loop().run_in_executor(self._thread, self._reader.read)
        try:
            return await asyncio.wait_for(asyncio.shield(reading), READ_SECONDS)
        except TimeoutError:
            reading.add_done_callback(_retrieve_exception)
            raise CardFault(CARD_ACCESS, "no answer") from None

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self.session.tick(now=self._now())


def _retrieve_exception(reading: asyncio.Future[ReadCard]) -> None:
    """Look at an abandoned reading's exception, so that asyncio does not report it."""
    if not reading.cancelled():
        reading.exception()
