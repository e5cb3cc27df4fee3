"""The seed's own example, row for row, and a second unit's file as Excel leaves one; the register for both.

Source: seed 001, the result log of the bulk registration. It shows the first six characters of each ID;
the rest is made up, with a right check digit.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Final

from pipeline.bulk.intake.employer_file.column_names import HEADER
from pipeline.sample.plain import PLACES, WIDE, check_digit

Row = dict[str, Any]

EXAMPLE_UNIT: Final = "110000001"
OTHER_UNIT: Final = "210000002"
CLOSED_UNIT: Final = "310000003"
INSURED_HERE: Final = ("E22361", "E22425", "H22321")
COVERED_ELSEWHERE: Final = ("S22112", "S22234")
COVERED_BEFORE: Final = ("E22213",)  # by this unit, until a month ago
OF_CLOSED_UNIT: Final = ("S22271",)
NEVER_COVERED: Final = ("R12189",)  # in the register, covered by nobody; E12099 and T12183 are not even in it
BADLY_TYPED: Final = ("T12151",)
FOREIGNER: Final = "A80012"  # in no file: registers at a station, by the residence permit
_EXAMPLE_ROWS: Final = "E22361 E22425 H22321 S22112 E22213 E12099 S22234 S22271 T12183 R12189 T12151"
EXAMPLE_ROWS: Final = tuple(_EXAMPLE_ROWS.split())
_OTHER_ROWS: Final = (
    "A12801 B22802 C12803 D22804 F12805 G22806 H12807 I22808 J12809 K22810 M12811 N22812 O12813 P22814"
)
OTHER_ROWS: Final = tuple(_OTHER_ROWS.split())
WITHOUT_CARD: Final = "O12813"
SURNAMES: Final = "林陳王李張黃吳周徐高何郭蔡洪謝邱"
_GIVEN: Final = "怡安 志明 雅婷 俊宏 淑芬 建志 美玲 家豪 佩君 文彬 心怡 宗翰 詠晴"
GIVEN: Final = tuple(_GIVEN.split())
STARTED: Final = date(2010, 3, 1)
MONTH: Final = timedelta(days=30)
USER_DEFINED: Final = b"\xfa\x40"  # CP950's user-defined range: a character that only one firm's font shows


def made_up_id(prefix: str) -> str:
    """A whole ID number for its first six characters."""
    body = f"{prefix}{int(prefix[2:]) * 37 % 1_000:03d}"
    return body + check_digit(body[0], body[1:])


def example_file() -> bytes:
    """The eleven rows whose answer is the seed's log, as Excel's "CSV UTF-8" writes them."""
    rows = [f"{made_up_id(prefix)},{_email(prefix)},{_mobile(prefix)}" for prefix in EXAMPLE_ROWS[:-1]]
    rows.append(f"{made_up_id(EXAMPLE_ROWS[-1])},{_email(EXAMPLE_ROWS[-1]).replace('@', '')},0912-34")
    return "\r\n".join([HEADER, *rows, ""]).encode("utf-8-sig")


def excel_file() -> bytes:
    """Fifteen rows in CP950, with a column too many and most of what Excel and people do to numbers."""
    lines = [f"姓名,{HEADER}".encode("cp950")]
    for number, (prefix, cells) in enumerate(zip((*OTHER_ROWS, OTHER_ROWS[0]), _excel_cells(), strict=True)):
        name = _name(prefix).encode("cp950")
        lines.append(
            (name[:4] + USER_DEFINED if number == 2 else name) + b"," + ",".join(cells).encode("cp950")
        )
    return b"\r\n".join([*lines, b""])


def _excel_cells() -> list[tuple[str, str, str]]:
    cells = [(made_up_id(prefix), _email(prefix), _mobile(prefix)) for prefix in OTHER_ROWS]
    number, email, phone = (list(column) for column in zip(*cells, strict=True))
    phone[1] = phone[1][1:]  # the zero is lost
    phone[2] = f"{phone[2][1:]}.0"
    number[3], phone[3] = number[3].translate(WIDE), phone[3].translate(WIDE)
    phone[4] = f'"=""{phone[4]}"""'
    number[5] = number[5].lower()
    number[6] = f"\u3000{number[6]} "
    phone[7] = "9.12E+08"  # digits are lost for good
    phone[8] = f"'{phone[8]}"
    phone[9] = f"886-{phone[9][1:]}"
    phone[10] = "02-23456789轉12"
    email[11] = email[11].replace("@", "\uff20")
    email[13] = email[0]  # a dependant with the insured's address
    return [*zip(number, email, phone, strict=True), (number[0], email[0], phone[0])]


def units(today: date) -> list[Row]:
    """The three units of the example, one of them closed."""
    return [
        {"unit_code": EXAMPLE_UNIT, "unit_name": "範例精密工業股份有限公司", "region": "臺北"},
        {"unit_code": OTHER_UNIT, "unit_name": "示範食品股份有限公司", "region": "北區"},
        {"unit_code": CLOSED_UNIT, "unit_name": "已歇業貿易行", "region": "中區", "closed_on": today - MONTH},
    ]


def contacts() -> list[Row]:
    """Two contacts of the seed's unit; one agent serves the other two units."""
    return [
        {"unit_code": EXAMPLE_UNIT, "name": "林承辦", "email": "hr@unit1.example.com"},
        {"unit_code": EXAMPLE_UNIT, "name": "陳會計", "email": "payroll@unit1.example.com"},
        {"unit_code": OTHER_UNIT, "name": "王代辦", "email": "agent@example.org"},
        {"unit_code": CLOSED_UNIT, "name": "王代辦", "email": "agent@example.org"},
    ]


def beneficiaries() -> list[Row]:
    """Everybody of the two files whom the register knows."""
    return [*(_beneficiary(place, prefix) for place, prefix in enumerate(_known())), foreigner()]


def foreigner() -> Row:
    """Somebody with a residence permit in place of a household."""
    permit = {
        "name": "TRAN THI LAN",
        "arc_issue_date": date(2025, 5, 20),
        "arc_expiry_date": date(2028, 5, 19),
        "arc_serial": "YB12345678",
    }
    none = dict.fromkeys(("household_number", "county", "town", "village", "neighbourhood"), "")
    return _beneficiary(3, FOREIGNER) | none | permit


def coverage(today: date) -> list[Row]:
    """Who is covered where: of the seed's rows the first three and the last are covered by its unit now."""
    rows = [_period(prefix, EXAMPLE_UNIT) for prefix in (*INSURED_HERE[:2], *BADLY_TYPED)]
    rows.append(_period(INSURED_HERE[2], EXAMPLE_UNIT, holder=INSURED_HERE[0]))
    rows += [_period(prefix, EXAMPLE_UNIT, end=today - MONTH) for prefix in COVERED_BEFORE]
    rows += [_period(prefix, CLOSED_UNIT, end=today - MONTH) for prefix in OF_CLOSED_UNIT]
    rows += [_period(prefix, OTHER_UNIT) for prefix in (*COVERED_ELSEWHERE, *OTHER_ROWS[:-1])]
    rows.append(_period(OTHER_ROWS[-1], OTHER_UNIT, holder=OTHER_ROWS[0]))
    return rows


def _known() -> Iterable[str]:
    covered = (*INSURED_HERE, *COVERED_ELSEWHERE, *COVERED_BEFORE, *OF_CLOSED_UNIT)
    return (*covered, *NEVER_COVERED, *BADLY_TYPED, *OTHER_ROWS)


def _beneficiary(place: int, prefix: str) -> Row:
    county, town, village = PLACES[place % len(PLACES)]
    return {
        "national_id": made_up_id(prefix),
        "name": _name(prefix),
        "birth_date": date(1970 + place, place % 12 + 1, place % 28 + 1),
        "card_number": f"00007{int(prefix[2:]) * 811 % 10_000_000:07d}",
        "card_valid": int(prefix != WITHOUT_CARD),
        "household_number": f"F{int(prefix[2:]) * 613 % 10_000_000:07d}",
        "county": county,
        "town": town,
        "village": village,
        "neighbourhood": str(place % 20 + 1),
        "arc_serial": "",
        "former_id": "",
    }


def _period(prefix: str, unit_code: str, *, end: date | None = None, holder: str | None = None) -> Row:
    return {
        "national_id": made_up_id(prefix),
        "unit_code": unit_code,
        "relation": "dependant" if holder else "insured",
        "start_date": STARTED,
        "end_date": end,
        "insured_national_id": made_up_id(holder) if holder else "",
        "dependant_kind": "子女" if holder else "",
        "insured_amount": 45_800,
    }


def _name(prefix: str) -> str:
    number = int(prefix[2:])
    return SURNAMES[number % len(SURNAMES)] + GIVEN[number % len(GIVEN)]


def _email(prefix: str) -> str:
    return f"staff{prefix[1:]}@example.com"


def _mobile(prefix: str) -> str:
    return f"09{int(prefix[1:]) * 733 % 90_000_000:08d}"
