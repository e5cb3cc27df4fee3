"""Our own functions for single values, row by row; the verdicts that the vectorised path must repeat."""

from __future__ import annotations

from benchmarks.peers.program import Cells, run_row_by_row, told
from validators import email_address, person_id, phone


def judge(cells: Cells) -> str:
    """The columns of a row that are at fault."""
    national_id, email, number = cells
    return told(
        id=person_id.check(national_id).fault is None,
        email=email_address.check(email).fault is None,
        phone=phone.check(number).fault is None,
    )


if __name__ == "__main__":
    run_row_by_row(judge)
