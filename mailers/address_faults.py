"""Does a refusal say that the address itself is wrong? One table, for replies and for bounces.

Only such an address is left alone later. Anything else (a full mailbox, a policy, our own reputation) may be
different tomorrow, and a false "wrong" costs a person a month of mail. Pure.
"""

from __future__ import annotations

import re
from typing import Final

# Classes and subjects: RFC 3463 3; the numbers: its registry at IANA. Left out on purpose: 5.1.5 means valid,
# 5.1.7 and 5.1.8 blame the sender, 5.2.0 and 5.2.2 to 5.2.4 a mailbox that is there but takes nothing now,
# 5.4.6 a loop, 5.7.x somebody's policy, 5.0.0 and every other 5.x.0 nothing in particular.
WRONG_ADDRESS: Final = {
    "5.1.0": "something about the address; large providers say it of unknown users",
    "5.1.1": "no such mailbox",
    "5.1.2": "no such domain, or it takes no mail",
    "5.1.3": "not an address by that server's rules",
    "5.1.4": "several mailboxes answer to it: none is meant",
    "5.1.6": "moved, and nobody knows where",
    "5.1.10": "the domain says that it takes no mail (RFC 7505); with Exchange: no such recipient",
    "5.2.1": "the mailbox is switched off",
    "5.4.4": "no way to the domain: Postfix says it of a domain that does not exist",
    "5.4.310": "Exchange Online: the domain does not exist",
}
# RFC 5321 4.2.3: mailbox unavailable, user not local, mailbox name not allowed.
_WRONG_ADDRESS_CODES: Final = (550, 551, 553)
# 550 alone may as well be "rejected for policy reasons" (RFC 5321 3.3), and older servers say no more.
_POLICY: Final = re.compile(
    r"spam|relay|block|black|reject(?:ed)? (?:by|for|due)|polic|reputation|denied|authenticat|spf|dkim|dmarc"
    r"|dnsbl|rbl|blocklist|too many|quota|full|content|virus",
    re.IGNORECASE,
)
_STATUS: Final = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_REPLY_CODE: Final = re.compile(r"(?<![\d.])([245]\d\d)(?![\d.]*\d)")


def enhanced_status(text: str) -> str:
    """The first status code of RFC 3463 in a text; empty text: none.

    >>> enhanced_status("550-5.1.1 no such user (in 3.5 s)"), enhanced_status("550 from 192.5.1.1")
    ('5.1.1', '')
    """
    found = _STATUS.search(text)
    return ".".join(str(int(number)) for number in found.groups()) if found else ""


def reply_code(text: str) -> int | None:
    """The first reply code of SMTP in a text, such as a bounce's Diagnostic-Code.

    >>> reply_code("smtp; 550 no such user"), reply_code("smtp; user unknown")
    (550, None)
    """
    found = _REPLY_CODE.search(text)
    return int(found[1]) if found else None


def is_wrong_address(code: int | None, text: str, *, is_about_receiver: bool = True) -> bool:
    """Whether a final refusal (5xx) blames the address.

    `is_about_receiver`: the bare `code` was said of a receiver. After the text of a mail it may be of the
    text; then only an enhanced status counts.

    >>> is_wrong_address(550, "5.1.1 unknown"), is_wrong_address(550, "5.7.1 spam")
    (True, False)
    """
    if code is not None and code // 100 != 5:
        return False
    status = enhanced_status(text)
    if status and not status.startswith("5.0."):
        return status in WRONG_ADDRESS
    return is_about_receiver and code in _WRONG_ADDRESS_CODES and not _POLICY.search(text)
