"""Facts about the file check (檔案檢查): what is shown, what is cut off, and that nothing stays."""

from __future__ import annotations

import logging
import tempfile
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from threading import BoundedSemaphore

import httpx
import pytest
from fastapi import FastAPI

from pipeline.store.tables import metadata
from reader_station.portal.pages import upload
from tests.journey.office import HEADER, NAME, OTHER_NAME, Office
from tests.reader_station.portal.caller import Caller
from tests.validators.made_up import person_id
from validators import person_id as person_ids

MIB = 1024 * 1024
ID = person_id("A", "1", 1_234_567)
GOOD = f"{ID},yian@example.com,0912345678"
WRONG_ID = ID[:-1] + str((int(ID[-1]) + 1) % 10)


def csv(*rows: str) -> bytes:
    return "\r\n".join([HEADER, *rows, ""]).encode("utf-8-sig")


@pytest.fixture
def call(portal: FastAPI) -> Caller:
    return Caller(portal)


@pytest.mark.parametrize(
    ("name", "content", "verdict"),
    [
        pytest.param(NAME, csv(GOOD), "可以寄出", id="good"),
        pytest.param(NAME, csv(GOOD, f"{WRONG_ID},a@example.com,0912345678"), "需要更正", id="bad-row"),
        pytest.param("名冊.csv", csv(GOOD), "整批不入檔", id="bad-name"),
        pytest.param(NAME, b"", "整批不入檔", id="empty"),
        pytest.param(NAME, b"PK\x03\x04" + b"x" * 100, "整批不入檔", id="no-csv"),
        pytest.param(NAME.replace("20261121", "20261122"), csv(GOOD), "整批不入檔", id="tomorrow"),
    ],
)
def test_the_verdict_stands_on_top(call: Caller, name: str, content: bytes, verdict: str) -> None:
    answer = call.upload((name, content))
    assert answer.status_code == 200
    assert f"<h1>{verdict}</h1>" in answer.text


def test_every_fault_is_shown_by_line_with_what_to_do(call: Caller) -> None:
    text = call.upload((NAME, csv(GOOD, f"{WRONG_ID},a@@example.com,9.12E+08", "", f"{ID},,912345678"))).text
    for words in (
        "檢查碼不符",
        "末幾碼遺失",
        "請填電子郵件",
        "試算表第 3 列",
        '<span class="line">5</span>',
        "第3筆",
    ):
        assert words in text
    assert "已補上開頭的0" in text
    assert WRONG_ID not in text
    assert ID not in text


def test_after_two_hundred_rows_the_rest_is_counted(call: Caller) -> None:
    rows = [f"{WRONG_ID},p{number}@example.com,0912345678" for number in range(1_234)]
    text = call.upload((NAME, csv(*rows))).text
    assert text.count('<span class="line">') == 200
    assert "還有 1,034 筆要更正" in text


def test_several_files_have_a_section_each_and_the_eleventh_is_named(call: Caller) -> None:
    files = [(NAME, csv(GOOD)), (OTHER_NAME, csv("x,y,z")), (NAME, csv(GOOD, GOOD))]
    files += [(f"{110000003 + number}20261121.CSV", csv(GOOD)) for number in range(9)]
    text = call.upload(*files).text
    assert text.count('<section class="file') == 10
    assert "有檔案不能寄出" in text
    assert "檔案內重複" in text
    assert "11000001020261121.CSV</li>" in text


def test_a_form_without_a_file_asks_for_one(call: Caller) -> None:
    answer = call("POST", "/check", data={"csrf": call.form_value("/check")}, files={"files": ("", b"")})
    assert answer.status_code == 400
    assert "請先選擇檔案" in answer.text


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "..",
        "C:\\Users\\x\\" + NAME,
        "名" * 300 + ".csv",
        "a\x00b.csv",
        "<b>x</b>.csv",
        "/",
    ],
)
def test_a_strange_name_is_judged_and_leads_nowhere(call: Caller, name: str) -> None:
    answer = call.upload((name, csv(GOOD)))
    assert answer.status_code == 200
    assert "<b>" not in answer.text
    assert "etc/passwd" not in answer.text


@pytest.mark.parametrize("cell", ["<script>alert(1)</script>", "=HYPERLINK(1)"])
def test_what_a_cell_or_a_header_holds_is_text(call: Caller, cell: str) -> None:
    content = f"{HEADER},{cell}\r\n{cell},{cell},{cell},\r\n".encode()
    assert "<script>alert" not in call.upload((NAME, content)).text


def test_nothing_of_an_upload_stays(
    call: Caller,
    office: Office,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    before = {name: office.all(table) for name, table in metadata.tables.items()}
    large = csv(*[GOOD] * 60_000)  # beyond what is kept in memory
    with caplog.at_level(logging.DEBUG):
        assert call.upload((NAME, large)).status_code == 200
    assert list(folder.iterdir()) == []
    assert {name: office.all(table) for name, table in metadata.tables.items()} == before
    ours = "\n".join(line.getMessage() for line in caplog.records if line.name.startswith("reader_station"))
    assert not any(value in ours for value in (ID, NAME, "yian@example.com"))


def _form(value: str, size: int) -> Iterator[bytes]:
    """A multipart form with a file of so many bytes, a piece at a time."""
    yield f'--cut\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{value}\r\n'.encode()
    yield f'--cut\r\nContent-Disposition: form-data; name="files"; filename="{NAME}"\r\n\r\n'.encode()
    piece = b"x" * 65_536
    for _ in range(size // len(piece)):
        yield piece
    yield b"\r\n--cut--\r\n"


@pytest.mark.parametrize("declares", [True, False], ids=["declared", "chunked"])
def test_a_hundred_megabytes_are_cut_off_with_a_clear_page_and_never_held_in_memory(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, declares: bool
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    headers = {"Content-Type": "multipart/form-data; boundary=cut"}
    if declares:
        headers["Content-Length"] = str(sum(map(len, _form("", 100 * MIB))))
    tracemalloc.start()
    answer = httpx.post(f"{address}/check", content=_form("", 100 * MIB), headers=headers, timeout=60)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.status_code == 413
    assert "檔案太大" in answer.text
    assert "make sure that you chose the CSV file" in answer.text
    assert peak < 16 * MIB
    assert list(folder.iterdir()) == []


def test_a_client_that_asks_first_is_refused_before_it_sends(address: str) -> None:
    import socket
    from urllib.parse import urlsplit

    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(
            b"POST /check HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=cut\r\n"
            b"Content-Length: 104857600\r\nExpect: 100-continue\r\n\r\n"
        )
        assert connection.recv(100).startswith(b"HTTP/1.1 413")


def test_the_template_opens_in_excel_and_is_ready_to_send_but_for_its_people(call: Caller) -> None:
    answer = call("GET", "/check/template.csv")
    assert "filename*=UTF-8''" in answer.headers["content-disposition"]
    assert answer.content.startswith("\ufeff".encode())
    header, *rows = answer.content.decode("utf-8-sig").splitlines()
    assert header == HEADER
    assert len(rows) == 2
    assert all(person_ids.check(row.split(",")[0]).fault is None for row in rows)
    assert all("@example.com" in row for row in rows)
    assert "<h1>可以寄出</h1>" in call.upload((NAME, answer.content)).text


@pytest.mark.parametrize("shown", ["A123456789", "A800000014"])
def test_the_people_on_the_how_to_page_have_right_check_digits(call: Caller, shown: str) -> None:
    assert shown in call("GET", "/check/how-to").text
    assert person_ids.check(shown).fault is None


def test_when_too_many_check_at_once_the_next_one_is_asked_to_come_back(
    call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(upload, "_slots", BoundedSemaphore(1))
    with upload._slots:
        assert call.upload((NAME, csv(GOOD))).status_code == 503
    assert call.upload((NAME, csv(GOOD))).status_code == 200
