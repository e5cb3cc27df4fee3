"""The CSV to start from: the header and two made-up people, whose numbers have right check digits."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Final

import numpy as np

from pipeline.sample.numbers import mobile_numbers, person_numbers
from pipeline.sample.plain import HEADER

NAME: Final = "template.csv"
NAME_ZH: Final = "名冊範本.csv"
_SEED: Final = 20150820  # the day in the seed's file name; any number will do
_PEOPLE: Final = np.arange(2)
_RESIDENT: Final = np.array([False, True])


def template_csv() -> bytes:
    """UTF-8 with BOM, CRLF: what Excel opens with the right characters.

    Phones have hyphens: Excel takes such a cell for text and leaves its leading zero alone.
    """
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADER.split(","))
    ids = person_numbers(_PEOPLE, _RESIDENT, seed=_SEED).to_pylist()
    phones = mobile_numbers(_PEOPLE, seed=_SEED).to_pylist()
    for place, (person_id, phone) in enumerate(zip(ids, phones, strict=True), start=1):
        writer.writerow((person_id, f"example{place}@example.com", f"{phone[:4]}-{phone[4:7]}-{phone[7:]}"))
    return text.getvalue().encode("utf-8-sig")
