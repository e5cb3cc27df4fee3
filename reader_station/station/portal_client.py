"""The station's only way to the portal: JSON over HTTP, or in this process by the same client.

A refused or timed-out connection, a proxy's own page or JSON: all of these are `PortalAway`, error 4061.
"""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx
from pydantic import ValidationError

from reader_station import wire
from reader_station.card.card_holder import CardHolder
from reader_station.wire import Answered, Asked, Call, ErrorAnswer, PlaceNames, RejectionNotice, SentCard

CONNECT_SECONDS: Final = 3.0
ANSWER_SECONDS: Final = 10.0  # a person is waiting


class PortalAway(Exception):
    """No answer of the portal arrived; the text names no person."""


class PortalSaidNo(Exception):
    """The portal refused what was asked; the text is the code alone."""

    def __init__(self, rejection: RejectionNotice) -> None:
        super().__init__(rejection.code)
        self.rejection: Final = rejection


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The portal answered. `seconds_ahead`: by how much our clock is ahead; `tls`: its version, or empty."""

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
            headers={wire.STATION_KEY: station_key} if station_key else {},
            transport=transport,
            timeout=httpx.Timeout(answer_seconds, connect=min(CONNECT_SECONDS, answer_seconds)),
            trust_env=not is_loopback(base_url),  # a proxy of the environment does not lead to this machine
            follow_redirects=False,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def ask(self, call: Call[Asked, Answered], body: Asked) -> Answered:
        """Send one request of the API and return its answer.

        Raises:
            PortalSaidNo: the portal refused.
            PortalAway: no answer came, or one that is not the portal's.
        """
        return _parse_answer(await self._send("POST", call.path, body.model_dump(mode="json")), call.answered)

    async def places(self, *, county: str = "", town: str = "") -> tuple[str, ...]:
        """Names of the counties, of a county's towns, or of a town's villages.

        Raises:
            PortalSaidNo, PortalAway: as in `ask`.
        """
        given = {name: value for name, value in (("county", county), ("town", town)) if value}
        return _parse_answer(await self._send("GET", wire.PLACES, params=given), PlaceNames).names

    async def health(self) -> Health:
        """Does the portal answer, how encrypted, and how far are the clocks apart?

        Raises:
            PortalAway: it does not answer, or not with 200.
        """
        response = await self._send("GET", wire.HEALTH)
        if response.status_code != httpx.codes.OK:
            raise PortalAway(f"answers {response.status_code}")
        return Health(seconds_ahead=_seconds_ahead(response), tls=_tls_version(response))

    async def _send(
        self, method: str, path: str, body: Any = None, *, params: Mapping[str, str] | None = None
    ) -> httpx.Response:
        try:
            async with asyncio.timeout(self._answer_seconds):
                return await self._http.request(method, wire.API + path, json=body, params=params)
        except TimeoutError:
            raise PortalAway("no answer in time") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise PortalAway(_cause_of(error)) from None


def sent_card(holder: CardHolder) -> SentCard:
    """The basic data of a card, as the portal is asked about them."""
    return SentCard(
        card_number=holder.card_number.reveal(),
        national_id=holder.national_id.reveal(),
        name=holder.name,
        name_incomplete=holder.name_incomplete,
        birth_date=holder.birth_date,
    )


def is_loopback(url: str) -> bool:
    """Does the address lead back to this machine?"""
    host = httpx.URL(url).host
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _parse_answer(response: httpx.Response, answered: type[Answered]) -> Answered:
    """The answer in a response; a proxy's page or JSON in another shape is none of the portal's."""
    try:
        if response.status_code == httpx.codes.NO_CONTENT:
            return answered()
        if response.is_success:
            return answered.model_validate_json(response.content)
        refused = ErrorAnswer.model_validate_json(response.content)
    except ValidationError:
        raise PortalAway(f"answers {response.status_code} in another form: a proxy?") from None
    raise PortalSaidNo(refused.error)


def _cause_of(error: Exception) -> str:
    """The cause of a failed request, without the request."""
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, ssl.SSLCertVerificationError):
            return f"certificate not trusted: {inner.verify_message}"
        inner = inner.__cause__ or inner.__context__
    return type(error).__name__


def _seconds_ahead(response: httpx.Response) -> float | None:
    try:
        portal_time = parsedate_to_datetime(response.headers["date"])
    except (KeyError, ValueError):
        return None
    return (datetime.now(UTC) - portal_time).total_seconds()


def _tls_version(response: httpx.Response) -> str:
    stream = response.extensions.get("network_stream")
    tls = stream.get_extra_info("ssl_object") if stream is not None else None
    return str(tls.version()) if tls is not None else ""
