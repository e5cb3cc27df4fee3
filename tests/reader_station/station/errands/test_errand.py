"""What every errand has without writing it: routes, a place in the visit, the portal's answers as values."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from reader_station.card.reader import ReadCard
from reader_station.station.errands import ERRANDS
from reader_station.station.errands.errand import Act, Errand, Form, Panel
from reader_station.station.errands.errand_routes import errand_routes
from reader_station.station.portal_client import PortalClient
from reader_station.station.session import Visit
from reader_station.station.station_pages import station_pages
from reader_station.wire import LOOK, CardStatus, RejectionNotice
from tests.reader_station.sample_holders import MEI

LOCKED = {"code": "LOCKED", "title": "標題", "what_to_do": "做法", "title_en": "T", "what_to_do_en": "W"}


@dataclass(frozen=True)
class Presses:
    """What the errand below keeps of a person."""

    count: int = 0


class Press(Errand):
    """An errand of one button."""

    path = "/press"
    title = ("按一下", "Press")

    def acts(self) -> Sequence[Act]:
        return (Act(path="/once", carry_out=self.press, asks_portal=False),)

    async def press(self, visit: Visit, _form: Form) -> None:
        visit.keep(Presses(visit.of(Presses).count + 1))

    def panel(self, visit: Visit) -> Panel:
        return Panel("panels/asleep", {"presses": visit.of(Presses)})


def portal(status: int, **content: Any) -> PortalClient:
    """A portal that always answers the same; status 0: none does."""

    def answer(request: httpx.Request) -> httpx.Response:
        if not status:
            raise httpx.ConnectError("refused", request=request)
        return httpx.Response(status, **content)

    return PortalClient("http://127.0.0.1:9", transport=httpx.MockTransport(answer))


@pytest.fixture
def changes() -> list[str]:
    """One entry for every announced change."""
    return []


@pytest.fixture
def visit(changes: list[str]) -> Visit:
    return Visit(
        token="made-up",
        card=ReadCard("Reader", b"\x3b", MEI, 1),
        status=CardStatus(state="none"),
        on_change=lambda: changes.append("changed"),
    )


def test_no_two_errands_share_a_path() -> None:
    errands = [kind(portal(200)) for kind in ERRANDS]
    assert len({errand.path for errand in errands}) == len(ERRANDS)
    for errand in errands:
        assert len({act.path for act in errand.acts()}) == len(errand.acts())


def test_routes_come_from_the_list_of_acts() -> None:
    router = errand_routes(Press(portal(200)), None, station_pages())  # type: ignore[arg-type]
    assert [route.path for route in router.routes] == [  # type: ignore[attr-defined]
        "/press",
        "/press/panel",
        "/press/read",
        "/press/once",
    ]


def test_what_an_errand_keeps_lies_in_the_visit_and_every_change_is_announced(
    visit: Visit, changes: list[str]
) -> None:
    errand = Press(portal(200))
    for _ in range(2):
        asyncio.run(errand.press(visit, {}))
    assert errand.panel(visit).facts == {"presses": Presses(2)}
    assert changes == ["changed"] * 2


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        pytest.param(portal(423, json={"error": LOCKED}), "LOCKED", id="refused"),
        pytest.param(portal(0), "4061", id="away"),
        pytest.param(portal(502, text="bad gateway"), "4061", id="a proxy"),
    ],
)
def test_a_portal_that_refuses_or_is_away_is_a_rejection_to_show(
    visit: Visit, answer: PortalClient, code: str
) -> None:
    errand = Press(answer)
    said = asyncio.run(errand.ask(LOOK, visit.card_request))
    assert isinstance(said, RejectionNotice)
    assert said.code == code
    assert asyncio.run(errand.look_again(visit)) == said
    assert visit.status.state == "none"


def test_the_status_of_a_card_is_renewed(visit: Visit) -> None:
    errand = Press(portal(200, json={"state": "PENDING"}))
    assert asyncio.run(errand.look_again(visit)) is None
    assert visit.status.state == "PENDING"


def test_a_visit_prints_nothing_of_the_person(visit: Visit) -> None:
    assert repr(visit) == "Visit()"
