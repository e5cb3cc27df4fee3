"""A portal of one household, for the station's own tests: the API for stations, with no rules behind it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response

PLACES: dict[str, dict[str, list[str]]] = {
    "臺北市": {"大安區": ["龍圖里", "古風里"]},
    "花蓮縣": {"玉里鎮": []},
}
HOUSEHOLD = "F1234567"
MISMATCH = {
    "code": "MISMATCH",
    "title": "輸入的資料與登記資料不符",
    "what_to_do": "請對照戶口名簿或居留證逐項檢查後再試。",
    "title_en": "What you entered does not agree with our records",
    "what_to_do_en": "Compare it with your household booklet or permit.",
    "fields": {},
    "fields_en": {},
}
FIELDS = MISMATCH | {
    "code": "FIELDS",
    "title": "有欄位需要更正",
    "what_to_do": "請更正標示的欄位後再送出。",
    "title_en": "Some fields need correction",
    "what_to_do_en": "Please correct the marked fields and send again.",
}


@dataclass
class FakePortal:
    """The state of the fake, and the requests that it got."""

    states: dict[str, str] = field(default_factory=dict)  # by card number
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    seconds: float = 0.0  # before each answer
    wrong: int = 0

    def count(self, path: str) -> int:
        """How many requests a path got."""
        return sum(name == path for name, _ in self.asked)

    def state(self, card: dict[str, Any]) -> str:
        """The state of a card."""
        return self.states.get(card["card_number"], "none")


def create(portal: FakePortal) -> FastAPI:
    """The fake as an app."""
    app = FastAPI()

    @app.get("/api/v1/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/api/v1/places")
    async def places(county: str = "", town: str = "") -> dict[str, list[str]]:
        if not county:
            return {"counties": list(PLACES)}
        towns = PLACES.get(county, {})
        return {"villages": towns.get(town, [])} if town else {"towns": list(towns)}

    @app.post("/api/v1/{what:path}")
    async def answer(what: str, request: Request) -> Response:
        body = await request.json()
        portal.asked.append((what, body))
        await asyncio.sleep(portal.seconds)
        return _answer(portal, what, body)

    return app


def _answer(portal: FakePortal, what: str, body: dict[str, Any]) -> Response:
    number = body["card"]["card_number"]
    if what == "look":
        kind = "foreign" if body["card"]["national_id"][1] in "89ABCD" else "national"
        waits = {"confirm_until": "2026-11-27 23:59", "email_masked": "m****@example.com"}
        state = portal.state(body["card"])
        return JSONResponse({"state": state, "kind": kind, **(waits if state == "PENDING" else {})})
    if what == "identity":
        return _identity(portal, number, body["proof"])
    if what == "registrations":
        if portal.state(body["card"]) == "PENDING":
            return _refused(409, MISMATCH | {"code": "ALREADY_REGISTERED"})
        if body["password"] != body["password_again"]:
            wrong = {"password_again": "兩次輸入的密碼不同。"}
            return _refused(400, FIELDS | {"fields": wrong, "fields_en": {"password_again": "They differ."}})
        portal.states[number] = "PENDING"
        return JSONResponse({"confirm_until": "2026-11-27 23:59", "email_masked": "m****@example.com"}, 201)
    if what == "registrations/withdraw":
        portal.states[number] = "none"
    return JSONResponse({"confirm_until": "2026-11-27 23:59", "email_masked": "m****@example.com"})


def _identity(portal: FakePortal, number: str, proof: dict[str, Any]) -> Response:
    if proof["kind"] == "permit" or proof["household_number"] == HOUSEHOLD:
        return Response(status_code=204)
    portal.wrong += 1
    if portal.wrong < 5:
        return _refused(403, MISMATCH)
    portal.states[number] = "LOCKED"
    return _refused(423, MISMATCH | {"code": "LOCKED"})


def _refused(status: int, error: dict[str, Any]) -> Response:
    return JSONResponse({"error": error}, status)
