"""`nhicard station --simulate`, tried by hand: a sample person registers, and the mail's link confirms."""

from __future__ import annotations

import email
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from email.policy import default
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.reader_station.station.stations import free_socket

PROGRAM = """
import typer
from reader_station.cli import station_command
app = typer.Typer()
app.callback()(lambda: None)
station_command.add_to(app)
app()
"""
SECONDS = 40


@pytest.fixture
def output(tmp_path: Path) -> Iterator[Path]:
    """What the running command printed."""
    with free_socket() as (listening, port):
        listening.close()
    printed = tmp_path / "output"
    environment = {key: value for key, value in os.environ.items() if key != "NHICARD_PORTAL_URL"}
    with printed.open("w") as file:
        running = subprocess.Popen(
            [
                sys.executable,
                "-u",
                "-c",
                PROGRAM,
                "station",
                "--simulate",
                "--no-browser",
                "--port",
                str(port),
            ],
            stdout=file,
            stderr=subprocess.STDOUT,
            env=environment | {"NHICARD_VAR_DIR": str(tmp_path)},
            cwd=Path(__file__).parents[3],
        )
    try:
        yield printed
    finally:
        running.terminate()
        running.wait(10)


def found(path: Path, pattern: str) -> re.Match[str]:
    """The first match in a file that is still being written."""
    limit = time.monotonic() + SECONDS
    while time.monotonic() < limit:
        match = re.search(pattern, path.read_text())
        if match:
            return match
        time.sleep(0.1)
    raise AssertionError(f"not printed in {SECONDS} s: {pattern}\n{path.read_text()}")


def test_a_sample_person_registers_and_the_link_in_the_mail_confirms(
    output: Path, context: BrowserContext
) -> None:
    start = found(output, r"http://127\.0\.0\.1:\d+/start\?key=\S+")[0]
    person = found(output, r"(?m)^(\S+)  戶號 (\S+)  (\S{3})(\S{3})(\S{3}) (\d+)鄰")
    page = context.new_page()
    time.sleep(1)
    page.goto(start)
    page.get_by_role("link", name="開始註冊").click()
    expect(page.locator(".simulated")).to_be_visible()
    page.locator(".tray button").first.click()
    expect(page.get_by_label("姓名")).to_have_value(person[1])
    page.get_by_label("戶號").fill(person[2])
    for level, place in zip(("county", "town", "village"), person.groups()[2:5], strict=True):
        page.locator(f"#{level}").select_option(place)
    page.locator("#neighbourhood").fill(person[6])
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("電子郵件").fill("sample@example.com")
    page.get_by_label("手機").fill("0912345678")
    for label in ("註冊密碼", "再輸入一次註冊密碼"):
        page.get_by_label(label, exact=True).fill("made-up long words")
    page.get_by_role("button", name="送出申請").click()
    expect(page.get_by_role("heading", name="確認信已寄出")).to_be_visible()
    page.goto(_link(output.parent / "demo-station" / "mail"))
    page.get_by_role("button", name="確認").click()
    page.wait_for_load_state()
    page.goto(f"http://{urlsplit(start).netloc}/registration")
    page.locator(".tray .out").click()
    page.locator(".tray button").first.click()
    expect(page.get_by_text("註冊已完成，不必重新申請。")).to_be_visible()


def _link(folder: Path) -> str:
    limit = time.monotonic() + SECONDS
    while not list(folder.glob("*.eml")) and time.monotonic() < limit:
        time.sleep(0.1)
    mail = email.message_from_bytes(next(folder.glob("*.eml")).read_bytes(), policy=default)
    body = mail.get_body(("plain",))
    assert body is not None
    link = re.search(r"http://\S+/confirm/\S+", body.get_content())
    assert link
    return link[0]
