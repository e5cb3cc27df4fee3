"""Facts on filling one mail for many people."""

from __future__ import annotations

import html
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailers.message import Heading, UnsafeText, compose
from mailers.skeleton import Skeleton, slot

DAY = datetime(2026, 11, 20, tzinfo=UTC)
TEXT = f"您好：\n\n{slot('unit_name')}\r\n.\n{slot('link')} 與 {slot('unit_name')}。\n" + "尾\n" * 40
HTML = f'<p>您好：{slot("unit_name")}</p>\n<a href="{slot("link")}">{slot("unit_name")}</a>\n'
SKELETON = Skeleton.of(
    sender="noreply@example.com",
    sender_name="健保卡網路服務",
    reply_to="help@example.com",
    subject="健保卡網路服務註冊成功 NHI card registered for online services",
    text=TEXT,
    html=HTML,
)

one_line_texts = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=80)
local_parts = st.text("abcXYZ019._+-", min_size=1, max_size=64).filter(
    lambda text: not (text.startswith(".") or text.endswith(".") or ".." in text)
)


def read(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert not [part.defects for part in message.walk() if part.defects]
    return message


def bodies(message: EmailMessage) -> list[tuple[str, str]]:
    return [
        (part.get_content_type(), part.get_payload()) for part in message.walk() if not part.is_multipart()
    ]


@settings(max_examples=200, deadline=None)
@given(one_line_texts, one_line_texts, local_parts, st.integers(0, 10**9))
def test_a_filled_skeleton_is_the_mail_that_compose_makes(
    name: str, link: str, local: str, seconds: int
) -> None:
    to, date = f"{local}@mail.example.com", DAY + timedelta(seconds=seconds)
    values = {"unit_name": name, "link": link}
    filled = read(SKELETON.fill(to=to, date=date, message_id="<a1@example.com>", values=values))
    text, rich = TEXT, HTML
    for key, value in values.items():
        text, rich = text.replace(slot(key), value), rich.replace(slot(key), html.escape(value))
    whole = compose(
        Heading("noreply@example.com", to, date, "<a1@example.com>", reply_to="help@example.com"),
        subject="健保卡網路服務註冊成功 NHI card registered for online services",
        text=text,
        html=rich,
    )
    composed = read(whole.as_bytes())
    assert bodies(filled) == bodies(composed)
    assert {name: value for name, value in filled.items() if name != "Content-Type"} == {
        name: value for name, value in composed.items() if name != "Content-Type"
    }


def test_a_filled_skeleton_goes_through_any_relay_as_it_is() -> None:
    raw = SKELETON.fill(
        to="a@example.com", date=DAY, message_id="<a@b.c>", values={"unit_name": "王", "link": "x"}
    )
    lines = raw.split(b"\r\n")
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert max(map(len, lines)) <= 78
    assert not [line for line in lines if line.startswith(b".")]


@pytest.mark.parametrize(
    ("changes"),
    [
        pytest.param({"to": "a@example.com\r\nBcc: v@example.com"}, id="receiver"),
        pytest.param({"message_id": "<a@b.c>\r\nBcc: v@example.com"}, id="message_id"),
        pytest.param({"date": datetime(2026, 1, 1)}, id="date_without_zone"),  # noqa: DTZ001
        pytest.param({"values": {"unit_name": "a\r\nb", "link": "x"}}, id="line_end_in_a_slot"),
        pytest.param({"values": {"unit_name": "a\rb", "link": "x"}}, id="lone_cr_in_a_slot"),
        pytest.param({"values": {"unit_name": "a\x00b", "link": "x"}}, id="nul_in_a_slot"),
        pytest.param({"values": {"unit_name": "a\ud800b", "link": "x"}}, id="half_a_character"),
    ],
)
def test_no_value_can_break_out_of_its_slot(changes: dict[str, object]) -> None:
    known: dict[str, object] = {
        "to": "a@example.com",
        "date": DAY,
        "message_id": "<a@b.c>",
        "values": {"unit_name": "x", "link": "x"},
    }
    with pytest.raises(UnsafeText):
        SKELETON.fill(**known | changes)  # type: ignore[arg-type]


def test_a_forgotten_slot_is_an_error_and_not_an_empty_place() -> None:
    with pytest.raises(KeyError, match="link"):
        SKELETON.fill(to="a@example.com", date=DAY, message_id="<a@b.c>", values={"unit_name": "x"})


def test_markup_in_a_slot_is_text_in_html() -> None:
    raw = SKELETON.fill(
        to="a@example.com",
        date=DAY,
        message_id="<a@b.c>",
        values={"unit_name": '<b>"A&B"', "link": '" onclick="x'},
    )
    rich = read(raw).get_body(("html",))
    assert rich is not None
    assert "<b>" not in rich.get_content()
    assert '" onclick' not in rich.get_content()


def test_a_slots_name_is_lower_case_words() -> None:
    with pytest.raises(ValueError, match="lower-case"):
        slot("Unit Name")
