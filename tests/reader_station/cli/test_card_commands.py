"""`nhicard card` with real readers: what it shows, hides and says when there is nothing to show."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from reader_station.card.pcsc import has_card
from reader_station.card.simulated_card import USUAL_ATR, Profile
from reader_station.cli.card_commands import app
from tests.reader_station.pcscd import SLOTS, Pcscd
from tests.reader_station.sample_holders import MEI
from tests.reader_station.virtual_card import wait_until

PERSONAL = (MEI.card_number.reveal(), MEI.name, MEI.national_id.reveal(), MEI.birth_date.isoformat())


def card(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def json_of(*words: str) -> dict[str, Any]:
    printed: dict[str, Any] = json.loads(card(*words, "--json").stdout)
    return printed


@pytest.fixture
def with_card(pcsc: Pcscd) -> Pcscd:
    pcsc.insert(MEI)
    wait_until(lambda: has_card(SLOTS[0]))
    return pcsc


def test_readers_are_listed_with_what_is_in_them(with_card: Pcscd) -> None:
    assert json_of("list") == {
        "readers": [{"reader": SLOTS[0], "card": True}, {"reader": SLOTS[1], "card": False}]
    }
    shown = card("list")
    assert shown.exit_code == 0
    assert all(name in shown.stdout for name in SLOTS)


def test_a_card_is_shown_whole_only_when_asked_for_plain(with_card: Pcscd) -> None:
    assert json_of("read", "--plain") == {
        "reader": SLOTS[0],
        "atr": USUAL_ATR.hex().upper(),
        "card_number": MEI.card_number.reveal(),
        "name": MEI.name,
        "name_incomplete": False,
        "national_id": MEI.national_id.reveal(),
        "birth_date": MEI.birth_date.isoformat(),
        "sex": "F",
        "issue_date": "2014-11-26",
    }
    assert all(value in card("read", "--plain").stdout for value in PERSONAL)


def test_else_number_name_id_and_birth_date_are_masked(with_card: Pcscd) -> None:
    assert json_of("read") | {"reader": "", "atr": ""} == {
        "reader": "",
        "atr": "",
        "card_number": "0000****1001",
        "name": "林○玲",
        "name_incomplete": False,
        "national_id": str(MEI.national_id),
        "birth_date": "****-**-**",
        "sex": "F",
        "issue_date": "2014-11-26",
    }
    for shown in (card("read"), card("read", "--json")):
        assert shown.exit_code == 0
        assert not any(value in shown.output for value in PERSONAL)


@pytest.mark.parametrize(
    ("profile", "code", "exit_code"),
    [
        pytest.param(None, "7004", 2, id="no card"),
        pytest.param(Profile.PROFESSIONAL, "8006", 2, id="another card"),
        pytest.param(Profile.SHORT, "8011", 2, id="short data"),
    ],
)
def test_a_card_that_cannot_be_read_is_an_error_in_json_and_in_words(
    pcsc: Pcscd, profile: Profile | None, code: str, exit_code: int
) -> None:
    if profile:
        pcsc.insert(MEI, profile)
        wait_until(lambda: has_card(SLOTS[0]))
    error = json_of("read")["error"]
    assert list(error) == ["family", "code", "title", "what_to_do"]
    assert error["code"] == code
    said = card("read")
    assert (said.exit_code, said.stdout) == (exit_code, "")
    assert said.stderr.startswith(f"nhicard: {code} {error['title']}")
    assert said.stderr.count("\n") == 1


def test_without_the_service_the_machine_is_at_fault(pcsc: Pcscd) -> None:
    pcsc.kill()
    for command in ("list", "read"):
        assert card(command).exit_code == 3
        assert json_of(command)["error"]["code"] == "7001"
