"""Commands in bytes, and answers in parts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reader_station.card.apdu import Command, Response, send


def scripted(script: dict[str, str]) -> Callable[[bytes], bytes]:
    """A card that knows these commands and no other."""
    return lambda command: bytes.fromhex(script[command.hex().upper()])


@pytest.mark.parametrize(
    ("command", "written"),
    [
        pytest.param(Command(0, 0xC0, 0, 0, expected=256), "00C0000000", id="256 bytes are wanted: Le 00"),
        pytest.param(Command(0, 0xCA, 0x11, 0, b"\0\0"), "00CA1100020000", id="data without Le"),
        pytest.param(Command(0, 0xA4, 4, 0, b"\xd1", 5), "00A4040001D105", id="data with Le"),
        pytest.param(Command(0, 0x84, 0, 0), "00840000", id="neither"),
    ],
)
def test_a_command_is_written_as_iso_7816_wants(command: Command, written: str) -> None:
    assert bytes(command).hex().upper() == written


@pytest.mark.parametrize(
    ("script", "data", "status"),
    [
        pytest.param({"00CA1100020000": "41429000"}, "4142", 0x9000, id="whole"),
        pytest.param(
            {"00CA1100020000": "416101", "00C0000001": "429000"},
            "4142",
            0x9000,
            id="61xx: the rest is asked for",
        ),
        pytest.param(
            {"00CA1100020000": "6102", "00C0000002": "416101", "00C0000001": "429000"},
            "4142",
            0x9000,
            id="in three parts",
        ),
        pytest.param(
            {"00CA1100020000": "6100", "00C0000000": "419000"}, "41", 0x9000, id="6100 means 256 or more"
        ),
        pytest.param(
            {"00CA1100020000": "6C02", "00CA110002000002": "41429000"}, "4142", 0x9000, id="6Cxx: asked again"
        ),
        pytest.param({"00CA1100020000": "6A86"}, "", 0x6A86, id="refused"),
        pytest.param({"00CA1100020000": "90"}, "", 0, id="half a status word is no answer"),
        pytest.param({"00CA1100020000": ""}, "", 0, id="nothing"),
    ],
)
def test_a_whole_answer_is_collected_whatever_parts_the_card_gives(
    script: dict[str, str], data: str, status: int
) -> None:
    response = send(scripted(script), bytes.fromhex("00CA1100020000"))
    assert (response.data.hex(), response.status) == (data, status)


@pytest.mark.parametrize(
    ("command", "again"),
    [
        pytest.param("00CA1100", "00CA110002", id="no Le before"),
        pytest.param("00CA110000", "00CA110002", id="another Le before"),
        pytest.param("00CA1100020000", "00CA110002000002", id="data, no Le"),
        pytest.param("00CA110002000000", "00CA110002000002", id="data and another Le"),
    ],
)
def test_the_length_that_a_card_names_goes_where_le_belongs(command: str, again: str) -> None:
    response = send(scripted({command: "6C02", again: "41429000"}), bytes.fromhex(command))
    assert response.is_ok


def test_a_card_that_always_has_more_is_left_after_a_while() -> None:
    asked: list[bytes] = []

    def endless(command: bytes) -> bytes:
        asked.append(command)
        return b"A\x61\x01"

    assert not send(endless, b"\x00\xca\x11\x00").is_ok
    assert len(asked) < 100


@pytest.mark.parametrize(
    ("status", "text"),
    [
        pytest.param(0x6A82, "6A82 FILE_NOT_FOUND", id="known"),
        pytest.param(0x9000, "9000 OK", id="done"),
        pytest.param(0x0000, "0000 NO_ANSWER", id="no answer"),
        pytest.param(0x6F12, "6F12", id="unknown"),
    ],
)
def test_a_status_word_is_printed_with_its_name_where_it_has_one(status: int, text: str) -> None:
    assert Response(b"", status).status_text == text


def test_a_response_does_not_print_its_data() -> None:
    assert "A" not in repr(Response(b"A123456789", 0x9000)).removeprefix("Response")
