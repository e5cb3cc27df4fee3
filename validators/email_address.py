"""E-mail addresses of a file's second column, by the RFCs as `email-validator` reads them; no DNS is asked.

The normalised form is the one for an SMTP envelope: plain ASCII, the domain in lower case, an
internationalised domain as A-labels (`xn--...`), so that no server on the way needs SMTPUTF8.
"""

from __future__ import annotations

import re
from typing import Final

from email_validator import EmailNotValidError, validate_email

from validators.cell_text import Checked, Cleaned, clean, judged
from validators.codes import CellCode, RepairCode

# RFC 5321 4.5.3.1.3; the library refuses longer ones too, only slower.
MAX_LENGTH: Final = 254

# Misspelt domains as they occur in employers' files; all of them could exist.
MISTYPED_DOMAINS: Final = (
    "gamil.com", "gmai.com", "gmail.cm", "gmail.co", "gmail.com.tw", "gmaill.com", "gmal.com",
    "gmali.com", "gmial.com", "gmil.com", "gnail.com", "hinet.com", "hotamil.com", "hotmai.com",
    "hotmail.cm", "hotmail.co", "hotmal.com", "hotmial.com", "hotmil.com", "iclod.com", "iclould.com",
    "icoud.com", "outllook.com", "outlok.com", "outloook.com", "yaho.com", "yaho.com.tw", "yahoo.cm",
    "yahoo.co", "yahoo.com.te", "yahooo.com", "yahooo.com.tw", "yhaoo.com", "yhaoo.com.tw", "yhoo.com",
)  # fmt: skip
# Endings that are no top-level domains, misspelt from .com, .net or .tw.
MISTYPED_ENDINGS: Final = ("con", "cmo", "comm", "ocm", "vom", "xom", "ney", "nett", "tww")

_MISTYPED: Final = re.compile(
    "@(?:" + "|".join(map(re.escape, MISTYPED_DOMAINS)) + r")\Z|\.(?:" + "|".join(MISTYPED_ENDINGS) + r")\Z"
)


def normalize(text: str) -> Cleaned:
    """Strip outer blanks and text guards, fold full-width forms; inner spaces stay and are a fault.

    Repairs: full_width, quotes; blanks go silently. Source: docs/rules.md 2.

    >>> normalize(" wang＠example.com")
    Cleaned(value='wang@example.com', repairs=('full_width',))
    """
    value, repairs = clean(text)
    return Cleaned(value, tuple(repair for repair in repairs if repair != RepairCode.SPACES))


def fault(text: str) -> CellCode | None:
    """Returns EMAIL_MISSING, EMAIL_FORMAT, or None for an address to which mail can be sent.

    >>> fault("wang.da-ming@example.com")
    >>> fault("wang@example.com; lee@example.com")
    'EMAIL_FORMAT'
    """
    return _envelope_form(text)[1]


def check(text: str) -> Checked:
    """Normalise, then judge; the value of a good address is its envelope form.

    >>> check("Wang@Example.COM").value
    'Wang@example.com'
    >>> check("info@例え.テスト").value
    'info@xn--r8jz45g.xn--zckzah'
    """
    value, repairs = normalize(text)
    address, code = _envelope_form(value)
    return judged(Cleaned(address, repairs), code)


def is_valid(text: str) -> bool:
    """Whether the text, as it is, has no fault."""
    return fault(text) is None


def is_likely_typo(address: str) -> bool:
    """Whether a valid address ends like a common typing slip (gmial.com, gmail.con): a warning, no fault.

    >>> is_likely_typo("wang@gmial.com"), is_likely_typo("wang@example.com")
    (True, False)
    """
    return _MISTYPED.search(address) is not None


def _envelope_form(text: str) -> tuple[str, CellCode | None]:
    """The address as it stands in an SMTP envelope and None, or the text and its fault."""
    if not text:
        return text, CellCode.EMAIL_MISSING
    if len(text) > MAX_LENGTH:
        return text, CellCode.EMAIL_FORMAT
    try:
        address = validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        # The library's message repeats parts of the address, so it is not passed on.
        return text, CellCode.EMAIL_FORMAT
    return address.ascii_email or text, None
