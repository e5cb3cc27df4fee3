"""The guard: only this machine's browser with this launch's secret may speak to the station."""

from __future__ import annotations

import http.client
from collections.abc import Iterator

import httpx
import pytest
from fastapi.routing import APIRoute

from reader_station.card.simulated_reader import SimulatedReader
from reader_station.station.guard import MAX_FORM_BYTES
from reader_station.station.portal_client import PortalClient
from reader_station.station.station_app import create_station
from tests.reader_station.sample_holders import HOLDERS
from tests.reader_station.station.stations import SECRET, RunningStation, running_station

PAGES = ("/", "/registration", "/registration/panel", "/environment.json", "/places", "/events", "/errors")
ACTS = (
    "/activity",
    "/registration/read",
    "/registration/identity",
    "/registration/contact",
    "/registration/back",
    "/registration/resend",
    "/registration/withdraw",
    "/environment/change",
    "/simulation/insert",
    "/simulation/remove",
)


@pytest.fixture(scope="module")
def station() -> Iterator[RunningStation]:
    """One for all tests: none of them gets as far as to change it."""
    with running_station("http://127.0.0.1:9") as running:
        yield running


@pytest.mark.parametrize("path", [*PAGES, "/start?key=" + SECRET, "/static/station.css"])
@pytest.mark.parametrize(
    "host",
    [
        pytest.param("evil.example.com", id="another name, as after DNS rebinding"),
        pytest.param("evil.example.com:{port}", id="another name with our port"),
        pytest.param("127.0.0.1", id="no port"),
        pytest.param("127.0.0.1:1", id="another port"),
        pytest.param("127.0.0.1:{port}.evil.example.com", id="ours as a prefix"),
        pytest.param("", id="an empty one"),
    ],
)
def test_a_foreign_host_is_answered_421_on_every_path(station: RunningStation, path: str, host: str) -> None:
    with station.visitor() as visitor:
        answer = visitor.get(path, headers={"Host": host.format(port=station.port)})
    assert answer.status_code == 421
    assert "set-cookie" not in answer.headers


def test_two_host_headers_are_answered_421(station: RunningStation) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", station.port, timeout=5)
    connection.putrequest("GET", f"/start?key={SECRET}", skip_host=True)
    connection.putheader("Host", f"127.0.0.1:{station.port}")
    connection.putheader("Host", "evil.example.com")
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status in {400, 421}
    connection.close()


@pytest.mark.parametrize("path", PAGES)
def test_without_the_launch_secret_a_page_says_how_to_start(station: RunningStation, path: str) -> None:
    answer = httpx.get(station.address + path, trust_env=False)
    assert answer.status_code == 403
    assert "nhicard station" in answer.text


@pytest.mark.parametrize("key", ["", "wrong", SECRET + "x", "é"])
def test_a_wrong_secret_gives_no_cookie(station: RunningStation, key: str) -> None:
    answer = httpx.get(station.address + "/start", params={"key": key}, trust_env=False)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_the_start_address_gives_a_cookie_that_no_script_and_no_other_site_gets(
    station: RunningStation,
) -> None:
    answer = httpx.get(station.start_address, trust_env=False)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert SECRET not in answer.headers["set-cookie"]
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", ACTS)
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Origin": "http://evil.example.com"}, id="foreign origin"),
        pytest.param({"Origin": "http://127.0.0.1:1"}, id="another port of this machine"),
        pytest.param({"Origin": "null"}, id="opaque origin"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, id="cross-site"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, id="same site, other origin"),
        pytest.param({}, id="neither header"),
    ],
)
def test_a_form_from_elsewhere_is_refused_even_with_cookie_and_token(
    station: RunningStation, path: str, headers: dict[str, str]
) -> None:
    with station.visitor() as visitor:
        answer = visitor.post(path, data={"csrf_token": station.token}, headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize("path", ACTS)
@pytest.mark.parametrize("token", ["", "wrong"])
def test_a_form_without_its_token_is_refused(station: RunningStation, path: str, token: str) -> None:
    with station.visitor(Origin=station.address) as visitor:
        assert visitor.post(path, data={"csrf_token": token}).status_code == 403
        assert visitor.post(path, headers={"X-CSRF-Token": token}).status_code == 403
        assert visitor.post(path, json={"csrf_token": station.token}).status_code == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_the_start_address_takes_nothing_but_reading(station: RunningStation, method: str) -> None:
    answer = httpx.request(method, station.start_address, trust_env=False)
    assert answer.status_code == 403


def test_every_path_that_changes_something_is_in_the_list_above() -> None:
    reader = SimulatedReader(HOLDERS)
    portal = PortalClient("http://127.0.0.1:9")
    app = create_station(reader, portal, secret=SECRET, port=1, simulate=reader)
    routes = [route for route in app.routes if isinstance(route, APIRoute)]
    assert {route.path for route in routes if route.methods - {"GET", "HEAD"}} == set(ACTS)


def test_a_large_form_is_cut_off_with_413(station: RunningStation) -> None:
    with station.visitor(Origin=station.address) as visitor:
        answer = visitor.post("/registration/identity", data={"name": "x" * MAX_FORM_BYTES})
    assert answer.status_code == 413


def test_another_origin_of_this_machine_may_not_fetch(station: RunningStation) -> None:
    with station.visitor() as visitor:
        fetched = {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"}
        assert visitor.get("/registration/panel", headers=fetched).status_code == 403


@pytest.mark.parametrize("path", ["/", "/registration/panel", "/static/station.js", "/nowhere"])
def test_every_answer_says_not_to_be_kept_framed_or_shared(station: RunningStation, path: str) -> None:
    with station.visitor() as visitor:
        headers = visitor.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["cache-control"] == "no-store"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert not [name for name in headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "path", ["/docs", "/redoc", "/openapi.json", "/static/../station_app.py", "/static/%2e%2e/station_app.py"]
)
def test_there_is_nothing_to_explore(station: RunningStation, path: str) -> None:
    with station.visitor() as visitor:
        assert visitor.get(path).status_code == 404
