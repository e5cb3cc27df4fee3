"""The CSV to start from: the header and two made-up people whose ID numbers have right check digits."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Final

from pipeline.bulk.intake.employer_file.column_names import HEADER

NAME: Final = "template.csv"
NAME_ZH: Final = "名冊範本.csv"
# With hyphens Excel reads a phone number as text and keeps its leading zero.
PEOPLE: Final = (
    ("Q238684405", "example1@example.com", "0923-892-197"),
    ("H861044837", "example2@example.com", "0979-816-696"),
)


def template_csv() -> bytes:
    """The file in UTF-8 with BOM and CRLF, so that Excel shows the right characters."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows((HEADER.split(","), *PEOPLE))
    return text.getvalue().encode("utf-8-sig")
