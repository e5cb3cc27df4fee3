"""The desk joins reader, portal and session: reads cards in one thread, asks the portal, forgets in time."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final

from reader_station.card.card_errors import CARD_ACCESS, NETWORK, CardError, CardFault
from reader_station.card.reader import ReadCard, Reader, ReaderState
from reader_station.station.errands.registration_forms import Given
from reader_station.station.portal_client import PortalAway, PortalClient, PortalSaidNo, sent_card
from reader_station.station.session import IDLE_SECONDS, Session, Visit
from reader_station.wire import (
    APPLY,
    CHECK_IDENTITY,
    LOOK,
    RESEND,
    WITHDRAW,
    ApplyRequest,
    CardRequest,
    CardStatus,
    Contact,
    IdentityRequest,
    rejection,
)

READ_SECONDS: Final = 12.0  # longer than any reader takes to give a silent card up
TICK_SECONDS: Final = 0.5
TOKEN_BYTES: Final = 16
ABOUT_THE_CARD: Final = frozenset({"ALREADY_REGISTERED", "BLOCKED", "LOCKED", "OLD_CARD", "UNKNOWN_CARD"})


class OtherCard(Exception):
    """The card of the form is not the card in the reader; nothing was sent."""


class Desk:
    """One reader, one portal, one person at a time."""

    def __init__(
        self,
        reader: Reader,
        portal: PortalClient,
        *,
        on_change: Callable[[], None],
        idle_seconds: float = IDLE_SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.portal = portal
        self.session = Session(on_change, idle_seconds=idle_seconds)
        self._reader = reader
        self._now = now
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="card")
        self._one_at_a_time = asyncio.Lock()
        self._reading: asyncio.Task[None] | None = None
        self._ticking: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Begin to listen to the reader."""
        loop = asyncio.get_running_loop()

        def tell(seen: ReaderState) -> None:  # comes from the monitor's thread
            with suppress(RuntimeError):  # the loop has ended already
                loop.call_soon_threadsafe(self.session.see, seen)

        self._ticking = asyncio.create_task(self._tick())
        self._reader.start(tell)

    async def close(self) -> None:
        """Stop listening; forget whoever was here."""
        for task in (self._ticking, self._reading):
            if task is not None:
                task.cancel()
        await asyncio.to_thread(self._reader.stop)
        self.session.forget()
        self._thread.shutdown(wait=False, cancel_futures=True)
        await self.portal.close()

    def touch(self) -> None:
        """Somebody is there."""
        self.session.touch(now=self._now())

    async def read(self, *, patience: float | None = None) -> None:
        """Read the card in the reader and ask how it stands; wait for it at most `patience` seconds."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read())
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._reading), patience)

    async def try_card(self) -> CardError | None:
        """Why the card in the reader cannot be read, or None; what it says is thrown away."""
        if self.session.visit is not None:
            return None
        try:
            await self._card()
        except CardFault as fault:
            return fault.error
        return None

    async def identify(self, token: str, given: Given) -> None:
        """Ask whether the proof fits the person; the answer stands in the visit.

        Raises:
            OtherCard: the form was of another card, or the card is gone.
        """
        async with self._one_at_a_time:
            visit = await self._same_card(token)
            if visit.applied is not None or visit.is_identified:
                return  # the button was pressed twice
            visit.proof, visit.typed, visit.refusal = given.proof, given.typed, given.refusal
            if given.proof is not None:
                body = IdentityRequest(card=sent_card(visit.card.holder), proof=given.proof)
                answer = self.portal.ask(CHECK_IDENTITY, body)
                visit.is_identified = await self._asked(visit, answer) is not None
            await self._settle(visit)

    async def apply(self, token: str, contact: Mapping[str, str]) -> None:
        """Send the application, once however often the button was pressed; the answer stands in the visit.

        Raises:
            OtherCard: as in `identify`.
        """
        async with self._one_at_a_time:
            visit = await self._same_card(token)
            if visit.applied is not None or not visit.is_identified or visit.proof is None:
                return
            visit.typed |= {name: contact[name] for name in Contact.model_fields}
            body = ApplyRequest(card=sent_card(visit.card.holder), proof=visit.proof, **contact)
            applied = await self._asked(visit, self.portal.ask(APPLY, body))
            if applied is not None:
                visit.applied, visit.proof, visit.typed = applied, None, {}
            await self._settle(visit)

    async def resend(self, token: str) -> None:
        """Have the confirmation mail sent once more.

        Raises:
            OtherCard: as in `identify`.
        """
        async with self._one_at_a_time:
            visit = await self._same_card(token)
            if await self._asked(visit, self.portal.ask(RESEND, _about(visit))) is not None:
                await self._look_again(visit, notice="resent")

    async def withdraw(self, token: str) -> None:
        """Delete the application.

        Raises:
            OtherCard: as in `identify`.
        """
        async with self._one_at_a_time:
            visit = await self._same_card(token)
            if await self._asked(visit, self.portal.ask(WITHDRAW, _about(visit))) is not None:
                await self._look_again(visit, notice="withdrawn")

    async def go_back(self, token: str) -> None:
        """From the second page to the first; what was typed stays."""
        visit = self._visit(token)
        visit.is_identified, visit.refusal = False, None
        self.session.changed()

    def _visit(self, token: str) -> Visit:
        visit = self.session.visit
        if visit is None or not secrets.compare_digest(visit.token.encode(), token.encode()):
            raise OtherCard
        return visit

    async def _same_card(self, token: str) -> Visit:
        """The visit of this form, after another look at the card itself: the monitor may be late."""
        visit = self._visit(token)
        self.touch()
        try:
            card = await self._card()
        except CardFault:
            self.session.forget()
            raise OtherCard from None
        if not _is_same(card, visit.card):
            self.session.forget()
            raise OtherCard
        return self._visit(token)

    async def _asked(self, visit: Visit, answer: Any) -> Any:
        """The portal's answer (True where it has nothing to say), or None with the refusal in the visit."""
        visit.refusal, visit.notice = None, ""
        try:
            return await answer or True
        except PortalSaidNo as said:
            visit.refusal = said.rejection
        except PortalAway:
            visit.refusal = rejection(NETWORK)
        finally:
            self.session.changed()
        return None

    async def _settle(self, visit: Visit) -> None:
        """A refusal that is about the card shows the card's page.

        ALREADY_REGISTERED comes too when the answer to an earlier try was lost on its way.
        """
        if visit.refusal is not None and visit.refusal.code in ABOUT_THE_CARD:
            await self._look_again(visit, notice="")
        self.session.changed()

    async def _look_again(self, visit: Visit, *, notice: str) -> None:
        standing = await self._asked(visit, self.portal.ask(LOOK, _about(visit)))
        if isinstance(standing, CardStatus):
            visit.standing, visit.notice = standing, notice
            visit.applied, visit.is_identified, visit.proof, visit.typed = None, False, None, {}
            self.session.changed()

    async def _read(self) -> None:
        begun = self.session.begin()
        if begun is None:
            return
        try:
            card = await self._card()
            standing = await self.portal.ask(LOOK, CardRequest(card=sent_card(card.holder)))
        except CardFault as fault:
            self.session.fail(begun, fault.error)
        except PortalAway:
            self.session.fail(begun, NETWORK)
        except PortalSaidNo as said:
            self.session.fail(begun, said.rejection)
        else:
            visit = Visit(token=secrets.token_urlsafe(TOKEN_BYTES), card=card, standing=standing)
            self.session.finish(begun, visit, now=self._now())

    async def _card(self) -> ReadCard:
        reading = asyncio.get_running_loop().run_in_executor(self._thread, self._reader.read)
        try:
            return await asyncio.wait_for(asyncio.shield(reading), READ_SECONDS)
        except TimeoutError:
            reading.add_done_callback(_let_go)
            raise CardFault(CARD_ACCESS, "no answer") from None

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self.session.tick(now=self._now())


def _about(visit: Visit) -> CardRequest:
    return CardRequest(card=sent_card(visit.card.holder))


def _is_same(card: ReadCard, before: ReadCard) -> bool:
    return (
        card.reader == before.reader
        and card.insertion == before.insertion
        and card.holder.card_number == before.holder.card_number
    )


def _let_go(reading: asyncio.Future[ReadCard]) -> None:
    if not reading.cancelled():
        reading.exception()  # looked at, so that nothing is printed about it
