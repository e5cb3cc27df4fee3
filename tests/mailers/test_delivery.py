"""Facts on delivering: one verdict a mail, whatever the server does."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from mailers.connection import without_addresses
from mailers.delivery import (
    Delivered,
    MailServer,
    MailServerAway,
    Outgoing,
    Verdict,
    deliver,
    deliver_in_groups,
)
from tests.mailers.conftest import Caught
from tests.mailers.deliveries import CONTENT, all_verdicts, delivered_by, outgoing, scripted, why_away
from tests.mailers.scripted_server import HANG_UP, RESET, SILENCE, ScriptedServer


def test_every_mail_arrives_once_with_its_own_envelope_and_bytes(catcher: Caught) -> None:
    delivered = delivered_by(catcher, [outgoing(id) for id in range(50)])
    assert sorted(one.id for one in delivered) == list(range(50))
    assert {one.verdict for one in delivered} == {Verdict.SENT}
    assert sorted(mail[1] for mail in catcher.mails) == sorted(f"person{id}@example.com" for id in range(50))
    assert {(sender, content) for sender, _, content in catcher.mails} == {("bounce@example.com", CONTENT)}


def test_no_mail_needs_no_server() -> None:
    assert asyncio.run(all_verdicts([], MailServer("127.0.0.1", 9, tls="none"), 4)) == []


def test_connections_are_kept_from_mail_to_mail() -> None:
    delivered, server = scripted(20, connections=3)
    assert len(delivered) == 20
    assert server.connections == 3
    assert [command for command in server.commands if command == "QUIT"] == ["QUIT"] * 3


def test_mails_are_read_only_as_connections_come_free() -> None:
    taken: list[int] = []

    def supply() -> Iterator[Outgoing]:
        for id in range(1000):
            taken.append(id)
            yield outgoing(id)

    async def first_three() -> None:
        async with ScriptedServer() as server:
            address = MailServer("127.0.0.1", server.port, tls="none")
            verdicts = deliver(supply(), server=address, connections=2)
            for _ in range(3):
                await anext(verdicts)
            await verdicts.aclose()

    asyncio.run(first_three())
    assert len(taken) <= 3 + 2


def test_whoever_stops_listening_at_any_moment_is_let_go() -> None:
    async def leave_after(seconds: float) -> None:
        async with ScriptedServer() as server, asyncio.timeout(10):
            address = MailServer("127.0.0.1", server.port, tls="none")
            verdicts = deliver(map(outgoing, range(1000)), server=address, connections=2)
            await anext(verdicts)
            await asyncio.sleep(seconds)
            await verdicts.aclose()

    for moment in range(60):
        asyncio.run(leave_after((moment % 30) * 1e-5))


def test_a_supply_that_breaks_is_heard_after_the_verdicts_before_it() -> None:
    seen: list[int] = []

    def supply() -> Iterator[Outgoing]:
        yield from map(outgoing, range(3))
        raise OSError("the database is gone")

    async def run() -> None:
        async with ScriptedServer() as server:
            address = MailServer("127.0.0.1", server.port, tls="none")
            async for delivered in deliver(supply(), server=address, connections=2):
                seen.append(delivered.id)  # noqa: PERF401  what was seen must outlive the error

    with pytest.raises(OSError, match="the database is gone"):
        asyncio.run(run())
    assert sorted(seen) == [0, 1, 2]


def test_lines_end_in_crlf_and_leading_dots_come_through(catcher: Caught) -> None:
    delivered_by(catcher, [outgoing(1, content=b"Subject: x\n\n.hidden\r..\n.\nend")])
    assert catcher.mails[0][2] == b"Subject: x\r\n\r\n.hidden\r\n..\r\n.\r\nend\r\n"


@pytest.mark.parametrize(
    ("step", "reply", "verdict", "code"),
    [
        pytest.param("MAIL", "421 too busy", Verdict.RETRY, 421, id="421_at_mail"),
        pytest.param("MAIL", "451 later", Verdict.RETRY, 451, id="451_at_mail"),
        pytest.param("MAIL", "552 too big", Verdict.REFUSED, 552, id="552_at_mail_is_this_mails_size"),
        pytest.param("MAIL", HANG_UP, Verdict.RETRY, None, id="hang_up_at_mail"),
        pytest.param("RCPT", "421 too busy", Verdict.RETRY, 421, id="421_at_rcpt"),
        pytest.param("RCPT", "450 greylisted for 300 seconds", Verdict.RETRY, 450, id="450_at_rcpt"),
        pytest.param("RCPT", "452 too many", Verdict.RETRY, 452, id="452_at_rcpt"),
        pytest.param("RCPT", HANG_UP, Verdict.RETRY, None, id="hang_up_at_rcpt"),
        pytest.param("RCPT", RESET, Verdict.RETRY, None, id="reset_at_rcpt"),
        pytest.param("RCPT", "550 5.1.1 no such user", Verdict.NO_MAILBOX, 550, id="550_at_rcpt"),
        pytest.param("RCPT", "550 no such user", Verdict.NO_MAILBOX, 550, id="bare_550_at_rcpt"),
        pytest.param("RCPT", "550 5.7.1 blocked", Verdict.REFUSED, 550, id="550_by_policy_at_rcpt"),
        pytest.param("RCPT", "552 5.2.2 mailbox full", Verdict.REFUSED, 552, id="552_full_at_rcpt"),
        pytest.param("RCPT", "554 no", Verdict.REFUSED, 554, id="554_at_rcpt"),
        pytest.param("RCPT", SILENCE, Verdict.RETRY, None, id="silence_at_rcpt"),
        pytest.param("RCPT", "nonsense", Verdict.RETRY, -1, id="nonsense_at_rcpt"),
        pytest.param("DATA", "451 disk full", Verdict.RETRY, 451, id="451_at_data"),
        pytest.param("DATA", "554 no", Verdict.REFUSED, 554, id="554_at_data"),
        pytest.param("DATA", "250 what", Verdict.RETRY, 250, id="data_is_taken_for_a_noop"),
        pytest.param("DATA", RESET, Verdict.RETRY, None, id="reset_before_the_text"),
        pytest.param("DATA", SILENCE, Verdict.RETRY, None, id="silence_before_the_text"),
        pytest.param("DATA", HANG_UP, Verdict.RETRY, None, id="hang_up_before_the_text"),
        pytest.param("DOT", "421 closing", Verdict.RETRY, 421, id="421_after_dot"),
        pytest.param("DOT", "451 later", Verdict.RETRY, 451, id="451_after_dot"),
        pytest.param("DOT", "452 disk full", Verdict.RETRY, 452, id="452_after_dot"),
        pytest.param("DOT", "554 spam", Verdict.REFUSED, 554, id="554_after_dot"),
        pytest.param("DOT", "550 content refused", Verdict.REFUSED, 550, id="bare_550_after_dot_is_the_text"),
        pytest.param("DOT", "550 5.1.1 unknown", Verdict.NO_MAILBOX, 550, id="no_mailbox_after_dot"),
        pytest.param("DOT", HANG_UP, Verdict.AMBIGUOUS, None, id="hang_up_after_dot"),
        pytest.param("DOT", RESET, Verdict.AMBIGUOUS, None, id="reset_after_dot"),
        pytest.param("DOT", SILENCE, Verdict.AMBIGUOUS, None, id="silence_after_dot"),
        pytest.param("DOT", "nonsense", Verdict.AMBIGUOUS, None, id="nonsense_after_dot"),
    ],
)
def test_a_fault_is_that_mails_alone(step: str, reply: str, verdict: Verdict, code: int | None) -> None:
    delivered, _ = scripted(3, **{step: [reply]})
    assert [(one.id, one.verdict) for one in delivered] == [
        (1, verdict),
        (2, Verdict.SENT),
        (3, Verdict.SENT),
    ]
    assert delivered[0].code == code


def test_an_ambiguous_mail_is_not_sent_again() -> None:
    delivered, server = scripted(2, DOT=["250 taken", HANG_UP])
    assert [one.verdict for one in delivered] == [Verdict.SENT, Verdict.AMBIGUOUS]
    assert len(server.taken) == 2


@pytest.mark.parametrize(
    "reply", ["421 enough for one connection", HANG_UP], ids=["with_421", "without_a_word"]
)
def test_a_connection_ended_between_mails_costs_no_mail_its_turn(reply: str) -> None:
    delivered, server = scripted(3, MAIL=["250 ok", reply])
    assert {one.verdict for one in delivered} == {Verdict.SENT}
    assert server.connections == 2


def test_an_unusable_address_is_refused_here_and_never_reaches_the_server(catcher: Caught) -> None:
    injection = "a@example.com>\r\nRCPT TO:<victim@example.com"
    delivered = delivered_by(catcher, [outgoing(1, injection), outgoing(2, "王@example.com"), outgoing(3)])
    assert {one.id: one.verdict for one in delivered} == {
        1: Verdict.REFUSED,
        2: Verdict.REFUSED,
        3: Verdict.SENT,
    }
    assert [mail[1] for mail in catcher.mails] == ["person3@example.com"]


def test_an_international_domain_travels_as_a_label(catcher: Caught) -> None:
    delivered_by(catcher, [outgoing(1, "clerk@例子.tw")])
    assert [mail[1] for mail in catcher.mails] == ["clerk@xn--fsqu00a.tw"]


def test_a_server_that_is_not_there_is_away_and_its_text_names_host_and_reason_only() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(MailServerAway) as away:
        asyncio.run(all_verdicts([outgoing(1)], MailServer("127.0.0.1", port, tls="none"), 4))
    assert str(away.value) == f"127.0.0.1:{port}: ConnectionRefusedError"


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        pytest.param({"GREETING": ["421 not now"] * 9}, "SMTPConnectResponseError 421", id="refuses_to_talk"),
        pytest.param({"GREETING": ["554 no"]}, "SMTPConnectResponseError 554", id="refuses_for_good"),
        pytest.param({"GREETING": [SILENCE]}, "TimeoutError", id="says_nothing"),
        pytest.param({"EHLO": ["554 go away"]}, "SMTPHeloError 554", id="refuses_our_greeting"),
        pytest.param({"MAIL": ["530 sign in first"]}, "refuses our sender (530)", id="wants_a_sign_in"),
        pytest.param(
            {"MAIL": ["550 not your domain"]}, "refuses our sender (550)", id="our_domain_is_not_welcome"
        ),
    ],
)
def test_a_fault_of_ours_brands_no_receiver(script: dict[str, list[str]], reason: str) -> None:
    assert why_away(**script).endswith(reason)


def test_a_server_that_keeps_hanging_up_is_away_and_the_rest_stays_unsent() -> None:
    seen: list[Verdict] = []

    async def run() -> None:
        async with ScriptedServer(MAIL=[HANG_UP] * 100) as server:
            address = MailServer("127.0.0.1", server.port, tls="none", timeout=1)
            async for delivered in deliver(map(outgoing, range(100)), server=address, connections=1):
                seen.append(delivered.verdict)  # noqa: PERF401  what was seen must outlive the error

    with pytest.raises(MailServerAway, match="hangs up again and again"):
        asyncio.run(run())
    assert seen == [Verdict.RETRY] * 3


@pytest.mark.parametrize("count", [2, 4, 10])
def test_a_server_that_takes_one_connection_only_still_gets_every_mail(count: int) -> None:
    delivered, server = scripted(count, connections=4, GREETING=["220 ready"] + ["421 one is enough"] * 3)
    assert {(one.id, one.verdict) for one in delivered} == {(id, Verdict.SENT) for id in range(1, count + 1)}
    assert len(server.taken) == count


@pytest.mark.parametrize("reply", [HANG_UP, RESET])
def test_a_connection_lost_in_the_middle_of_a_long_text_is_no_ambiguous_one(reply: str) -> None:
    async def run() -> list[Delivered]:
        async with ScriptedServer(TEXT=[reply]) as server:
            address = MailServer("127.0.0.1", server.port, tls="none", timeout=2, final_timeout=2)
            long = outgoing(1, content=b"Subject: x\r\n\r\n" + b"x" * 16 * 1024 * 1024)
            return await all_verdicts([long, outgoing(2)], address, 1)

    assert [one.verdict for one in asyncio.run(run())] == [Verdict.RETRY, Verdict.SENT]


def test_verdicts_that_come_in_meanwhile_are_told_together_and_never_more_than_there_are_connections() -> (
    None
):
    groups: list[list[int]] = []
    taken: list[int] = []

    async def run() -> None:
        async with ScriptedServer() as server:
            address = MailServer("127.0.0.1", server.port, tls="none")
            async for group in deliver_in_groups(map(outgoing, range(100)), server=address, connections=4):
                groups.append([one.id for one in group])
                await asyncio.sleep(0.02)  # the caller is slow
                taken.append(len(server.taken) - sum(map(len, groups)))

    asyncio.run(run())
    assert sorted(id for group in groups for id in group) == list(range(100))
    assert max(map(len, groups)) > 1
    assert max(map(len, groups)) <= 4
    assert max(taken) <= 4 - 1


def test_encryption_is_never_optional() -> None:
    async def run() -> list[str]:
        async with ScriptedServer() as server:
            with pytest.raises(MailServerAway, match="STARTTLS"):
                await all_verdicts([outgoing(1)], MailServer("127.0.0.1", server.port), 1)
        return server.commands

    assert not [command for command in asyncio.run(run()) if command.startswith(("MAIL", "RCPT", "DATA"))]


def test_an_unknown_certificate_is_refused(tls_catcher: Caught) -> None:
    with pytest.raises(MailServerAway, match="SSLCertVerificationError"):
        asyncio.run(all_verdicts([outgoing(1)], MailServer("127.0.0.1", tls_catcher.port), 1))
    assert tls_catcher.mails == []


def test_a_trusted_certificate_gives_an_encrypted_connection(
    tls_catcher: Caught, certificate: tuple[Path, Path]
) -> None:
    server = MailServer("127.0.0.1", tls_catcher.port, ca_file=str(certificate[0]))
    delivered = asyncio.run(all_verdicts([outgoing(1), outgoing(2)], server, 2))
    assert [one.verdict for one in delivered] == [Verdict.SENT, Verdict.SENT]
    assert tls_catcher.encrypted == [True, True]


def test_implicit_tls_encrypts_from_the_first_byte(
    implicit_tls_catcher: Caught, certificate: tuple[Path, Path]
) -> None:
    server = MailServer("127.0.0.1", implicit_tls_catcher.port, tls="implicit", ca_file=str(certificate[0]))
    delivered = asyncio.run(all_verdicts([outgoing(1)], server, 1))
    assert [one.verdict for one in delivered] == [Verdict.SENT]
    assert implicit_tls_catcher.encrypted == [True]


def test_a_password_never_goes_out_in_clear() -> None:
    with pytest.raises(ValueError, match="TLS"):
        MailServer("relay.example.com", 25, tls="none", user="relay", password="secret")


def test_nothing_personal_is_printed_or_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    delivered, _ = scripted(
        1, RCPT=["550 <person1@example.com> person1 unknown; see postmaster@relay.example.com"]
    )
    server = MailServer("relay.example.com", 587, user="relay", password="open sesame")
    printed = f"{delivered} {outgoing(1)} {server} {caplog.text}"
    assert "person1" not in printed
    assert "@" not in printed
    assert "open sesame" not in printed
    assert delivered[0].text == "<...> ... unknown; see ..."


@pytest.mark.parametrize(
    ("reply", "stored"),
    [
        pytest.param("5.1.1 <WANG@Example.com>: unknown", "5.1.1 <...>: unknown", id="address_in_other_case"),
        pytest.param("no mailbox wang here", "no mailbox ... here", id="the_part_before_the_at"),
        pytest.param("wangle", "wangle", id="a_word_that_only_begins_so"),
        pytest.param("try\nagain\x07in 300 seconds", "try again in 300 seconds", id="line_ends"),
        pytest.param("x" * 500, "x" * 200, id="an_endless_reply"),
    ],
)
def test_a_stored_reply_holds_no_address(reply: str, stored: str) -> None:
    assert without_addresses(reply, "wang@example.com") == stored


def test_a_caught_mail_reads_as_it_was_written(catcher: Caught) -> None:
    delivered_by(catcher, [outgoing(1, content=b"Subject: =?utf-8?b?5oiQ5Yqf?=\r\n\r\nok\r\n")])
    assert message_from_bytes(catcher.mails[0][2], policy=policy.default)["Subject"] == "成功"
