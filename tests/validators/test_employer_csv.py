from __future__ import annotations

import subprocess
import sys

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.validators.made_up import EMAILS, PERSON_IDS, PHONES, person_id, touched
from validators import email_address, email_column, id_column, phone, phone_column
from validators import person_id as person_id_rules
from validators.employer_csv import RowFrameError, judge_rows
from validators.personal_data import mask_id

WANG, LIN, CHEN = (person_id("A", "1", number) for number in (1, 2, 3))
GOOD = (WANG, "wang@example.com", "0912345678")


def frame(*rows: tuple[str, str, str], files: list[int] | None = None) -> pd.DataFrame:
    """A row frame of these (ID, e-mail, phone) rows, of one file unless `files` says otherwise."""
    numbers = pd.RangeIndex(1, len(rows) + 1).to_numpy()
    return pd.DataFrame(
        {
            "file_id": pd.Series(files or [7] * len(rows), dtype="int64"),
            "row_number": numbers.astype("int32"),
            "line_number": (numbers + 1).astype("int32"),
        }
        | {
            name: pd.Series([row[place] for row in rows], dtype="str")
            for place, name in enumerate(("national_id", "email", "phone"))
        }
    )


def test_a_good_row_comes_through_normalised_and_without_faults() -> None:
    judged = judge_rows(frame((f" {WANG.lower()}", "Wang@Example.com", "+886 912-345-678")))
    assert judged.iloc[0].to_dict() == {
        "file_id": 7,
        "row_number": 1,
        "line_number": 2,
        "national_id": WANG,
        "email": "Wang@example.com",
        "phone": "0912345678",
        "id_fault": "",
        "id_repairs": "lower_case spaces",
        "email_fault": "",
        "email_repairs": "",
        "phone_fault": "",
        "phone_repairs": "",
        "masked_id": WANG[:6] + "****",
        "is_duplicate": False,
        "email_typo": False,
        "email_shared": False,
    }


def test_every_fault_of_a_row_is_found_at_once() -> None:
    judged = judge_rows(frame(("A123456788", "wang@", "9.12E+08"), ("", "", "")))
    faults = judged[["id_fault", "email_fault", "phone_fault"]].to_numpy().tolist()
    assert faults == [
        ["ID_CHECK_DIGIT", "EMAIL_FORMAT", "PHONE_DIGITS_LOST"],
        ["ID_MISSING", "EMAIL_MISSING", "PHONE_MISSING"],
    ]
    assert judged["masked_id"].tolist() == ["A12345****", "**********"]


def test_a_duplicate_needs_an_earlier_row_of_the_same_file_without_faults() -> None:
    rows = frame(
        (WANG, "wang@example.com", "bad"),  # a fault: does not count
        GOOD,
        (WANG.lower(), "other@example.com", "0912345678"),  # the duplicate
        (WANG, "bad", "0912345678"),  # a fault: is none
        GOOD,  # another file
        files=[1, 1, 1, 1, 2],
    )
    assert judge_rows(rows)["is_duplicate"].tolist() == [False, False, True, False, False]


def test_a_good_address_on_two_rows_of_one_file_is_shared_whatever_its_case() -> None:
    rows = frame(
        (WANG, "home@example.com", "0912345678"),
        (LIN, "Home@Example.com", "bad"),
        (CHEN, "chen@example.com", "0912345678"),
        (CHEN, "chen@example.com", "0912345678"),
        (WANG, "", ""),
        (LIN, "", ""),
        files=[1, 1, 1, 2, 1, 1],
    )
    assert judge_rows(rows)["email_shared"].tolist() == [True, True, False, False, False, False]


def test_a_typing_slip_is_noticed_on_good_addresses_only() -> None:
    rows = frame((WANG, "wang@gmial.com", ""), (LIN, "lin @gmial.com", ""), (CHEN, "chen@example.com", ""))
    assert judge_rows(rows)["email_typo"].tolist() == [True, False, False]


def test_the_index_is_kept_and_the_frame_given_is_left_alone() -> None:
    rows = frame(GOOD, GOOD).set_index(pd.Index([30, 40]))
    before = rows.copy(deep=True)
    assert judge_rows(rows).index.tolist() == [30, 40]
    pd.testing.assert_frame_equal(rows, before)


def test_no_rows_give_no_rows() -> None:
    judged = judge_rows(frame())
    assert judged.empty
    assert judged.columns.tolist() == judge_rows(frame(GOOD)).columns.tolist()


def test_rows_of_a_joined_and_cut_frame_are_judged_alike() -> None:
    joined = pd.concat([frame(GOOD, ("x", "y", "z")), frame(GOOD)], ignore_index=True)
    cut = joined.iloc[1:].reset_index(drop=True)
    assert judge_rows(cut)["id_fault"].tolist() == ["ID_FORMAT", ""]


@pytest.mark.parametrize(
    ("rows", "column"),
    [
        pytest.param(frame(GOOD).drop(columns="phone"), "phone", id="column missing"),
        pytest.param(frame(GOOD).astype({"file_id": "float64"}), "file_id", id="wrong type"),
        pytest.param(frame(GOOD, GOOD).assign(email=pd.Series([None, "x"], dtype="str")), "email", id="null"),
    ],
)
def test_another_frame_is_the_callers_mistake_and_its_cells_are_not_repeated(
    rows: pd.DataFrame, column: str
) -> None:
    with pytest.raises(RowFrameError) as refused:
        judge_rows(rows)
    assert WANG not in str(refused.value)
    assert column in str(refused.value) or column == "phone"
    assert refused.value.__suppress_context__


COLUMNS = [
    pytest.param(id_column.judge, person_id_rules.check, PERSON_IDS, id="id"),
    pytest.param(email_column.judge, email_address.check, EMAILS, id="email"),
    pytest.param(phone_column.judge, phone.check, PHONES, id="phone"),
]


@pytest.mark.parametrize(("judge", "check", "cells"), COLUMNS)
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_a_column_judged_at_once_is_each_cell_checked_alone(judge, check, cells, data) -> None:  # type: ignore[no-untyped-def]
    texts = data.draw(st.lists(touched(cells), min_size=1, max_size=30))
    verdict = judge(pa.array(texts, pa.large_string()))
    together = zip(
        verdict.values.to_pylist(),
        [verdict.fault_codes[code] or None for code in verdict.faults],
        [tuple(verdict.repair_sets[code].split()) for code in verdict.repairs],
        strict=True,
    )
    assert list(together) == [tuple(check(text)) for text in texts]


@settings(max_examples=50, deadline=None)
@given(st.lists(touched(PERSON_IDS), max_size=20), st.lists(touched(EMAILS), max_size=20))
def test_masks_and_typos_of_a_column_are_those_of_each_cell(ids: list[str], emails: list[str]) -> None:
    masked = id_column.masked(id_column.judge(pa.array(ids, pa.large_string())))
    assert masked.to_pylist() == [mask_id(text) for text in ids]
    verdict = email_column.judge(pa.array(emails, pa.large_string()))
    alone = [email_address.check(text) for text in emails]
    assert email_column.likely_typos(verdict).tolist() == [
        fault is None and email_address.is_likely_typo(value) for value, fault, _ in alone
    ]


def test_every_prefix_of_the_numbering_plan_is_judged_as_the_library_judges_it() -> None:
    prefixes = [f"0{prefix}" for prefix in range(200, 1000)]
    numbers = [prefix + "3456789"[:size] for prefix in prefixes for size in (4, 5, 6, 7)]
    verdict = phone_column.judge(pa.array(numbers, pa.large_string()))
    assert verdict.is_good.tolist() == [phone.fault(number) is None for number in numbers]


def test_different_ids_have_different_keys() -> None:
    parts = [("A", "1", 0), ("A", "A", 0), ("B", "1", 0), ("Z", "D", 9_999_999)]
    ids = [person_id(*part) for part in parts]
    keys = id_column.keys(pa.array(ids, pa.large_string()), pd.RangeIndex(len(ids)).to_numpy())
    assert len(set(keys.tolist())) == len(ids)
    assert keys.min() >= 0
    assert keys.max() < id_column.KEY_LIMIT


def test_single_value_modules_load_without_pandas_and_pyarrow() -> None:
    code = (
        "import sys; import validators.file_name, validators.personal_data, validators.phone;"
        "import validators.email_address;"
        "print(sorted({'pandas', 'pandera', 'pyarrow', 'numpy'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
