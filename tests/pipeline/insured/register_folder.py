"""A register of three people and two units, written to disk for a test to change."""

from __future__ import annotations

import csv
from pathlib import Path

Rows = list[dict[str, str]]

NOBODY_KNOWN = {"arc_issue_date": "", "arc_expiry_date": "", "arc_serial": ""}
HOME = {"county": "臺北市", "town": "大安區", "village": "龍門里", "neighbourhood": "3"}


def person(national_id: str, card_number: str, **other: str) -> dict[str, str]:
    """One line of `beneficiaries`."""
    line = {
        "national_id": national_id,
        "name": "林怡安",
        "birth_date": "1980-02-29",
        "card_number": card_number,
    }
    return line | {"card_valid": "1", "household_number": "F1234567"} | HOME | NOBODY_KNOWN | other


def period(national_id: str, unit_code: str, **other: str) -> dict[str, str]:
    """One line of `coverage`."""
    line = {"national_id": national_id, "unit_code": unit_code, "relation": "insured"}
    return line | {"start_date": "2015-01-01", "end_date": ""} | other


def contact(unit_code: str, email: str) -> dict[str, str]:
    """One line of `contacts`."""
    return {"unit_code": unit_code, "name": "王承辦", "email": email}


def small_register() -> dict[str, Rows]:
    """The four files' lines, by the file's word."""
    return {
        "units": [
            {"unit_code": "110000001", "unit_name": "範例公司", "closed_on": ""},
            {"unit_code": "210000002", "unit_name": "示範公司", "closed_on": ""},
        ],
        "contacts": [contact("110000001", "hr@example.com")],
        "beneficiaries": [
            person("A123456789", "000012345678"),
            person("B123456780", "000012345679"),
            person("C123456781", "", card_valid="0"),
        ],
        "coverage": [
            period("A123456789", "110000001"),
            period("B123456780", "110000001", end_date="2016-01-31"),
            period("C123456781", "210000002"),
        ],
    }


def write(folder: Path, register: dict[str, Rows]) -> Path:
    """Write the lines as CSV files; every line has the columns of its file's first line."""
    folder.mkdir(exist_ok=True)
    for word, rows in register.items():
        with (folder / f"{word}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return folder
