"""The words around a check's report, zh-TW and English, for the command and the web page.

The faults' own words stand in `validators.faults` and `validators.value_faults`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pipeline.bulk.rules.file_report import FileReport, Warned
from pipeline.words import Language
from validators.codes import RepairCode, WarningCode
from validators.faults import Column, Fault, FileRefused
from validators.value_faults import REPAIRS


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """`{rows}` and the like are filled in by who shows them."""

    columns: dict[Column, str]
    fine: str
    to_correct: str
    refused: str
    unit: str
    date: str
    counts: str
    fine_rows: str
    rows_title: str
    rows_title_refused: str
    rows_header: tuple[str, str, str, str, str]
    how_title: str
    repairs_title: str
    warnings_title: str
    warned_rows: str
    row_count: str
    list_mark: str
    next_send: str
    next_send_register: str
    next_split: str
    next_correct: str
    next_correct_some: str
    next_refused: str
    summary: str


# How people call the encodings that a file is found in.
ENCODINGS: Final = {
    "utf-8-sig": "UTF-8 (BOM)",
    "utf-8": "UTF-8",
    "cp950": "Big5 (CP950)",
    "utf-16": "UTF-16",
}

WORDS: Final = {
    Language.ZH: Words(
        columns={"id": "身分證號", "email": "電子郵件", "phone": "聯絡電話"},
        fine="可以寄出",
        to_correct="有 {rows} 筆要更正",
        refused="整批不入檔",
        unit="投保單位 {unit}",
        date="檔名日期 {date}",
        counts="共 {rows} 筆:正確 {accepted} 筆,要更正 {rejected} 筆,自動修正 {repaired} 筆",
        fine_rows="{rows} 筆",
        rows_title="要更正的資料",
        rows_title_refused="資料內容也檢查過了,這些也要更正",
        rows_header=("試算表列", "第N筆", "身分證號", "欄位", "問題"),
        how_title="怎麼改",
        repairs_title="已自動修正,不必處理",
        warnings_title="提醒",
        warned_rows="(共 {count} 列:試算表第 {lines} 列)",
        row_count="{count} 筆",
        list_mark="、",
        next_send="格式全部正確,做得好!請將檔案以電子郵件附件寄出,不必改檔名;是否在保於收件後比對。",
        next_send_register="依目前的名冊,全部都能註冊。請將檔案以電子郵件附件寄出,不必改檔名。",
        next_split="格式全部正確;以電子郵件寄出前,請先分成較小的檔案(見提醒)。",
        next_correct="請依試算表列更正,以同一檔名存成 CSV 後再檢查一次。現在寄出,沒有任何一筆會入檔。",
        next_correct_some="請依試算表列更正,以同一檔名存成 CSV 後再檢查一次。"
        "現在寄出,最多只有 {accepted} 筆會入檔。",
        next_refused="請依上面的說明更正後再檢查一次;更正前請先不要寄出。",
        summary="共 {files} 個檔案:{fine} 個可以寄出,{to_correct} 個有資料要更正,{refused} 個整批不入檔。",
    ),
    Language.EN: Words(
        columns={"id": "ID", "email": "e-mail", "phone": "phone"},
        fine="ready to send",
        to_correct="rows to correct: {rows}",
        refused="the whole file would be refused",
        unit="unit {unit}",
        date="dated {date}",
        counts="{rows} rows: {accepted} good, {rejected} to correct, {repaired} repaired",
        fine_rows="{rows} rows",
        rows_title="Rows to correct",
        rows_title_refused="The content was checked too; these need correcting as well",
        rows_header=("line", "row", "ID", "column", "problem"),
        how_title="How to correct them",
        repairs_title="Repaired for you: nothing to do",
        warnings_title="Please note",
        warned_rows="({count} rows: spreadsheet lines {lines})",
        row_count="{count}",
        list_mark=", ",
        next_send="Well done: every row is well-formed. Mail the file as an attachment under this name; "
        "who is insured is looked up when it arrives.",
        next_send_register="By the present register everybody can be registered. "
        "Mail the file as an attachment under this name.",
        next_split="Every row is well-formed. Split the file before mailing it (see the note).",
        next_correct="Correct these lines, save under the same name as CSV and check again. "
        "Sent as it is, no row would be stored.",
        next_correct_some="Correct these lines, save under the same name as CSV and check again. "
        "Sent as it is, at most {accepted} rows would be stored.",
        next_refused="Correct what is said above and check again; better not to send the file before.",
        summary="{files} files: {fine} ready to send, {to_correct} with rows to correct, {refused} refused.",
    ),
}


def next_step(report: FileReport, language: Language, *, is_asked_of_register: bool = False) -> str:
    """What the sender does next with a file, in a sentence."""
    words = WORDS[language]
    if report.refusals:
        return words.next_refused
    if report.counts.rejected:
        said = words.next_correct_some if report.counts.accepted else words.next_correct
        return said.format(accepted=f"{report.counts.accepted:,}")
    if any(warned.fault.code == WarningCode.TOO_LARGE_FOR_MAIL for warned in report.warnings):
        return words.next_split
    return words.next_send_register if is_asked_of_register else words.next_send


def hint_of(found: FileRefused | Warned | Fault, language: Language) -> str:
    """What to do about it; a file's own detail is in Chinese in either language."""
    if language is Language.ZH:
        return found.hint
    fault = found if isinstance(found, Fault) else found.fault
    detail = "" if isinstance(found, Fault) else found.detail
    return f"{fault.hint_en} {detail}".rstrip()


def title_of(fault: Fault, language: Language) -> str:
    """The fault in a few words beside its column's name; in English its code says it.

    >>> from validators.value_faults import value_fault
    >>> title_of(value_fault("ID_CHECK_DIGIT"), Language.EN)
    'check digit'
    """
    if language is Language.ZH:
        return fault.title
    return spelled(fault.code.removeprefix(f"{fault.column}_".upper()))


def repair_of(code: RepairCode, language: Language) -> str:
    """What was repaired, in words."""
    return REPAIRS[code] if language is Language.ZH else spelled(code)


def spelled(code: str) -> str:
    """A code as English words."""
    return code.replace("_", " ").lower()
