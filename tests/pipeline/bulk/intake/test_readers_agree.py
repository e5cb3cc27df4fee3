"""Two readers, one result; rows in = rows out; and whatever the bytes are, rows or one refusal."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from pipeline.bulk.intake.employer_file.careful_rows import CarefulFile, read_careful
from pipeline.bulk.intake.employer_file.opening import open_rows, read_rows
from pipeline.bulk.intake.employer_file.plain_rows import PlainFile, read_plain
from pipeline.bulk.intake.employer_file.records import is_blank
from pipeline.bulk.intake.employer_file.row_frame import build_frame
from pipeline.settings import ROOT
from validators.faults import FileRefused

FIXTURES = [path.read_bytes() for path in sorted((ROOT / "tests").glob("data/employer_files/*.csv"))]
VISIBLE = set("A1@'=|\\")
HEADER = ("身分證號", "電子郵件", "手機(或聯絡電話)")

# Lines inside Unicode (U+2028, U+0085, vertical tab ...), blanks and BOMs are what readers differ about.
PLAIN_CELL = st.text(
    st.one_of(
        st.sampled_from("A1@ \x0b\x0c\x1c\x85\xa0\u2028\u200b\u3000\ufeff\ufffd'=|\\中０"),
        st.characters(codec="utf-8", exclude_characters=',;\t\r\n"\0\x1a'),
    ),
    max_size=6,
)
PLAIN_ROWS = st.lists(st.tuples(PLAIN_CELL, PLAIN_CELL, PLAIN_CELL), min_size=1, max_size=5)
ANY_CELL = st.text(
    st.one_of(st.sampled_from(",;\t\r\n\" 'a1"), st.characters(codec="utf-8")), max_size=6
).map(lambda cell: cell.replace("\0", "").replace("\x1a", ""))


def outcome(
    read: Callable[[bytes], PlainFile | CarefulFile | None], utf8: bytes
) -> PlainFile | CarefulFile | FileRefused | None:
    try:
        return read(utf8)
    except FileRefused as refusal:
        return refusal


def cells_of(frame: pd.DataFrame) -> list[tuple[str, str, str]]:
    return list(frame[["national_id", "email", "phone"]].itertuples(index=False, name=None))


@given(
    rows=PLAIN_ROWS,
    separator=st.sampled_from(",;\t"),
    line_end=st.sampled_from(["\n", "\r\n"]),
    named=st.booleans(),
)
@example(rows=[("\ufeff1", "", "")], separator=",", line_end="\n", named=False)
@example(
    rows=[("a", "", ""), ("\u3000", "\xa0", " "), ("1", "b", "")], separator=";", line_end="\r\n", named=True
)
def test_both_readers_give_the_same_frame(
    rows: list[tuple[str, str, str]], separator: str, line_end: str, named: bool
) -> None:
    first = HEADER if named else ("A1", "", "")
    utf8 = line_end.join(separator.join(cells) for cells in [first, *rows]).encode()
    plain, careful = read_plain(utf8), read_careful(utf8)
    event(f"plain: {plain is not None}")
    if all(VISIBLE.intersection("".join(cells)) for cells in rows):
        assert plain, "a row with something plainly visible needs no careful reading"
    seen = [cells for cells in [first, *rows][named:] if not is_blank(cells)]
    frame = build_frame([(1, careful)])
    assert cells_of(frame) == seen
    if plain:
        pd.testing.assert_frame_equal(build_frame([(1, plain)]), frame)
        assert (plain.separator, plain.has_header) == (careful.separator, careful.has_header)


@settings(max_examples=500)
@given(text=st.text(',;\t\r\n"a1 ', max_size=24), named=st.booleans())
@example(text="1\na\na", named=False)
@example(text='"1"\n"a"', named=False)
def test_whatever_the_fast_reader_takes_the_careful_one_reads_alike(text: str, named: bool) -> None:
    utf8 = (",".join(HEADER) + "\n" if named else "").encode() + text.rstrip("\r\n").encode()
    careful, plain = outcome(read_careful, utf8), outcome(read_plain, utf8)
    event(f"{type(plain).__name__} {type(careful).__name__}")
    if isinstance(plain, PlainFile):
        assert isinstance(careful, CarefulFile)
        pd.testing.assert_frame_equal(build_frame([(1, plain)]), build_frame([(1, careful)]))
    elif isinstance(plain, FileRefused):
        assert isinstance(careful, FileRefused)


QUOTABLE_CELL = PLAIN_CELL | st.text(st.sampled_from(',;\t"a1 @='), max_size=6)
QUOTED_ROWS = st.lists(
    st.tuples(*[st.tuples(QUOTABLE_CELL, st.booleans())] * 3).filter(
        lambda row: VISIBLE.intersection(row[0][0])
    ),
    min_size=1,
    max_size=5,
)


@given(rows=QUOTED_ROWS)
@example(rows=[(("A1", True), ('=""0912""', True), ("", False)), (("1", False), (" ", False), ("2", True))])
@example(rows=[(("1", False), (', "', True), (" a", False))])
@example(rows=[(("1", False), ("", False), (";", False))])
@example(rows=[(("1", False), (";", False), ("", False)), (("1\t", False), ("\t", True), ("a;b", True))])
def test_rows_with_quotes_are_plain_and_read_alike(rows: list[tuple[tuple[str, bool], ...]]) -> None:
    """Below a header with commas the fast reader takes all rows of three cells in which something is visible,
    whatever stands in quotes and wherever `;` and TAB stand; it declines `, "` alone."""
    lines = [",".join(_written(cell, is_quoted) for cell, is_quoted in row) for row in rows]
    utf8 = "\r\n".join([",".join(HEADER), *lines]).encode()
    plain, careful = read_plain(utf8), read_careful(utf8)
    assert (plain is None) is (', "' in utf8.decode())
    if plain:
        pd.testing.assert_frame_equal(build_frame([(1, plain)]), build_frame([(1, careful)]))


@given(
    rows=st.lists(st.tuples(*[st.text(",;\t1a ", max_size=4)] * 3), min_size=1, max_size=4),
    separator=st.sampled_from(",;\t"),
    named=st.booleans(),
)
@example(rows=[("a;b", "\t", "1")], separator=",", named=True)
@example(rows=[("1", ",", "")], separator=";", named=True)
@example(rows=[("\t", " ", "")], separator=",", named=True)
def test_other_separators_are_text_inside_cells(
    rows: list[tuple[str, str, str]], separator: str, named: bool
) -> None:
    first = HEADER if named else ("1", "", "")
    rows = [tuple(cell.replace(separator, "") for cell in cells) for cells in rows]  # type: ignore[misc]
    utf8 = "\n".join(separator.join(cells) for cells in [first, *rows]).encode()
    plain, careful = read_plain(utf8), read_careful(utf8)
    assert careful.separator == separator
    event(f"plain: {plain is not None}")
    if plain:
        pd.testing.assert_frame_equal(build_frame([(1, plain)]), build_frame([(1, careful)]))
    else:
        has_comma = separator != "," and any("," in cell for cells in rows for cell in cells)
        assert has_comma or any(is_blank(cells) for cells in rows)


def _written(cell: str, is_quoted: bool) -> str:
    return f'"{cell.replace(chr(34), chr(34) * 2)}"' if is_quoted or set(cell) & set('",') else cell


@given(files=st.lists(st.tuples(PLAIN_ROWS, st.booleans()), max_size=4))
def test_rows_of_many_files_are_those_of_each_file_in_order(
    files: list[tuple[list[tuple[str, str, str]], bool]],
) -> None:
    quote = ["", '"']
    contents = [
        "\r\n".join(
            ",".join(f"{quote[is_quoted]}{cell}{quote[is_quoted]}" for cell in cells)
            for cells in [HEADER, *rows]
        ).encode("utf-8-sig")
        for rows, is_quoted in files
    ]
    together = read_rows(enumerate(contents))
    apart = [read_rows([(number, content)]) for number, content in enumerate(contents)]
    expected = pd.concat([read_rows([]), *apart], ignore_index=True)
    pd.testing.assert_frame_equal(together, expected)


@given(rows=st.lists(st.tuples(ANY_CELL, ANY_CELL, ANY_CELL), max_size=5), separator=st.sampled_from(",;\t"))
@example(rows=[("1", "two\nlines", "a,b,c")], separator=",")
def test_rows_in_are_rows_out_or_the_file_is_refused(
    rows: list[tuple[str, str, str]], separator: str
) -> None:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=separator, quoting=csv.QUOTE_ALL).writerows([HEADER, *rows])
    content = buffer.getvalue().encode("utf-8-sig")
    seen = [cells for cells in rows if not is_blank(cells)]
    lines_of_many = [
        cell.replace("\r", "\n").split("\n") for row in rows for cell in row if set(cell) & set("\r\n")
    ]
    if any(line.count(separator) >= 2 for lines in lines_of_many for line in lines):
        with pytest.raises(FileRefused, match="FILE_COLUMNS"):
            open_rows(content)[0]
    elif not seen:
        with pytest.raises(FileRefused, match="FILE_EMPTY"):
            open_rows(content)[0]
    else:
        assert open_rows(content)[0].row_count == len(seen)
        assert cells_of(read_rows([(1, content)])) == seen


@settings(max_examples=300)
@given(
    base=st.sampled_from(FIXTURES),
    cut=st.tuples(st.integers(0, 250), st.integers(0, 40)),
    junk=st.binary(max_size=6),
)
def test_any_bytes_are_refused_or_give_as_many_rows_as_were_counted(
    base: bytes, cut: tuple[int, int], junk: bytes
) -> None:
    start, length = cut
    content = base[:start] + junk + base[start + length :]
    try:
        opened = open_rows(content)[0]
    except FileRefused as refusal:
        event(refusal.code)
        return
    frame = read_rows([(1, content)])
    assert frame["row_number"].tolist() == list(range(1, opened.row_count + 1))
    assert frame["line_number"].is_monotonic_increasing
    assert not frame.isna().to_numpy().any()
