"""Facts about every answer: headers, forged forms, what the log holds, what happens to faults of ours."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from fastapi import FastAPI

from pipeline.store.engine import Database
from reader_station.portal.portal_app import create_portal
from tests.journey.office import Office
from tests.reader_station.portal.caller import Caller

TOKEN = "q8Zt-made-up-token-of-a-mail"
PATHS = ("/", "/check", "/check/how-to", "/check/template.csv", f"/confirm/{TOKEN}", f"/release/{TOKEN}",
         "/confirmed", "/nothing", "/api/v1/health", "/static/portal.css")  # fmt: skip


@pytest.fixture
def call(portal: FastAPI) -> Caller:
    return Caller(portal)


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_headers_of_a_careful_site(call: Caller, path: str) -> None:
    headers = call("GET", path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == ("no-cache" if path.startswith("/static") else "no-store")


@pytest.mark.parametrize("path", [path for path in PATHS if "." not in path and "api" not in path])
def test_no_page_holds_script_or_style_of_its_own_or_loads_anything_from_elsewhere(
    call: Caller, path: str
) -> None:
    text = call("GET", path).text
    assert "<style" not in text
    assert " style=" not in text
    assert "<script>" not in text
    assert "//" not in text.replace("http://www.w3.org", "")


@pytest.mark.parametrize("path", ["/check", f"/confirm/{TOKEN}", f"/release/{TOKEN}"])
@pytest.mark.parametrize("kind", ["nothing", "no-cookie", "other-value", "own-cookie"])
def test_a_form_that_no_page_of_ours_made_is_refused(portal: FastAPI, path: str, kind: str) -> None:
    call = Caller(portal)
    value = call.form_value("/check")
    if kind == "no-cookie":
        call.cookies.clear()
    if kind == "own-cookie":  # planted by a neighbouring site: not signed by us
        call.cookies.clear()
        value = "made.up"
        call.cookies.set("csrf", value)
    given = {"nothing": {}, "other-value": {"csrf": value + "x"}}.get(kind, {"csrf": value})
    files = {"files": ("a.csv", b"x")} if path == "/check" else None
    answer = call("POST", path, data=given, files=files)
    assert answer.status_code == 403
    assert "網頁已失效" in answer.text
    assert "This page is out of date" in answer.text


def test_the_cookie_of_forms_is_out_of_reach_for_scripts_and_bound_to_tls(
    office: Office, sqlite_database: Database
) -> None:
    secure = office.settings.model_copy(update={"portal_url": "https://portal.example.com"})
    answer = Caller(create_portal(secure, sqlite_database))("GET", "/check")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-csrf=")
    assert all(word in cookie for word in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"))
    assert "max-age=" in answer.headers["strict-transport-security"]


def test_no_log_line_holds_a_token_a_path_or_an_address(
    call: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for path in (*PATHS, "/A123456789"):
            call("GET", path)
        call.submit(f"/confirm/{TOKEN}", shown_at="/check")
    assert "GET /confirm/{token} 403" in caplog.text
    assert "POST /confirm/{token} 403" in caplog.text
    ours = "\n".join(line.getMessage() for line in caplog.records if line.name.startswith("reader_station"))
    assert not any(value in ours for value in (TOKEN, "A123456789", "192.0.2.1"))


def test_a_fault_of_ours_is_a_page_in_both_languages_and_its_text_is_nowhere(
    portal: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    @portal.get("/broken")
    def broken() -> None:
        raise ValueError("A123456789")

    answer = Caller(portal)("GET", "/broken")
    assert answer.status_code == 500
    assert "系統發生錯誤" in answer.text
    assert "Something went wrong here" in answer.text
    assert "content-security-policy" in answer.headers
    assert "ValueError at test_safety.py" in caplog.text
    assert "A123456789" not in answer.text + caplog.text


def test_without_its_database_the_portal_says_so(
    office: Office, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    call = Caller(create_portal(office.settings, Database(f"sqlite:///{tmp_path}/missing/nhicard.db")))
    page = call("GET", f"/confirm/{TOKEN}")
    answer = call("GET", "/api/v1/places")
    assert (page.status_code, answer.status_code) == (503, 503)
    assert "系統暫時無法服務" in page.text
    assert answer.json()["error"]["code"] == "AWAY"
    assert "GET /confirm/{token} 503" in caplog.text


def test_a_page_speaks_the_language_that_was_chosen_and_remembers_it(portal: FastAPI) -> None:
    assert "檔案檢查" in Caller(portal)("GET", "/check").text
    english = Caller(portal)
    assert '<html lang="en">' in english("GET", "/check?lang=en").text
    assert '<html lang="en">' in english("GET", "/").text
    assert '<html lang="zh-Hant-TW">' in english("GET", "/?lang=zh").text


@pytest.mark.parametrize(
    ("preferred", "spoken"),
    [
        pytest.param("en-US,en;q=0.9", "en", id="english"),
        pytest.param("zh-TW,zh;q=0.9,en;q=0.8", "zh-Hant-TW", id="chinese"),
        pytest.param("fr,en;q=0.8", "en", id="neither-first"),
        pytest.param("vi", "zh-Hant-TW", id="neither"),
    ],
)
def test_without_a_choice_the_browser_is_asked(portal: FastAPI, preferred: str, spoken: str) -> None:
    answer = Caller(portal)("GET", "/?lang=xx", headers={"Accept-Language": preferred})
    assert f'<html lang="{spoken}">' in answer.text
