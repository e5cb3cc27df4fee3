"""The station's client of the portal: which answers it understands, and what it makes of others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from reader_station.station.portal_client import PortalAway, PortalClient, PortalSaidNo, sent_card
from reader_station.wire import LOOK, STATION_KEY, WITHDRAW, CardRequest, CardStatus
from tests.reader_station.sample_holders import MEI

BODY = CardRequest(card=sent_card(MEI))
ERROR = {"code": "LOCKED", "title": "標題", "what_to_do": "做法", "title_en": "T", "what_to_do_en": "W"}


def client(answer: Callable[[httpx.Request], httpx.Response], *, station_key: str = "") -> PortalClient:
    return PortalClient("http://127.0.0.1:9", station_key=station_key, transport=httpx.MockTransport(answer))


def status_from(status: int, **content: Any) -> CardStatus:
    """What the client makes of one answer."""
    return asyncio.run(client(lambda _: httpx.Response(status, **content)).ask(LOOK, BODY))


def test_the_card_is_sent_unmasked_with_the_key_of_the_station() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"state": "none"})

    asyncio.run(client(answer, station_key="made-up-key").ask(LOOK, BODY))
    (request,) = seen
    assert request.url.path == "/api/v1/look"
    assert request.headers[STATION_KEY] == "made-up-key"
    assert MEI.card_number.reveal() in request.content.decode()


def test_an_answer_with_further_fields_is_understood() -> None:
    assert status_from(200, json={"state": "ACTIVE", "since": "2026"}).state == "ACTIVE"


def test_an_answer_without_content_is_done() -> None:
    asyncio.run(client(lambda _: httpx.Response(204)).ask(WITHDRAW, BODY))


@pytest.mark.parametrize("more", [{}, {"fields": {"name": "錯"}, "fields_en": {}, "colour": "blue"}])
def test_a_refusal_is_the_portals_own_words(more: dict[str, Any]) -> None:
    with pytest.raises(PortalSaidNo, match=r"^LOCKED$") as refused:
        status_from(423, json={"error": ERROR | more})
    assert refused.value.rejection.title == "標題"
    assert refused.value.rejection.fields == more.get("fields", {})


@pytest.mark.parametrize(
    ("status", "content"),
    [
        pytest.param(200, {"text": "<html>sign in</html>"}, id="a proxy's page"),
        pytest.param(200, {"json": {"signed_in": False}}, id="JSON of another service"),
        pytest.param(200, {"json": ["none"]}, id="no object"),
        pytest.param(204, {}, id="nothing where something is asked for"),
        pytest.param(302, {"headers": {"Location": "/"}}, id="a redirect"),
        pytest.param(407, {"json": {"error": {"code": 407, "message": "sign in"}}}, id="an error of a proxy"),
        pytest.param(502, {"json": {"error": "bad gateway"}}, id="an error that is a text"),
    ],
)
def test_an_answer_that_is_not_the_portals_counts_as_none(status: int, content: dict[str, Any]) -> None:
    with pytest.raises(PortalAway, match=f"answers {status}"):
        status_from(status, **content)
