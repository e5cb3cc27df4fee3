"""What every errand is made of: a page whose panel follows the card, and acts that the panel's forms send."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from reader_station.card.card_errors import NETWORK
from reader_station.station.portal_client import PortalAway, PortalClient, PortalSaidNo
from reader_station.station.session import Visit
from reader_station.wire import LOOK, Answered, Asked, Call, RejectionNotice, rejection

Form = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One form of an errand, posted to `path` below the errand's own.

    `asks_portal`: first the card itself is read again, so that nothing is sent about another person.
    """

    path: str
    carry_out: Callable[[Visit, Form], Awaitable[None]]
    asks_portal: bool = True


@dataclass(frozen=True, slots=True)
class Panel:
    """The template of a panel and the values that it prints."""

    template: str
    facts: Mapping[str, Any]


class Errand(ABC):
    """One thing that people come for. What it keeps of a person lies in the visit (`Visit.of`)."""

    path: ClassVar[str]
    title: ClassVar[tuple[str, str]]  # in Chinese and English

    def __init__(self, portal: PortalClient) -> None:
        self.portal = portal

    @abstractmethod
    def acts(self) -> Sequence[Act]:
        """Every form of the errand."""

    @abstractmethod
    def panel(self, visit: Visit) -> Panel:
        """What the person of a visit sees now."""

    async def ask(self, call: Call[Asked, Answered], body: Asked) -> Answered | RejectionNotice:
        """The portal's answer, or why there is none (4061 when the portal is away)."""
        try:
            return await self.portal.ask(call, body)
        except PortalSaidNo as said:
            return said.rejection
        except PortalAway:
            return rejection(NETWORK)

    async def look_again(self, visit: Visit) -> RejectionNotice | None:
        """Renew the status of the visit's card. Returns why that failed, or None."""
        answer = await self.ask(LOOK, visit.card_request)
        if isinstance(answer, RejectionNotice):
            return answer
        visit.status = answer
        return None
