"""The key array knows whom a unit covers on a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np

from benchmarks import insured_check

ON = date(2026, 11, 22)
CURRENT, FORMER, OTHER = "A800000014", "AB23456789", "A123456789"


def covered(register: Path, unit_code: str, national_id: str) -> bool:
    """Whether the array holds the unit and the number."""
    return bool(
        np.isin(
            insured_check.keys_of([unit_code], [national_id]), insured_check.covered_keys(register, ON)
        ).all()
    )


def test_the_array_covers_by_unit_and_day_and_knows_former_numbers(tmp_path: Path) -> None:
    (tmp_path / "coverage.csv").write_text(
        "national_id,unit_code,relation,start_date,end_date\n"
        f"{CURRENT},110000001,insured,2020-01-01,\n"
        f"{OTHER},110000001,insured,2020-01-01,2026-11-22\n"  # the first day no longer covered
        f"{OTHER},110000002,insured,2026-11-22,2026-11-23\n",
        encoding="utf-8",
    )
    (tmp_path / "beneficiaries.csv").write_text(
        f"national_id,former_id\n{CURRENT},{FORMER}\n{OTHER},\n", encoding="utf-8"
    )
    assert covered(tmp_path, "110000001", CURRENT)
    assert covered(tmp_path, "110000001", FORMER)
    assert not covered(tmp_path, "110000001", OTHER)
    assert covered(tmp_path, "110000002", OTHER)
    assert not covered(tmp_path, "110000002", CURRENT)
