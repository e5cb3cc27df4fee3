"""E-mail addresses of a file's second column, by the RFCs as `email-validator` reads them; no DNS is asked.

The normalised form is the one for an SMTP envelope: plain ASCII, the domain in lower case, an
internationalised domain as A-labels (`xn--...`), so that no server on the way needs SMTPUTF8.
"""

from __future__ import annotations

import re
from typing import Final

from email_validator import EmailNotValidError, validate_email

from validators.cell_text import Checked, Cleaned, clean, judged
from validators.codes import CellCode, Code, RepairCode

# RFC 5321 4.5.3.1.3; the library refuses longer ones too, only slower.
MAX_LENGTH: Final = 254

# Domains people meant to write otherwise, seen in the files of the trade; all of them could exist.
MISTYPED_DOMAINS: Final = (
    "gamil.com", "gmai.com", "gmail.cm", "gmail.co", "gmail.com.tw", "gmaill.com", "gmal.com",
    "gmali.com", "gmial.com", "gmil.com", "gnail.com", "hinet.com", "hotamil.com", "hotmai.com",
    "hotmail.cm", "hotmail.co", "hotmal.com", "hotmial.com", "hotmil.com", "iclod.com", "iclould.com",
    "icoud.com", "outllook.com", "outlok.com", "outloook.com", "yaho.com", "yaho.com.tw", "yahoo.cm",
    "yahoo.co", "yahoo.com.te", "yahooo.com", "yahooo.com.tw", "yhaoo.com", "yhaoo.com.tw", "yhoo.com",
)  # fmt: skip
# Endings that are no top-level domains; each is a slip of .com, .net or .tw.
MISTYPED_ENDINGS: Final = ("con", "cmo", "comm", "ocm", "vom", "xom", "ney", "nett", "tww")

_MISTYPED: Final = re.compile(
    "@(?:" + "|".join(map(re.escape, MISTYPED_DOMAINS)) + r")\Z|\.(?:" + "|".join(MISTYPED_ENDINGS) + r")\Z"
)


def normalize(text: str) -> Cleaned:
    """Strip outer blanks (silently) and guards, fold full-width forms; spaces inside stay, to be refused.

    Repairs told: full_width, quotes. Source: the table of rows, column e-mail.

    >>> normalize(" wang＠example.com")
    Cleaned(value='wang@example.com', repairs=('full_width',))
    """
    value, repairs = clean(text)
    return Cleaned(value, tuple(repair for repair in repairs if repair != RepairCode.SPACES))


def fault(text: str) -> Code | None:
    """Returns EMAIL_MISSING, EMAIL_FORMAT, or None for an address to which mail can be sent.

    >>> fault("wang.da-ming@example.com")
    >>> fault("wang@example.com; lee@example.com")
    'EMAIL_FORMAT'
    """
    return _envelope_form(text).fault


def check(text: str) -> Checked:
    """Normalise, then judge; the value of a good address is its envelope form.

    >>> check("Wang@Example.COM").value
    'Wang@example.com'
    >>> check("info@例え.テスト").value
    'info@xn--r8jz45g.xn--zckzah'
    """
    value, repairs = normalize(text)
    verdict = _envelope_form(value)
    return judged(Cleaned(verdict.value, repairs), verdict.fault)


def is_valid(text: str) -> bool:
    """Whether the text, as it is, has no fault."""
    return fault(text) is None


def is_likely_typo(address: str) -> bool:
    """Whether a valid address ends like a common typing slip, such as gmial.com or gmail.con; a warning only.

    >>> is_likely_typo("wang@gmial.com"), is_likely_typo("wang@example.com")
    (True, False)
    """
    return _MISTYPED.search(address) is not None


def _envelope_form(text: str) -> Checked:
    """The address as it stands in an SMTP envelope, or the text with its fault."""
    if not text:
        return Checked(text, CellCode.EMAIL_MISSING)
    if len(text) > MAX_LENGTH:
        return Checked(text, CellCode.EMAIL_FORMAT)
    try:
        address = validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        # The library's sentence repeats parts of the address; the code is enough.
        return Checked(text, CellCode.EMAIL_FORMAT)
    return Checked(address.ascii_email or text)
