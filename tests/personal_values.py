"""Every personal value of a folder of sample data, and the search for them in text that must hold none."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path

PERSONAL = {"national_id", "former_id", "insured_national_id", "card_number", "email"}
CELL = re.compile(r"[A-Z][A-D1289]\d{8}|09\d{8}|[\w.+-]+@[\w.-]+")
WORD = re.compile(r"[\w.+@-]+")


def personal_values(folder: Path) -> set[str]:
    """IDs, card numbers, e-mails and phones of the register and of the files handed in."""
    values: set[str] = set()
    for path in (folder / "register").glob("*.csv"):
        with path.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                values |= {value for name, value in row.items() if value and name in PERSONAL}
    for path in (folder / "inbox").rglob("*.CSV"):
        values |= set(CELL.findall(path.read_bytes().decode("utf-8-sig", errors="replace")))
    return values


def files_with_personal_values(values: set[str], logs: Iterable[Path]) -> list[str]:
    """Names of the logs that hold at least one of the values as a word."""
    return [
        path.name
        for path in logs
        if values & set(WORD.findall(path.read_text(encoding="utf-8", errors="replace")))
    ]
