"""The words of `nhicard check` alone; those of any report stand in `pipeline.bulk.rules.check_words`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pipeline.bulk.rules.file_report import NotRead
from pipeline.words import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandWords:
    """`{rows}` is filled in by the view."""

    more_rows: str
    progress: str
    not_read: dict[NotRead, str]


COMMAND_WORDS: Final = {
    Language.ZH: CommandWords(
        more_rows="… 還有 {rows} 筆(加上 --all 全部列出)",
        progress="檢查中",
        not_read={
            "missing": "找不到這個檔案",
            "folder": "這是資料夾,請指定其中的CSV檔",
            "forbidden": "沒有讀取權限",
            "broken": "無法讀取",
        },
    ),
    Language.EN: CommandWords(
        more_rows="… and {rows} more (--all shows them)",
        progress="Checking",
        not_read={
            "missing": "there is no such file",
            "folder": "this is a folder: name the CSV files in it",
            "forbidden": "no permission to read it",
            "broken": "it cannot be read",
        },
    ),
}
