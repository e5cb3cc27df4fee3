"""The one way from the station to the portal: JSON over HTTP, or in this process by the same client.

Whatever keeps an answer from arriving (refused, timed out, a proxy's own page) is error 4061 of the table.
"""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx

from reader_station.card.card_holder import CardHolder

CONNECT_SECONDS: Final = 3.0
ANSWER_SECONDS: Final = 10.0  # a person waits before the reader


class PortalAway(Exception):
    """No answer of the portal arrived; the cause names no person."""


class PortalRefused(Exception):
    """The portal answered no."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why not, and what the person does next, in both languages; `fields` by the form's field names."""

    status: int
    code: str
    title: str = ""
    what_to_do: str = ""
    title_en: str = ""
    what_to_do_en: str = ""
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    fields_en: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a card stands: none, PENDING, ACTIVE, SUSPENDED, BLOCKED, OLD_CARD, UNKNOWN_CARD or LOCKED."""

    state: str
    kind: str = "national"
    confirm_until: str = ""
    email_masked: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """An application was taken: until when to confirm, and where the mail went, masked."""

    confirm_until: str
    email_masked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The portal answered. `seconds_ahead`: our clock against the portal's; `tls`: its version, or empty."""

    seconds_ahead: float | None
    tls: str


class PortalClient:
    """Speaks to one portal. Give `transport` to reach an app of this process (httpx.ASGITransport)."""

    def __init__(
        self,
        base_url: str,
        *,
        station_key: str = "",
        transport: httpx.AsyncBaseTransport | None = None,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self.base_url = base_url
        self._answer_seconds = answer_seconds
        self._http = httpx.AsyncClient(
            base_url=base_url,
            headers={"X-Station-Key": station_key} if station_key else {},
            transport=transport,
            timeout=httpx.Timeout(answer_seconds, connect=min(CONNECT_SECONDS, answer_seconds)),
            trust_env=not is_loopback(base_url),  # a proxy of the environment is no way to ourselves
            follow_redirects=False,
        )

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.aclose()

    async def look(self, holder: CardHolder) -> Standing:
        """How this card stands."""
        found = await self._call("POST", "/api/v1/look", {"card": card_facts(holder)})
        return Standing(**_texts(found, ("state", "kind", "confirm_until", "email_masked")))

    async def check_identity(self, holder: CardHolder, proof: Mapping[str, Any]) -> None:
        """Do the household or permit data fit this card's person?"""
        await self._call("POST", "/api/v1/identity", {"card": card_facts(holder), "proof": dict(proof)})

    async def apply(
        self, holder: CardHolder, proof: Mapping[str, Any], *, contact: Mapping[str, str]
    ) -> Applied:
        """Apply; `contact`: email, phone, password, password_again."""
        asked = {"card": card_facts(holder), "proof": dict(proof), **contact}
        return _applied(await self._call("POST", "/api/v1/registrations", asked))

    async def resend(self, holder: CardHolder) -> None:
        """Send the confirmation mail once more."""
        await self._call("POST", "/api/v1/registrations/resend", {"card": card_facts(holder)})

    async def withdraw(self, holder: CardHolder) -> None:
        """Delete the application that waits for its confirmation."""
        await self._call("POST", "/api/v1/registrations/withdraw", {"card": card_facts(holder)})

    async def places(self, *, county: str = "", town: str = "") -> list[str]:
        """Names of the counties, of a county's towns, or of a town's villages."""
        given = {name: value for name, value in (("county", county), ("town", town)) if value}
        found = await self._call("GET", "/api/v1/places", None, params=given)
        names = next((value for value in found.values() if isinstance(value, list)), [])
        return [str(name) for name in names]

    async def health(self) -> Health:
        """Does the portal answer, how encrypted, and how far are the clocks apart?"""
        response = await self._send("GET", "/api/v1/health", None, {})
        if response.status_code != httpx.codes.OK:
            raise PortalAway(f"answers {response.status_code}")
        return Health(seconds_ahead=_seconds_ahead(response), tls=_tls_version(response))

    async def _call(
        self, method: str, path: str, asked: Any, *, params: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        response = await self._send(method, path, asked, params or {})
        if response.status_code == httpx.codes.NO_CONTENT:
            return {}
        try:
            answer = response.json()
        except ValueError:
            raise PortalAway(f"{response.status_code} without JSON: a proxy's page?") from None
        if response.is_success and isinstance(answer, dict):
            return answer
        error = answer.get("error") if isinstance(answer, dict) else None
        if isinstance(error, dict):  # the portal's own words; a proxy has others
            raise PortalRefused(_refusal(response.status_code, error))
        raise PortalAway(f"answers {response.status_code}")

    async def _send(self, method: str, path: str, asked: Any, params: Mapping[str, str]) -> httpx.Response:
        try:
            async with asyncio.timeout(self._answer_seconds):
                return await self._http.request(method, path, json=asked, params=dict(params))
        except TimeoutError:
            raise PortalAway("no answer in time") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise PortalAway(_cause(error)) from None


def card_facts(holder: CardHolder) -> dict[str, Any]:
    """What the portal is told of a card."""
    return {
        "card_number": holder.card_number.reveal(),
        "national_id": holder.national_id.reveal(),
        "name": holder.name,
        "name_incomplete": holder.name_incomplete,
        "birth_date": holder.birth_date.isoformat(),
    }


def is_loopback(url: str) -> bool:
    """Does the address lead back to this machine?"""
    host = httpx.URL(url).host
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _texts(found: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    return {name: str(found[name]) for name in names if found.get(name) is not None}


def _applied(found: Mapping[str, Any]) -> Applied:
    return Applied(confirm_until=str(found["confirm_until"]), email_masked=str(found["email_masked"]))


def _refusal(status: int, error: Mapping[str, Any]) -> Refusal:
    texts = _texts(error, ("code", "title", "what_to_do", "title_en", "what_to_do_en"))
    fields, fields_en = (_by_field(error.get(name)) for name in ("fields", "fields_en"))
    return Refusal(
        status=status, fields=fields, fields_en=fields_en or fields, **({"code": "REFUSED"} | texts)
    )


def _by_field(told: Any) -> dict[str, str]:
    return {str(name): str(text) for name, text in told.items()} if isinstance(told, dict) else {}


def _cause(error: Exception) -> str:
    """A cause without the request in it."""
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, ssl.SSLCertVerificationError):
            return f"certificate not trusted: {inner.verify_message}"
        inner = inner.__cause__ or inner.__context__
    return type(error).__name__


def _seconds_ahead(response: httpx.Response) -> float | None:
    try:
        there = parsedate_to_datetime(response.headers["date"])
    except (KeyError, ValueError):
        return None
    return (datetime.now(UTC) - there).total_seconds()


def _tls_version(response: httpx.Response) -> str:
    stream = response.extensions.get("network_stream")
    tls = stream.get_extra_info("ssl_object") if stream is not None else None
    return str(tls.version()) if tls is not None else ""
