"""Phone numbers of a file's third column: Taiwan mobiles, landlines (with extension) and 070 numbers.

The plan is the NCC's numbering plan as `phonenumbers` carries it. The normalised form is the national one,
digits only, the extension behind #: 0912345678, 0223456789#123.
"""

from __future__ import annotations

import re
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberType

from validators.cell_text import MAX_LENGTH, Checked, Cleaned, clean, in_order, judged, without_zero_width
from validators.characters import DASHES, QUOTES
from validators.codes import CellCode, RepairCode

REGION: Final = "TW"
COUNTRY_CODE: Final = 886

# Shape of the normalised form: 0 and the 7-11 digits of a national number; the extension as in the library.
CANONICAL: Final = re.compile(r"0[2-9][0-9]{6,10}(?:#[0-9]{1,9})?")

# Nine digits without the zero: no local number is that long, so Excel dropped it. Eight digits are a Taipei
# number without its area code or one of Taoyuan without its zero: they are ambiguous and not repaired.
SHORTEST_WITHOUT_ZERO: Final = 9
SHORTEST_WITH_COUNTRY_CODE: Final = 11

_DASHES: Final = str.maketrans(dict.fromkeys(DASHES, "-"))
_SEPARATORS: Final = " ().-"

_SCIENTIFIC: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?[eE][+-]?[0-9]+")
_DECIMAL: Final = re.compile(r"([0-9]+)\.0+")
_EXTENSION_WORD: Final = re.compile(r" *(?:轉分機|分機|轉|ext)[.:]? *", re.IGNORECASE)
_PLAIN: Final = re.compile(r"[0-9 ()+.-]*")
_HASH: Final = re.compile(r" *# *")
# A number as people write it; a dot only between groups, so that 9123456.5 is no number.
_WRITTEN: Final = re.compile(r"[+(]{0,2}[0-9](?:[0-9 ()-]|(?<=[0-9])\.(?=[0-9]{3}))*")
_LONE_ZERO: Final = re.compile(r"[ (]*0[ )(]*-")
# Taiwan's international prefixes (002, 005, 006, 007, 009, 019) and the bare 00, before the country code.
_DIALLED_COUNTRY_CODE: Final = re.compile(r"(?:00[25-79]?|019)?886")


def normalize(text: str) -> Cleaned:
    """Bring a number to its national form, or as near to it as its text allows.

    Repairs: all but lower_case. Hyphens, brackets, inner spaces, dots between groups and +886 go silently.
    Source: docs/rules.md 2.

    >>> normalize("+886 912-345-678")
    Cleaned(value='0912345678', repairs=())
    >>> normalize("912345678.0")
    Cleaned(value='0912345678', repairs=('lost_zero', 'decimal'))
    >>> normalize("02-23456789轉123")
    Cleaned(value='0223456789#123', repairs=('extension',))
    >>> normalize("0-912345678").value
    '0-912345678'
    """
    value, repairs = _cleaned(text)
    if decimal := _DECIMAL.fullmatch(value):
        value = decimal[1]
        repairs.add(RepairCode.DECIMAL)
    body, mark, extension = value.partition("#")
    if "/" in body:
        body = _without_slash(body)
        repairs.add(RepairCode.SLASH)
    national = _national(body, repairs)
    if national is None:
        return Cleaned(value, in_order(repairs - {RepairCode.SLASH}))
    return Cleaned(national + mark + extension, in_order(repairs))


def fault(text: str) -> CellCode | None:
    """Returns PHONE_MISSING, PHONE_DIGITS_LOST, PHONE_FORMAT, or None for a number in its normalised form.

    >>> fault("0912345678")
    >>> fault("9.12E+08")
    'PHONE_DIGITS_LOST'
    >>> fault("0800030598")
    'PHONE_FORMAT'
    """
    if not text:
        return CellCode.PHONE_MISSING
    if _SCIENTIFIC.fullmatch(text):
        return CellCode.PHONE_DIGITS_LOST
    if CANONICAL.fullmatch(text) and _library_accepts(text):
        return None
    return CellCode.PHONE_FORMAT


def check(text: str) -> Checked:
    """Normalise, then judge.

    >>> check("(02) 2345-6789 # 1234")
    Checked(value='0223456789#1234', fault=None, repairs=())
    """
    cleaned = normalize(text)
    return judged(cleaned, fault(cleaned.value))


def _library_accepts(canonical: str) -> bool:
    """Whether `phonenumbers` knows it as one of the accepted kinds, with an extension on landlines only."""
    try:
        number = phonenumbers.parse(canonical, REGION)
    except phonenumbers.NumberParseException:
        return False
    if number.country_code != COUNTRY_CODE:
        return False
    kind = phonenumbers.number_type(number)
    if "#" in canonical:
        return kind == PhoneNumberType.FIXED_LINE
    if kind == PhoneNumberType.MOBILE:
        return canonical.startswith("09")
    return kind in (PhoneNumberType.FIXED_LINE, PhoneNumberType.PERSONAL_NUMBER, PhoneNumberType.VOIP)


def _cleaned(text: str) -> tuple[str, set[RepairCode]]:
    """The text with plain dashes and # for extension words, without quotes and marks; and its repairs."""
    dashed = text if text.isascii() else text.translate(_DASHES)
    cleaned = clean(dashed)
    repairs = set(cleaned.repairs)
    if len(cleaned.value) > MAX_LENGTH:
        return cleaned.value, repairs
    if dashed != text:
        repairs.add(RepairCode.HYPHEN)
    value = without_zero_width(cleaned.value)
    if value != cleaned.value:
        repairs.add(RepairCode.SPACES)
    unquoted = value.strip(QUOTES)
    if unquoted != value:
        repairs.add(RepairCode.QUOTES)
        unquoted = unquoted.strip()
    if not _PLAIN.fullmatch(unquoted):
        worded = _EXTENSION_WORD.sub("#", unquoted)
        if worded != unquoted:
            repairs.add(RepairCode.EXTENSION)
        unquoted = _HASH.sub("#", worded)
    return unquoted, repairs


def _without_slash(body: str) -> str:
    """The number without slashes between its groups; unchanged where they part two numbers."""
    parts = [part for part in body.split("/") if part.strip()]
    numbers = [_national(part, set()) for part in parts]
    alone = {number for number in numbers if number and fault(number) is None}
    if not alone:
        return "".join(parts)
    # 0912345678/0912345678 is one number; 02-23456789/90 stands for two.
    return parts[0] if len(alone) == 1 and None not in numbers and set(numbers) == alone else body


def _national(body: str, repairs: set[RepairCode]) -> str | None:
    """The digits of a written number with their leading zero, or None; adds lost_zero and country_code."""
    if not _WRITTEN.fullmatch(body) or _LONE_ZERO.match(body):
        return None
    digits = body
    for separator in _SEPARATORS:
        digits = digits.replace(separator, "")
    if digits.startswith("+"):
        if not digits.startswith(f"+{COUNTRY_CODE}"):
            return None
        digits = digits.removeprefix(f"+{COUNTRY_CODE}")
        if digits.startswith("0"):
            repairs.add(RepairCode.COUNTRY_CODE)
        return "0" + digits.removeprefix("0")
    dialled = _DIALLED_COUNTRY_CODE.match(digits)
    if dialled and len(digits) >= SHORTEST_WITH_COUNTRY_CODE:
        repairs.add(RepairCode.COUNTRY_CODE)
        return "0" + digits[dialled.end() :].removeprefix("0")
    if not digits.startswith("0"):
        if len(digits) < SHORTEST_WITHOUT_ZERO:
            return None
        repairs.add(RepairCode.LOST_ZERO)
        return "0" + digits
    return digits
