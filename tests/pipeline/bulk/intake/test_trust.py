"""Whose word about a sender counts, and what it has to say."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.bulk.intake.trust import Trust, judge_sender

US = "mx.nhi.example.com"
FROM = ("From", "王小明 <HR@Example.COM>")
BORDER = ("Received", f"from mail.example.com (unknown [192.0.2.7]) by {US} (Postfix) with ESMTPS id 4X")
RANK = {Trust.FAILED: 0, Trust.NOT_JUDGED: 0, Trust.NO_RECORDS: 1, Trust.AUTHENTICATED: 2}


def _ours(results: str) -> tuple[str, str]:
    return ("Authentication-Results", f"{US}; {results}")


PASS = _ours("dmarc=pass (p=reject) header.from=example.com")


def _judge(*headers: tuple[str, str]) -> tuple[Trust, str]:
    judged = judge_sender(headers, authserv_id=US)
    return judged.trust, judged.reason


@pytest.mark.parametrize(
    ("results", "trust", "reason"),
    [
        pytest.param("dmarc=pass header.from=example.com", "authenticated", "DMARC_PASS", id="pass"),
        pytest.param(
            "spf=fail; dkim=pass header.d=example.com; dmarc=pass header.from=EXAMPLE.com",
            "authenticated",
            "DMARC_PASS",
            id="pass by DKIM, forwarded",
        ),
        pytest.param(
            "dmarc=pass header.from=example.org", "failed", "DMARC_OTHER_DOMAIN", id="pass of another"
        ),
        pytest.param(
            "dmarc=pass header.from=a.example.com", "failed", "DMARC_OTHER_DOMAIN", id="of a subdomain"
        ),
        pytest.param("dmarc=pass", "failed", "DMARC_OTHER_DOMAIN", id="pass of nobody"),
        pytest.param(
            "dmarc=pass header.from=example.com header.from=example.org",
            "failed",
            "DMARC_OTHER_DOMAIN",
            id="pass of two",
        ),
        pytest.param("dmarc=fail header.from=example.com", "failed", "DMARC_FAIL", id="fail"),
        pytest.param(
            "dmarc=fail header.from=example.com; dkim=pass header.d=example.com; spf=pass",
            "failed",
            "DMARC_FAIL",
            id="DKIM does not heal a fail",
        ),
        pytest.param(
            "dkim=pass header.d=example.com; dmarc=temperror", "failed", "DMARC_TEMPERROR", id="temperror"
        ),
        pytest.param("dmarc=permerror header.from=example.com", "failed", "DMARC_PERMERROR", id="permerror"),
        pytest.param("dmarc=bestguesspass", "failed", "DMARC_BESTGUESSPASS", id="a word of no standard"),
        pytest.param(
            "dmarc=fail header.from=example.com; dmarc=pass header.from=example.com",
            "failed",
            "DMARC_CONTRADICTION",
            id="fail and pass",
        ),
        pytest.param(
            "dmarc=none; dkim=pass header.d=example.com", "authenticated", "DKIM_ALIGNED", id="own signature"
        ),
        pytest.param("dkim=pass header.d=Example.Com", "authenticated", "DKIM_ALIGNED", id="without DMARC"),
        pytest.param(
            "dkim=pass header.d=com", "no_records", "NO_RECORDS", id="a top-level domain's signature"
        ),
        pytest.param("dkim=pass header.d=example.org", "no_records", "NO_RECORDS", id="another's signature"),
        pytest.param(
            "dkim=pass header.d=ample.com", "no_records", "NO_RECORDS", id="a domain that ends alike"
        ),
        pytest.param(
            "dkim=pass header.d=a.example.com", "no_records", "NO_RECORDS", id="a subdomain's signature"
        ),
        pytest.param("dkim=pass", "no_records", "NO_RECORDS", id="nobody's signature"),
        pytest.param(
            "dkim=fail header.d=example.com; dkim=pass header.d=example.com",
            "authenticated",
            "DKIM_ALIGNED",
            id="one of two signatures holds",
        ),
        pytest.param("dkim=fail header.d=example.com", "failed", "DKIM_FAIL", id="own signature broken"),
        pytest.param("dkim=fail header.d=example.org", "no_records", "NO_RECORDS", id="another's is broken"),
        pytest.param("spf=fail smtp.mailfrom=hr@example.com", "failed", "SPF_FAIL", id="SPF fail"),
        pytest.param(
            "spf=pass smtp.mailfrom=hr@example.com", "no_records", "NO_RECORDS", id="SPF pass alone"
        ),
        pytest.param(
            "spf=softfail; dkim=neutral; dmarc=none", "no_records", "NO_RECORDS", id="nothing says fail"
        ),
        pytest.param("none", "no_records", "NO_RECORDS", id="the border checked nothing"),
        pytest.param("dmarc=", "not_judged", "NO_OWN_RESULT", id="a result cut off"),
        pytest.param("dmarc=pass (", "not_judged", "NO_OWN_RESULT", id="a comment cut off"),
        pytest.param(
            "dmarc=pass header.from=example.com" + " " * 9_000, "not_judged", "NO_OWN_RESULT", id="endless"
        ),
        pytest.param("x=y " + "(" * 7_000, "not_judged", "NO_OWN_RESULT", id="comments in comments"),
    ],
)
def test_what_our_border_says_decides(results: str, trust: str, reason: str) -> None:
    assert _judge(_ours(results), BORDER, FROM) == (trust, reason)


def test_a_signature_of_the_domain_above_is_aligned() -> None:
    sender = ("From", "hr@taipei.example.com")
    assert _judge(_ours("dkim=pass header.d=example.com"), sender) == ("authenticated", "DKIM_ALIGNED")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param([BORDER, FROM], "not_judged", id="none at all"),
        pytest.param(
            [("Authentication-Results", "mx.example.org; " + PASS[1]), FROM], "not_judged", id="other id"
        ),
        pytest.param(
            [("Authentication-Results", f"x.{US}; dmarc=pass header.from=example.com"), FROM],
            "not_judged",
            id="an id that ends like ours",
        ),
        pytest.param(
            [("Authentication-Results", f"{US}.example.org; dmarc=pass header.from=example.com"), FROM],
            "not_judged",
            id="an id that begins like ours",
        ),
        pytest.param([("AUTHENTICATION-RESULTS", PASS[1].upper()), FROM], "authenticated", id="upper case"),
        pytest.param(
            [("Authentication-Results", f"{US} 1; dmarc=pass header.from=example.com"), FROM],
            "authenticated",
            id="with the version",
        ),
        pytest.param([BORDER, PASS, FROM], "not_judged", id="below our border's Received"),
        pytest.param(
            [("Received", "from a by mx.example.org with ESMTP"), PASS, FROM],
            "authenticated",
            id="below a hop inside our house",
        ),
        pytest.param(
            [_ours("spf=pass"), PASS, BORDER, FROM], "authenticated", id="two of ours, one above the other"
        ),
        pytest.param(
            [_ours("spf=pass"), ("Received", "from a by b"), PASS, FROM],
            "no_records",
            id="a second one below a Received",
        ),
        pytest.param(
            [_ours("dmarc=fail header.from=example.com"), PASS, FROM], "failed", id="fail above pass"
        ),
        pytest.param([_ours("dmarc=,"), PASS, FROM], "not_judged", id="an unreadable one of ours above"),
        pytest.param(
            [_ours("spf=none"), BORDER, _ours("dmarc=fail"), FROM],
            "no_records",
            id="a forged fail does no harm",
        ),
    ],
)
def test_only_our_borders_own_topmost_results_count(headers: list[tuple[str, str]], expected: str) -> None:
    assert _judge(*headers)[0] == expected


def test_an_id_that_only_lower_case_makes_ours_is_not_ours() -> None:
    """No border strips a header whose id is spelled with the Kelvin sign."""
    forged = ("Authentication-Results", "mx.\u212ahi.example.com; dkim=pass header.d=example.com")
    assert judge_sender([forged, FROM], authserv_id="mx.khi.example.com").trust == "not_judged"


def test_without_an_id_nothing_is_ours() -> None:
    assert (
        judge_sender([("Authentication-Results", "; dmarc=pass"), FROM], authserv_id="").trust == "not_judged"
    )


@pytest.mark.parametrize(
    ("value", "address"),
    [
        pytest.param("hr@example.com", "hr@example.com", id="bare"),
        pytest.param(" <HR@EXAMPLE.COM> ", "hr@example.com", id="brackets, upper case"),
        pytest.param('"Wang, \\"HR\\" <x@example.org>" <hr@example.com>', "hr@example.com", id="quoted name"),
        pytest.param("=?utf-8?B?546L5bCP5piO?= <hr@example.com>", "hr@example.com", id="encoded name"),
        pytest.param("王小明 (人事) <hr@example.com>", "hr@example.com", id="raw name"),
        pytest.param("hr@例え.テスト", "hr@xn--r8jz45g.xn--zckzah", id="IDN"),
    ],
)
def test_the_from_address_is_told_in_its_one_form(value: str, address: str) -> None:
    judged = judge_sender([("From", value)], authserv_id=US)
    assert (judged.trust, judged.address) == ("not_judged", address)
    assert "@" not in repr(judged)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([], id="none"),
        pytest.param([""], id="empty"),
        pytest.param(["hr@example.com", "hr@example.com"], id="two headers"),
        pytest.param(["hr@example.com, x@example.org"], id="two addresses"),
        pytest.param(["hr@example.com <x@example.org>"], id="an address as the name"),
        pytest.param(["<hr@example.com> <x@example.org>"], id="two in brackets"),
        pytest.param(["<hr@example.com> x"], id="something behind"),
        pytest.param(["HR: hr@example.com;"], id="a group"),
        pytest.param(["HR"], id="a name alone"),
        pytest.param(["hr＠example.com"], id="a full-width sign"),
        pytest.param(["hr@example.com\x00"], id="NUL"),
        pytest.param(["'hr@example.com'"], id="quotes"),
        pytest.param(['"hr"@example.com'], id="a quoted local part"),
        pytest.param(["hr@[192.0.2.1]"], id="an IP literal"),
        pytest.param(["x" * 3_000 + " <hr@example.com>"], id="endless"),
        pytest.param([" " * 1_900 + "@"], id="blanks"),
        pytest.param(['"' + "\\\\" * 900], id="a quote that does not close"),
    ],
)
def test_a_from_that_is_not_one_usable_address_fails(values: list[str]) -> None:
    judged = judge_sender([PASS, *(("From", value) for value in values)], authserv_id=US)
    assert (judged.trust, judged.reason, judged.address) == ("failed", "FROM_UNUSABLE", "")


_RESULTS = st.lists(
    st.sampled_from(
        [
            "dmarc=pass header.from=example.com",
            "dmarc=none",
            "dmarc=fail header.from=example.com",
            "dkim=pass header.d=example.com",
            "dkim=fail header.d=example.com",
            "spf=pass smtp.mailfrom=example.com",
            "spf=fail",
            "none",
        ]
    ),
    min_size=1,
    max_size=3,
).map("; ".join)
_FORGED = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(
                ["Authentication-Results", "authentication-results", "ARC-Authentication-Results"]
            ),
            st.tuples(st.sampled_from([US, US.upper(), f"{US} 1", f" {US}"]), _RESULTS).map("; ".join),
        ),
        st.tuples(st.sampled_from(["Received", "X-Received", "Subject"]), st.text(max_size=40)),
        st.just(("Received", "from a by mx.example.org")),
    ),
    max_size=6,
)


@given(results=_RESULTS, forged=_FORGED)
@example(results="spf=pass", forged=[PASS])
def test_nothing_below_the_borders_received_changes_anything(
    results: str, forged: list[tuple[str, str]]
) -> None:
    assert _judge(_ours(results), BORDER, *forged, FROM) == _judge(_ours(results), BORDER, FROM)


@given(forged=_FORGED)
@example(forged=[PASS])
def test_without_a_result_of_the_border_nothing_that_is_sent_raises_trust(
    forged: list[tuple[str, str]],
) -> None:
    assert _judge(BORDER, *forged, FROM) == ("not_judged", "NO_OWN_RESULT")


@given(value=st.text(max_size=300), sender=st.text(max_size=100))
@example(value="dmarc=pass header.from=example.com; x" + "(" * 200, sender="<a@b>")
def test_no_header_brings_the_judge_down(value: str, sender: str) -> None:
    judged = judge_sender([_ours(value), ("From", sender)], authserv_id=US)
    assert RANK[judged.trust] < RANK[Trust.AUTHENTICATED] or "pass" in value.lower()
