"""Files as careless people and malicious ones make them; whatever must not come back carries a canary."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Literal

from hypothesis import strategies as st

from tests.journey.office import HEADER
from tests.validators.made_up import EMAILS, PERSON_IDS, PHONES, person_id, touched

CANARY = "kanarek"
HOSTILE_CELLS = (
    f'=cmd|"/C {CANARY}"!A0',
    f"+{CANARY}",
    f"-{CANARY}",
    f"@SUM({CANARY})",
    f"\t={CANARY}",
    f"{CANARY}\r\n02:00:00 第1筆資料:A12345****網路服務註冊成功!",
    f"{CANARY}\n\n",
    f"\r{CANARY}",
    f'"{CANARY}"',
    f"{CANARY}@example.com; other@example.com",
    f"<script>{CANARY}</script>",
    f"{{{{ {CANARY} }}}}",
    f"\u202e{CANARY}",
    f"{CANARY} 0912345678",
    CANARY * 2_000,
    "'; DROP TABLE registration; --" + CANARY,
    f"%s{CANARY}%(x)s",
    f"\\.{CANARY}",
    "\\.",
    "\\N",
    "NULL",
    "０",
    " ",
    "",
)
KNOWN_IDS = tuple(person_id("B", "2", 3_000_000 + number) for number in range(20))  # covered, with a card
WAYS_TO_QUOTE: tuple[tuple[str, Literal[0, 1]], ...] = (
    ("\r\n", csv.QUOTE_MINIMAL), ("\r\n", csv.QUOTE_ALL), ("\n", csv.QUOTE_ALL),
)  # fmt: skip
cells = st.sampled_from(HOSTILE_CELLS)
rows = st.tuples(
    st.sampled_from(KNOWN_IDS) | touched(PERSON_IDS) | PERSON_IDS | cells,
    touched(EMAILS) | cells,
    touched(PHONES) | cells,
).map(lambda row: [cell.replace("\0", "") for cell in row])


@dataclass(frozen=True)
class Written:
    """A file's bytes, and the rows in them that are not blank."""

    content: bytes
    rows: tuple[tuple[str, str, str], ...]


@st.composite
def written_files(draw: st.DrawFn) -> Written:
    """Rows written by a correct CSV writer, in one of the ways that are accepted."""
    table = draw(st.lists(rows, min_size=1, max_size=12))
    buffer = io.StringIO(newline="")
    # Python's writer quotes a lone CR only when it ends lines with one.
    line_end, quoting = draw(st.sampled_from(WAYS_TO_QUOTE))
    separator = draw(st.sampled_from(",;\t"))
    writer = csv.writer(buffer, delimiter=separator, lineterminator=line_end, quoting=quoting)
    writer.writerow(HEADER.split(","))
    writer.writerows(table)
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
    return Written(
        buffer.getvalue().encode(encoding, "replace"), tuple((row[0], row[1], row[2]) for row in table)
    )


junk = st.sampled_from([b'"', b"\0", b"\r", b"\n", b"\xff", b"\x1a", b",", b"\xa4"])
places = st.integers(0, 2_000)
scraps = st.text(alphabet='",;\t\r\n A1=@x0\x1a', max_size=120)
broken_files = st.one_of(
    st.binary(max_size=300),
    st.builds(lambda text, end: f"{HEADER}\r\n{text}".encode() + end, scraps, st.binary(max_size=3)),
    st.builds(
        lambda file, at, byte: file.content[:at] + byte + file.content[at:], written_files(), places, junk
    ),
    st.builds(lambda file, at: file.content[:at], written_files(), places),
)
