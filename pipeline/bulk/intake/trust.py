"""Did a mail really come from the domain in its From? What our border's mail server wrote about it decides.

Only its Authentication-Results count (RFC 8601), recognised by its authserv-id. Headers below a Received
header that names the border as the receiver came from outside and are not read. OpenDKIM and OpenDMARC of
before 2026 write below their own host's Received: with them, choose an authserv-id that is no host name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from authres import AuthResError, FeatureContext, dmarc  # type: ignore[import-untyped]
from authres.core import AuthenticationResult  # type: ignore[import-untyped]

from validators import email_address


class Trust(StrEnum):
    """How far the From address of a mail can be believed."""

    AUTHENTICATED = "authenticated"
    NO_RECORDS = "no_records"  # the domain publishes nothing that proves or disproves it
    FAILED = "failed"
    NOT_JUDGED = "not_judged"  # our border wrote nothing that we can read


@dataclass(frozen=True, slots=True)
class JudgedSender:
    """The verdict, its reason's code, and the From address: lower-cased, domain as A-labels, or empty."""

    trust: Trust
    reason: str
    address: str = field(repr=False)


# Our border's own headers are far shorter; the library's time grows with the square of the length.
LONGEST_RESULT: Final = 8_000
LONGEST_FROM: Final = 2_000

_GRAMMAR: Final = FeatureContext(dmarc)
_AUTHSERV_ID: Final = re.compile(r"\s*([^\s;()/]+)\s*[;(\d\s]")
# One address, bare or behind a display name; a name that could hide a second address is not read.
_FROM: Final = re.compile(
    r'(?:"(?:[^"\\]|\\.)*"|[^<>@,;:"]*?) ?< ?(?P<behind_name>[^\s<>]+) ?>|(?P<bare>[^\s<>,;:"()]+)'
)


def judge_sender(headers: Sequence[tuple[str, str]], *, authserv_id: str) -> JudgedSender:
    """The verdict on the mail's From, from its headers in mail order (top first), unfolded.

    Reasons: FROM_UNUSABLE, NO_OWN_RESULT, DMARC_PASS, DMARC_OTHER_DOMAIN, DMARC_CONTRADICTION, DMARC_ and any
    other result, DKIM_ALIGNED, SPF_FAIL, DKIM_FAIL, NO_RECORDS. Source: RFC 8601 5 and 7.1, RFC 7489 3.1.
    """
    address = _from_address(headers)
    if not address:
        return JudgedSender(Trust.FAILED, "FROM_UNUSABLE", "")
    trust, reason = _verdict(
        _read(_own_results(headers, authserv_id=authserv_id)), domain=address.rpartition("@")[2]
    )
    return JudgedSender(trust, reason, address)


def _from_address(headers: Iterable[tuple[str, str]]) -> str:
    values = [value for name, value in headers if name.lower() == "from"]
    if len(values) != 1 or len(values[0]) > LONGEST_FROM:
        return ""
    found = _FROM.fullmatch(" ".join(values[0].split()))
    if found is None:
        return ""
    checked = email_address.check(found["behind_name"] or found["bare"])
    return "" if checked.fault or checked.repairs else checked.value.lower()


def _own_results(headers: Iterable[tuple[str, str]], *, authserv_id: str) -> Iterator[str]:
    """The border's results: from the topmost on, none below a Received header that follows it or names us."""
    own_id = authserv_id.strip().lower()
    by_us = re.compile(rf"\bby\s+{re.escape(own_id)}(?![\w.-])", re.IGNORECASE)
    seen = False
    for name, value in headers:
        match name.lower():
            case "received" if seen or by_us.search(value):
                return
            case "authentication-results":
                found = _AUTHSERV_ID.match(value)
                # Lower case makes a "k" of the Kelvin sign: a border would not strip such a header.
                if own_id and found and found[1].isascii() and found[1].lower() == own_id:
                    seen = True
                    yield value


def _read(values: Iterable[str]) -> list[AuthenticationResult]:
    """Every result; none at all when one value cannot be read, for it might be the one that says fail."""
    results: list[AuthenticationResult] = []
    for value in values:
        if len(value) > LONGEST_RESULT:
            return []
        try:
            found = _GRAMMAR.parse_value(value).results
        except (AuthResError, ValueError, RecursionError):
            return []
        # The border may have checked nothing, which it says with the lone word none.
        results += [AuthenticationResult("none", result="none")]
        results += [result for result in found if isinstance(result, AuthenticationResult)]
    return results


def _verdict(results: Sequence[AuthenticationResult], *, domain: str) -> tuple[Trust, str]:
    if not results:
        return Trust.NOT_JUDGED, "NO_OWN_RESULT"
    by_dmarc = [result for result in results if result.method == "dmarc"]
    verdicts = {result.result for result in by_dmarc}
    if len(verdicts) > 1:
        return Trust.FAILED, "DMARC_CONTRADICTION"
    if verdicts == {"pass"}:
        if all(_properties(result, "from") == {domain} for result in by_dmarc):
            return Trust.AUTHENTICATED, "DMARC_PASS"
        return Trust.FAILED, "DMARC_OTHER_DOMAIN"
    if verdicts and verdicts != {"none"}:
        return Trust.FAILED, f"DMARC_{re.sub('[^A-Z0-9]', '_', verdicts.pop().upper())[:20]}"
    return _verdict_without_dmarc(results, domain=domain)


def _verdict_without_dmarc(results: Sequence[AuthenticationResult], *, domain: str) -> tuple[Trust, str]:
    """A signature of the From domain proves it; SPF judges the envelope only, so it can but disprove."""
    signed = {
        result.result for result in results if result.method == "dkim" and _is_aligned(result, domain=domain)
    }
    if "pass" in signed:
        return Trust.AUTHENTICATED, "DKIM_ALIGNED"
    if any(result.method == "spf" and result.result in ("fail", "hardfail") for result in results):
        return Trust.FAILED, "SPF_FAIL"
    if "fail" in signed:
        return Trust.FAILED, "DKIM_FAIL"
    return Trust.NO_RECORDS, "NO_RECORDS"


def _is_aligned(result: AuthenticationResult, *, domain: str) -> bool:
    """Is the signing domain the From domain, or one above it with two labels or more?"""
    signers = _properties(result, "d")
    return len(signers) == 1 and all(
        domain == signer or (signer.count(".") >= 1 and domain.endswith(f".{signer}")) for signer in signers
    )


def _properties(result: AuthenticationResult, name: str) -> set[str]:
    """Every value of header.NAME as a domain in lower case; two values mean that one of them is forged."""
    return {
        str(found.value or "").rpartition("@")[2].rstrip(".").lower()
        for found in result.properties
        if (found.type, found.name) == ("header", name)
    }
