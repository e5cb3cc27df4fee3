"""Facts on bounces: whose mail came back, for good or not, and what is no bounce at all."""

from __future__ import annotations

import base64
import logging
import time
from email.message import EmailMessage
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailers.bounces import Bounce, BounceKind, message_number, read_bounce, return_address
from mailers.message import UnsafeText

SECRET = b"0123456789abcdef"
DOMAIN = "bounces.example.com"
OURS = return_address(SECRET, 42, domain=DOMAIN)
RETURNED = "Return-Path: <{}>\nFrom: service@nhi.example.com\nTo: wang@example.org\nSubject: hello\n\nhello\n"


def read(raw: bytes | str) -> Bounce | None:
    return read_bounce(raw.encode() if isinstance(raw, str) else raw, secret=SECRET, domain=DOMAIN)


def report(
    *receivers: str,
    about_mail: str = "Reporting-MTA: dns; mx.example.org\n",
    to: str = OURS,
    returned: str = "",
    headers_only: bool = False,
) -> bytes:
    """A report by RFC 3464 as Postfix, Exim and Exchange send it."""
    mail = MIMEMultipart("report", report_type="delivery-status")
    mail["From"], mail["To"], mail["Return-Path"] = "MAILER-DAEMON@mx.example.org", to, "<>"
    mail["Subject"], mail["Auto-Submitted"] = "Undelivered Mail Returned to Sender", "auto-replied"
    mail.attach(MIMEText("I'm sorry to have to inform you ..."))
    blocks = "\n".join([about_mail, *receivers])
    whole = mail.as_bytes().removesuffix(b"--\n")
    rest = f"\nContent-Type: message/delivery-status\n\n{blocks}\n"
    boundary = mail.get_boundary()
    if returned:
        kind = "text/rfc822-headers" if headers_only else "message/rfc822"
        rest += f"--{boundary}\nContent-Type: {kind}\n\n{returned}\n"
    return whole + f"{rest}--{boundary}--\n".encode()


def status_block(status: str, said: str = "", action: str = "failed") -> str:
    told = f"Final-Recipient: rfc822; wang@example.org\nAction: {action}\n"
    return told + (f"Status: {status}\n" if status else "") + (f"Diagnostic-Code: {said}\n" if said else "")


def test_a_mails_return_address_names_it_and_only_we_can_make_it() -> None:
    assert message_number(SECRET, OURS, domain=DOMAIN) == 42
    assert message_number(SECRET, f"<{OURS.upper()}>", domain=DOMAIN) == 42
    assert message_number(b"another secret", OURS, domain=DOMAIN) is None
    assert message_number(SECRET, OURS, domain="elsewhere.example.com") is None
    assert message_number(SECRET, OURS.replace("+42.", "+43."), domain=DOMAIN) is None
    assert message_number(SECRET, OURS.replace("+42.", "+042."), domain=DOMAIN) is None


@given(st.integers(1, 10**18 - 1))
def test_every_number_comes_back_as_it_went_out(number: int) -> None:
    address = return_address(SECRET, number, domain=DOMAIN)
    assert message_number(SECRET, address, domain=DOMAIN) == number
    assert len(address.partition("@")[0]) <= 64


def test_a_domain_that_makes_no_address_is_refused() -> None:
    with pytest.raises(UnsafeText):
        return_address(SECRET, 1, domain="example.com>\r\nRCPT TO:<x")


HARD, SOFT, DELAYED, OTHER = BounceKind


@pytest.mark.parametrize(
    ("block", "kind", "status"),
    [
        pytest.param(status_block("5.1.1", "smtp; 550 5.1.1 unknown"), HARD, "5.1.1", id="no_mailbox"),
        pytest.param(status_block("5.1.1 (bad mailbox)"), HARD, "5.1.1", id="status_with_a_comment"),
        pytest.param(status_block("5.1.10"), HARD, "5.1.10", id="exchange_no_recipient"),
        pytest.param(status_block("5.1.2"), HARD, "5.1.2", id="bad_domain"),
        pytest.param(status_block("5.4.4"), HARD, "5.4.4", id="no_such_domain"),
        pytest.param(status_block("5.2.1"), HARD, "5.2.1", id="switched_off"),
        pytest.param(status_block("5.0.0", "smtp; 550 5.1.1 unknown"), HARD, "5.1.1", id="told_by_server"),
        pytest.param(status_block("", "smtp; 550-5.1.1 unknown"), HARD, "5.1.1", id="without_a_status"),
        pytest.param(status_block("5.0.0", "smtp; 550 no such user"), HARD, "5.0.0", id="bare_550"),
        pytest.param(status_block("5.0.0", "smtp; 550 spam"), SOFT, "5.0.0", id="bare_550_by_policy"),
        pytest.param(status_block("5.0.0"), SOFT, "5.0.0", id="says_nothing"),
        pytest.param(status_block("5.1.8", "smtp; 550 5.1.8 sender"), SOFT, "5.1.8", id="our_own_domain"),
        pytest.param(status_block("5.2.2"), SOFT, "5.2.2", id="full"),
        pytest.param(status_block("5.2.3"), SOFT, "5.2.3", id="too_large"),
        pytest.param(status_block("5.7.1", "smtp; 550 5.7.1 no"), SOFT, "5.7.1", id="policy"),
        pytest.param(status_block("5.4.6"), SOFT, "5.4.6", id="loop"),
        pytest.param(status_block("4.4.7"), SOFT, "4.4.7", id="given_up_after_days"),
        pytest.param(status_block("4.2.2", "smtp; 452 4.2.2 full"), SOFT, "4.2.2", id="full_for_days"),
        pytest.param(status_block("4.4.1", action="delayed"), DELAYED, "4.4.1", id="delayed"),
        pytest.param(status_block("2.0.0", action="relayed"), OTHER, "2.0.0", id="relayed"),
        pytest.param(status_block("2.1.5", action="delivered"), OTHER, "2.1.5", id="delivered"),
        pytest.param(status_block("2.0.0", action="expanded"), OTHER, "2.0.0", id="expanded"),
        pytest.param(
            "Final-Recipient: rfc822; a@b.c\nStatus: 5.1.1\n", HARD, "5.1.1", id="without_an_action"
        ),
    ],
)
def test_only_a_wrong_address_is_a_hard_bounce(block: str, kind: BounceKind, status: str) -> None:
    assert read(report(block)) == Bounce(42, kind, status)


def test_of_several_receivers_the_worst_counts() -> None:
    blocks = [
        status_block("2.0.0", action="expanded"),
        status_block("5.2.2"),
        status_block("4.4.1", "", "delayed"),
    ]
    assert read(report(*blocks)) == Bounce(42, SOFT, "5.2.2")


def delivered_to(header: str) -> bytes:
    return f"{header}: <{OURS}>\n".encode() + report(status_block("5.1.1"), to="postmaster@example.com")


@pytest.mark.parametrize(
    "raw",
    [
        *(
            pytest.param(delivered_to(name), id=name)
            for name in ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "delivered-to")
        ),
        pytest.param(
            report(
                status_block("5.1.1"),
                about_mail=f"Original-Envelope-Id: {OURS}\n",
                to="postmaster@example.com",
            ),
            id="Original-Envelope-Id",
        ),
        pytest.param(
            report(status_block("5.1.1"), to="postmaster@example.com", returned=RETURNED.format(OURS)),
            id="the_returned_mail",
        ),
        pytest.param(
            report(
                status_block("5.1.1"),
                to="postmaster@example.com",
                returned=RETURNED.format(OURS),
                headers_only=True,
            ),
            id="the_returned_headers",
        ),
    ],
)
def test_the_mail_is_known_wherever_the_report_names_it(raw: bytes) -> None:
    assert read(raw) == Bounce(42, HARD, "5.1.1")


QMAIL = """\
From: MAILER-DAEMON@mx.example.org
To: {to}
Return-Path: <>
Subject: failure notice

Hi. This is the qmail-send program at mx.example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<wang@example.org>:
{why}

--- Below this line is a copy of the message.

"""
EXIM = """\
From: Mail Delivery System <Mailer-Daemon@mx.example.org>
To: {to}
X-Failed-Recipients: wang@example.org
Auto-Submitted: auto-replied
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  wang@example.org
    {why}
"""


@pytest.mark.parametrize(
    ("raw", "kind", "status"),
    [
        pytest.param(
            QMAIL.format(to=OURS, why="Sorry, no mailbox here by that name. (#5.1.1)"),
            HARD,
            "5.1.1",
            id="qmail",
        ),
        pytest.param(QMAIL.format(to=OURS, why="Mailbox full (#5.2.2)"), SOFT, "5.2.2", id="qmail_full"),
        pytest.param(QMAIL.format(to=OURS, why="It did not work."), SOFT, "5.0.0", id="qmail_says_no_more"),
        pytest.param(EXIM.format(to=OURS, why="Unrouteable address"), SOFT, "5.0.0", id="exim"),
    ],
)
def test_older_shapes_are_recognised(raw: str, kind: BounceKind, status: str) -> None:
    assert read(raw) == Bounce(42, kind, status)


NESTED = b"Content-Type: multipart/mixed; boundary=a\n\n--a\n"
VACATION = """\
From: wang@example.org
To: {to}
Subject: Re: hello
Auto-Submitted: auto-replied
{more}

I am away until Monday. In urgent cases write to <lin@example.org>.
"""


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x00\xff" * 500, id="noise"),
        pytest.param(VACATION.format(to=OURS, more="X-Autoreply: yes"), id="vacation"),
        pytest.param(VACATION.format(to=OURS, more="Precedence: bulk"), id="vacation_without_a_mark"),
        pytest.param(
            QMAIL.format(to=OURS, why="gone (#5.1.1)").replace("Subject", "Precedence: auto_reply\nSubject"),
            id="a_robot_that_sounds_like_a_bounce",
        ),
        pytest.param(report(status_block("5.1.1"), to=OURS.replace("+42", "+43")), id="forged_number"),
        pytest.param(report(status_block("5.1.1"), to="service@nhi.example.com"), id="not_about_ours"),
        pytest.param(
            report(status_block("5.1.1"), returned=RETURNED.format("")), id="bounce_of_a_bounce_null_sender"
        ),
        pytest.param(
            report(status_block("5.1.1"), returned="Content-Type: multipart/report; boundary=x\n\n--x--\n"),
            id="bounce_of_a_report",
        ),
        pytest.param(report("Final-Recipient: rfc822; wang@example.org\n"), id="report_without_a_word"),
        pytest.param(f"To: {OURS}\n".encode() + NESTED * 3000, id="endless_nesting"),
    ],
)
def test_what_is_no_bounce_of_ours_is_none(raw: bytes | str) -> None:
    assert read(raw) is None


def test_a_bounce_that_somebody_forwards_is_no_bounce() -> None:
    forwarded = MIMEMultipart()
    forwarded["From"], forwarded["To"] = "wang@example.org", OURS
    inner = EmailMessage()
    inner.set_content("x")
    enclosed = MIMEMessage(inner)
    forwarded.attach(MIMEText("see below"))
    forwarded.attach(enclosed)
    raw = forwarded.as_bytes().replace(inner.as_bytes(), report(status_block("5.1.1")))
    assert b"Status: 5.1.1" in raw
    assert read(raw) is None


NESTED_300 = b"".join(
    b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (level, level) for level in range(300)
)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(
            f"From: MAILER-DAEMON\r\nTo: {OURS}\r\n\r\n".encode() + b"\r\n" * 1_000_000, id="a million lines"
        ),
        pytest.param(
            b"Content-Type: text/rfc822-headers\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + base64.encodebytes(NESTED_300 + b"\n" * 300_000),
            id="parts in parts as returned headers",
        ),
    ],
)
def test_a_hostile_report_costs_little(raw: bytes) -> None:
    began = time.process_time()
    assert read(raw) is None
    assert time.process_time() - began < 3


def test_a_report_with_a_large_mail_behind_it_is_read() -> None:
    raw = report(status_block("5.1.1"), returned=RETURNED.format(OURS) + "hello\n" * 500_000)
    assert read(raw) == Bounce(42, BounceKind.HARD, "5.1.1")


def test_nothing_of_a_bounce_is_logged_and_no_address_is_kept(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    found = [read(QMAIL.format(to=OURS, why="(#5.1.1)")), read(report(status_block("5.1.1")))]
    assert all(found)
    assert "@" not in f"{found} {caplog.text}"


WHOLE = [
    report(status_block("5.1.1", "smtp; 550 5.1.1 unknown"), returned=RETURNED.format(OURS)),
    QMAIL.format(to=OURS, why="no mailbox (#5.1.1)").encode(),
    EXIM.format(to=OURS, why="Unrouteable address").encode(),
    VACATION.format(to=OURS, more="").encode(),
]


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_no_damage_makes_it_fail(data: st.DataObject) -> None:
    """Cuts, doubled pieces, foreign bytes: a fact about our mail or nothing, never an exception."""
    raw = bytearray(data.draw(st.sampled_from(WHOLE)))
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(raw)))
        end = data.draw(st.integers(start, min(start + 60, len(raw))))
        foreign = st.sampled_from(
            [b"", b"\r\n\r\n", b"\n\n", b"--", b"\xe4\xbd\xa0", b"\x00", b"=?big5?b?/////w==?=", b"%s",
             b"Content-Type: message/delivery-status\n\n", b"Content-Type: multipart/report\n",
             b"Content-Type: text/plain; charset=nowhere\nContent-Transfer-Encoding: base64\n\n"]
        )  # fmt: skip
        raw[start:end] = data.draw(
            st.one_of(foreign, st.binary(max_size=20), st.just(bytes(raw[start:end] * 2)))
        )
    found = read(bytes(raw))
    assert found is None or found.message_number == 42


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_to_our_address_are_read_without_a_fall(raw: bytes) -> None:
    found = read(b"To: " + OURS.encode() + b"\n" + raw)
    assert found is None or found.message_number == 42
