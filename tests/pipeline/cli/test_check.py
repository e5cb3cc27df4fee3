"""Facts about the command `nhicard check`: what scripts read, what clerks see, and how it ends."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.cells import cell_len

from pipeline.bulk.intake.employer_file.column_names import HEADER
from pipeline.cli import main
from pipeline.cli.prose import wrapped
from pipeline.clock import TAIPEI
from pipeline.insured.load_register import load_register
from pipeline.sample.demo_set import make_demo_set
from pipeline.sample.seed_example import EXAMPLE_ROWS, EXAMPLE_UNIT, example_file, made_up_id
from pipeline.store.engine import Database

TODAY = datetime.now(TAIPEI).date()
NAME = f"{EXAMPLE_UNIT}{TODAY:%Y%m%d}.CSV"
ID, OTHER_ID = (made_up_id(prefix) for prefix in EXAMPLE_ROWS[:2])
GOOD = f"{ID},a@example.com,0912345678"
BAD = f"{OTHER_ID},b@@example.com,0912345678"


@pytest.fixture(autouse=True)
def small_world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NHICARD_VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("COLUMNS", "80")


class Command:
    """Runs `nhicard check` in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(["check", *map(str, arguments)])
        out, err = self._capsys.readouterr()
        return int(end.value.code or 0), out, err


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(capsys)


def write(folder: Path, *rows: str, name: str = NAME, header: str = HEADER) -> Path:
    path = folder / name
    path.write_bytes("\r\n".join([header, *rows, ""]).encode("utf-8-sig"))
    return path


def test_json_of_the_seeds_example(tmp_path: Path, check: Command) -> None:
    path = tmp_path / "11000000120150820.CSV"
    path.write_bytes(example_file())
    code, out, err = check(path, "--json")
    [file] = json.loads(out)["files"]
    [warning] = file.pop("warnings")  # the example's year is long past
    faults = file["rows"][0]["faults"]
    assert [bool(fault.pop("hint")) for fault in faults] == [True, True]
    assert file == {
        "name": "11000000120150820.CSV",
        "unit_code": "110000001",
        "date": "2015-08-20",
        "encoding": "utf-8-sig",
        "refused": None,
        "counts": {"rows": 11, "accepted": 10, "rejected": 1, "repaired": 0},
        "rows": [
            {
                "row": 11,
                "line": 12,
                "id": "T12151****",
                "faults": [
                    {"column": "email", "code": "EMAIL_FORMAT", "message": "電子郵件 欄位錯誤!"},
                    {"column": "phone", "code": "PHONE_FORMAT", "message": "聯絡電話 欄位錯誤!"},
                ],
                "repairs": [],
            }
        ],
    }
    assert warning == {
        "code": "FILE_DATE_OLD",
        "row": None,
        "column": None,
        "message": "檔名日期已超過31日",
        "hint": "請確認檔名的年份是否打錯;檔案仍照常處理。",
    }
    assert (code, err) == (1, "")


def test_json_of_a_refused_file_keeps_its_rows(tmp_path: Path, check: Command) -> None:
    code, out, _ = check(write(tmp_path, GOOD.replace(",09", ",9"), BAD, name="list.csv"), "--json")
    [file] = json.loads(out)["files"]
    assert (code, file["unit_code"], file["date"]) == (2, None, None)
    assert file["refused"]["code"] == "FILE_NAME"
    assert file["refused"]["message"] == "檔名錯誤!整批不入檔!"
    assert file["refused"]["hint"]
    assert file["counts"] == {"rows": 2, "accepted": 1, "rejected": 1, "repaired": 1}
    assert file["rows"][0]["repairs"] == [{"column": "phone", "from": "lost_zero"}]
    assert file["rows"][1]["faults"][0]["code"] == "EMAIL_FORMAT"


def test_json_names_the_row_of_a_warning_and_of_a_duplicate(tmp_path: Path, check: Command) -> None:
    _, out, _ = check(write(tmp_path, GOOD, GOOD), "--json")
    [file] = json.loads(out)["files"]
    assert [(warning["code"], warning["row"], warning["column"]) for warning in file["warnings"]] == [
        ("EMAIL_SHARED", 1, "email"),
        ("EMAIL_SHARED", 2, "email"),
    ]
    [fault] = file["rows"][0]["faults"]
    assert (fault["column"], fault["code"]) == ("id", "DUPLICATE_IN_FILE")


def test_english_hints_under_the_same_messages(tmp_path: Path, check: Command) -> None:
    _, out, _ = check(write(tmp_path, BAD), "--json", "--lang", "en")
    [fault] = json.loads(out)["files"][0]["rows"][0]["faults"]
    assert fault["message"] == "電子郵件 欄位錯誤!"
    assert fault["hint"].startswith("Give one complete address")


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        pytest.param(["fine"], 0, id="fine"),
        pytest.param(["rejected"], 1, id="a row rejected"),
        pytest.param(["refused"], 2, id="refused"),
        pytest.param(["missing"], 2, id="missing"),
        pytest.param(["folder"], 2, id="folder"),
        pytest.param(["fine", "rejected"], 1, id="the highest of two"),
        pytest.param(["refused", "rejected", "fine"], 2, id="the highest of three"),
        pytest.param(["rejected", "missing"], 2, id="rejected and missing"),
        pytest.param([], 2, id="no file given"),
    ],
)
@pytest.mark.parametrize("options", [[], ["--json"]], ids=["for people", "json"])
def test_the_exit_code_is_the_highest(
    tmp_path: Path, check: Command, names: list[str], expected: int, options: list[str]
) -> None:
    paths = {
        "fine": write(tmp_path, GOOD),
        "rejected": write(tmp_path, GOOD, BAD, name=f"110000002{TODAY:%Y%m%d}.CSV"),
        "refused": write(tmp_path, GOOD, name="list.csv"),
        "missing": tmp_path / "missing.CSV",
        "folder": tmp_path,
    }
    assert check(*(paths[name] for name in names), *options)[0] == expected


def test_what_cannot_be_read_is_one_line_on_stderr(tmp_path: Path, check: Command) -> None:
    fine = write(tmp_path, GOOD)
    _, out, err = check(tmp_path / "missing.CSV", tmp_path, fine, "--json")
    assert err.splitlines() == [
        f"nhicard: {tmp_path}/missing.CSV: 找不到這個檔案",
        f"nhicard: {tmp_path}: 這是資料夾,請指定其中的CSV檔",
    ]
    assert [file["name"] for file in json.loads(out)["files"]] == [NAME]


def test_a_fine_file_is_told_to_be_mailed(tmp_path: Path, check: Command) -> None:
    code, out, err = check(write(tmp_path, GOOD))
    assert (code, err) == (0, "")
    assert "✓" in out
    assert "做得好" in out
    assert "附件寄出" in out


def test_a_row_to_correct_is_told_by_line_number_and_column(tmp_path: Path, check: Command) -> None:
    _, out, _ = check(write(tmp_path, GOOD, "", BAD))
    assert re.search(r"\b4 +2 +E22425\*{4} +電子郵件 +格式不符", out)
    assert "name@example.com" in out  # how to correct it
    assert "b@@" not in out
    assert OTHER_ID not in out


def test_fifty_rows_are_shown_and_all_on_request(tmp_path: Path, check: Command) -> None:
    path = write(tmp_path, *[f"{made_up_id(f'A1{number:04d}')},,0912345678" for number in range(60)])
    _, out, _ = check(path)
    assert out.count("****") == 50
    assert "還有 10 筆" in out
    assert "--all" in out
    _, out, _ = check(path, "--all")
    assert out.count("****") == 60
    assert "--all" not in out


def test_repairs_are_summed_up_by_kind(tmp_path: Path, check: Command) -> None:
    rows = [f"{made_up_id(f'A1{number:04d}')},p{number}@example.com,91234567{number}" for number in range(7)]
    code, out, _ = check(write(tmp_path, *rows))
    assert code == 0
    assert re.search(r"聯絡電話 +7 筆 +已補上開頭的0", out)


def test_name_and_content_faults_are_both_shown(tmp_path: Path, check: Command) -> None:
    code, out, _ = check(write(tmp_path, BAD, name=f"{EXAMPLE_UNIT}1040820.csv"))
    assert code == 2
    assert "檔名錯誤!整批不入檔!" in out
    assert "11000000120150820.CSV" in out  # the name expected
    assert "格式不符" in out


def test_warnings_say_what_to_do(tmp_path: Path, check: Command) -> None:
    rows = [f"王小明,{GOOD}", f"李小華,{OTHER_ID},A@EXAMPLE.COM,0912345678"]
    old = TODAY - timedelta(days=40)
    name = f"{EXAMPLE_UNIT}{old:%Y%m%d}.CSV"
    code, out, _ = check(write(tmp_path, *rows, name=name, header=f"姓名,{HEADER}"))
    assert code == 0
    for words in ("檔名日期已超過31日", "年份", "未使用的欄位:姓名", "試算表第 2、3 列", "眷屬可共用"):
        assert words in out


def test_several_files_are_summed_up_and_fine_ones_take_a_line(tmp_path: Path, check: Command) -> None:
    fine = write(tmp_path, GOOD)
    _, out, _ = check(fine, fine, write(tmp_path, BAD, name=f"110000002{TODAY:%Y%m%d}.CSV"))
    assert out.count(f"✓ {NAME}  可以寄出  1 筆\n") == 2
    assert "共 3 個檔案:2 個可以寄出,1 個有資料要更正,0 個整批不入檔。" in out


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_line_is_wider_than_the_terminal(
    tmp_path: Path, check: Command, monkeypatch: pytest.MonkeyPatch, columns: int, language: str
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    rows = [
        GOOD,
        BAD,
        "300123456,x@gmial.com,9.12E+08",
        "護照,,",
        GOOD,
        f"{OTHER_ID.lower()},a@example.com,1",
    ]
    path = write(tmp_path, *rows, name=f"{EXAMPLE_UNIT}1040820.csv", header=HEADER)
    _, out, _ = check(path, write(tmp_path, GOOD), "--lang", language)
    assert max(map(cell_len, out.splitlines())) <= columns
    assert "…" not in out  # nothing is cut off


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        pytest.param("短", 10, ["短"], id="fits"),
        pytest.param("請填手機,或市話。", 8, ["請填手", "機,或市", "話。"], id="between characters"),
        pytest.param("見「說明」", 5, ["見", "「說", "明」"], id="brackets and marks stay with their word"),
        pytest.param("an e-mail address", 9, ["an e-mail", "address"], id="between words"),
        pytest.param("", 10, [""], id="nothing"),
    ],
)
def test_paragraphs_break_where_a_reader_expects(text: str, width: int, lines: list[str]) -> None:
    assert list(wrapped(text, width)) == lines


def test_without_a_terminal_there_is_no_colour_and_no_bar(tmp_path: Path, check: Command) -> None:
    path = write(tmp_path, *[f"{ID},{'x' * 100}@example.com,1"] * 20_000)
    _, out, err = check(path)
    assert "\x1b" not in out
    assert err == ""


# --- with the register ----------------------------------------------------------------------------


@pytest.fixture
def register(sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo's register, loaded now; returns the folder of its employers' files."""
    demo = make_demo_set(tmp_path / "demo", today=TODAY, file_date=TODAY)
    load_register(sqlite_database, demo.register, now=datetime.now(UTC), today=TODAY)
    monkeypatch.setenv("NHICARD_DATABASE_URL", str(sqlite_database.engine.url))
    return demo.inbox


def test_outcomes_of_the_register_are_faults_of_the_id(register: Path, check: Command) -> None:
    code, out, _ = check(register / NAME, "--register", "--json")
    [file] = json.loads(out)["files"]
    codes = [[fault["code"] for fault in row["faults"]] for row in file["rows"]]
    assert code == 1
    assert codes == [["NOT_INSURED_HERE"]] * 7 + [["EMAIL_FORMAT", "PHONE_FORMAT"]]
    assert file["rows"][0]["faults"][0]["column"] == "id"
    assert file["counts"] == {"rows": 11, "accepted": 3, "rejected": 8, "repaired": 0}


def test_people_read_the_outcome_and_what_to_do(register: Path, check: Command) -> None:
    _, out, _ = check(register / NAME, "--register")
    assert re.search(r"5 +4 +S22112\*{4} +身分證號 +非該單位在保保險對像", out)
    assert "約1個工作天" in out


def test_without_a_database_the_register_cannot_be_asked(tmp_path: Path, check: Command) -> None:
    path = write(tmp_path, GOOD)
    code, out, err = check(path, "--register", "--json")
    assert (code, out) == (3, "")
    assert err.startswith("nhicard: there is no database")
    assert len(err.splitlines()) == 1
    assert check(path)[0] == 0  # the format needs none


def test_a_register_too_old_to_judge_by_is_not_asked(
    sqlite_database: Database, tmp_path: Path, check: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NHICARD_DATABASE_URL", str(sqlite_database.engine.url))
    path = write(tmp_path, GOOD)
    code, _, err = check(path, "--register")
    assert code == 3
    assert "no register is loaded yet" in err
    demo = make_demo_set(tmp_path / "demo", today=TODAY, file_date=TODAY)
    load_register(sqlite_database, demo.register, now=datetime.now(UTC) - timedelta(days=4), today=TODAY)
    code, _, err = check(path, "--register")
    assert code == 3
    assert "days old" in err


# --- as a process of its own ----------------------------------------------------------------------

RUN = "import sys; from pipeline.cli import main; main()"


def test_a_plain_check_loads_no_database_no_mail_and_no_tables(tmp_path: Path) -> None:
    unwanted = {"sqlalchemy", "alembic", "airflow", "aiosmtplib", "jinja2", "rich.table"}
    program = (
        f"import atexit, sys; atexit.register(lambda: print(sorted(set(sys.modules) & {unwanted})));{RUN}"
    )
    path = write(tmp_path, GOOD, BAD)
    done = subprocess.run(
        [sys.executable, "-c", program, "check", "--json", path], capture_output=True, text=True, check=False
    )
    answer, loaded = done.stdout.splitlines()
    assert json.loads(answer)["files"][0]["counts"]["rejected"] == 1
    assert loaded == "[]"
    assert (done.returncode, done.stderr) == (1, "")


def test_on_a_terminal_there_are_colours_and_a_bar_for_a_large_file(tmp_path: Path) -> None:
    path = write(tmp_path, *[f"{ID},{'x' * 100}@example.com,1"] * 20_000)
    seen = on_a_terminal("check", path)
    assert "檢查中" in seen
    assert "\x1b[1;33m! " in seen  # bold yellow
    assert "20,000 筆" in seen


def on_a_terminal(*arguments: object) -> str:
    """What a person sees: stdout and stderr on one pseudo-terminal."""
    ours, theirs = pty.openpty()
    program = [sys.executable, "-c", RUN, *map(str, arguments)]
    variables = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    process = subprocess.Popen(
        program, stdin=theirs, stdout=theirs, stderr=theirs, env=variables | {"TERM": "xterm-256color"}
    )
    os.close(theirs)
    seen = b""
    with (
        os.fdopen(ours, "rb", buffering=0) as screen,
        contextlib.suppress(OSError),
    ):  # how a closed end is told
        while chunk := screen.read(65_536):
            seen += chunk
    process.wait()
    return seen.decode()
