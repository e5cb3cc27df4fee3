"""The peer that does the same work plainly: `csv.DictReader`, `email-validator`, `phonenumbers`, row by row.

Written from the rules of rows alone, with nothing of this project's validators, to give the same verdicts.
"""

from __future__ import annotations

import re
import unicodedata

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneNumberType

from benchmarks.peers.program import Cells, run_row_by_row, told

ZERO_WIDTH = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
QUOTES = "'\"‘’“”"
DASHES = str.maketrans(dict.fromkeys("‐‒–—―−", "-"))
ID = re.compile(r"[A-Z][1289A-D][0-9]{8}")
LETTERS = {letter: str(code) for code, letter in enumerate("ABCDEFGHJKLMNPQRSTUVXYWZIO", 10)}
WEIGHTS = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)  # of the letter's two digits and the nine characters behind it

DECIMAL = re.compile(r"\.0+$")
EXTENSION = re.compile(r" *(?:轉分機|分機|轉|ext|#)[.:]? *", re.IGNORECASE)
LONE_ZERO = re.compile(r"[ (]*0[ )(]*-")
WRITTEN = re.compile(r"[+(]{0,2}[0-9][0-9 ().-]*")
SEPARATORS = re.compile(r"[ ().-]")
COUNTRY_CODE = re.compile(r"(?:\+886|(?:00[25-79]?|019)?886(?=[0-9]{8}))0?")
NATIONAL = re.compile(r"0[2-9][0-9]{6,10}")
WITHOUT_EXTENSION = (PhoneNumberType.FIXED_LINE, PhoneNumberType.PERSONAL_NUMBER, PhoneNumberType.VOIP)


def judge(cells: Cells) -> str:
    """The columns of a row that are at fault."""
    national_id, email, phone = cells
    return told(id=is_id(clean_id(national_id)), email=is_email(clean(email)), phone=is_phone(phone))


def clean(text: str) -> str:
    """Without blanks and text guards around it, full-width characters folded."""
    value = unicodedata.normalize("NFKC", text).strip().strip(ZERO_WIDTH).strip()
    while value.startswith(("'", '="')):
        value = (value[1:] if value.startswith("'") else value[2:].removesuffix('"')).strip()
    return value


def clean_id(text: str) -> str:
    """Without blanks inside either, in upper case."""
    return "".join(character for character in clean(text) if character not in " " + ZERO_WIDTH).upper()


def is_id(value: str) -> bool:
    """Whether a national ID or a resident number of either form has the right check digit."""
    if not ID.fullmatch(value):
        return False
    second = value[1] if value[1].isdigit() else LETTERS[value[1]][1]
    digits = LETTERS[value[0]] + second + value[2:]
    return sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits, strict=True)) % 10 == 0


def is_email(value: str) -> bool:
    """Whether `email-validator` accepts it."""
    try:
        validate_email(value, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        return False
    return True


def is_phone(text: str) -> bool:
    """Whether it is a Taiwanese mobile, landline or 070 number; an extension on landlines only."""
    number, _, extension = clean_phone(text).partition("#")
    if not NATIONAL.fullmatch(number):
        return False
    parsed = phonenumbers.parse(number, "TW")
    if not phonenumbers.is_valid_number(parsed):
        return False
    kind = phonenumbers.number_type(parsed)
    if extension:
        return extension.isdigit() and kind == PhoneNumberType.FIXED_LINE
    return kind in WITHOUT_EXTENSION or (kind == PhoneNumberType.MOBILE and number.startswith("09"))


def clean_phone(text: str) -> str:
    """The national form, the extension behind #; nothing before that for what cannot be brought there."""
    value = EXTENSION.sub("#", clean(text).translate(DASHES).strip(QUOTES), count=1)
    body, mark, extension = value.partition("#")
    parts = body.split("/")
    numbers = {national(part) for part in parts}  # 0912345678/0912345678 is one number, 0912/345/678 too
    number = numbers.pop() if len(numbers) == 1 else national("".join(parts))
    return f"{number}{mark}{extension}"


def national(text: str) -> str:
    """A written number's digits with their leading zero, or ""."""
    written = DECIMAL.sub("", text)
    if not WRITTEN.fullmatch(written) or LONE_ZERO.match(written):
        return ""
    digits = COUNTRY_CODE.sub("0", SEPARATORS.sub("", written), count=1)
    return f"0{digits}" if len(digits) >= 9 and not digits.startswith("0") else digits


if __name__ == "__main__":
    run_row_by_row(judge)
