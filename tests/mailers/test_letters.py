"""Facts on what our letters say, in text and in HTML alike."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest

from mailers.letters import (
    LOG_LINES_SHOWN,
    REJECTED_ROWS_SHOWN,
    AnswerLetter,
    FailureNotice,
    HeldNotice,
    Links,
    RefusalLetter,
    RejectedRow,
    Warned,
    answer,
    failure_notice,
    held_notice,
    refusal,
    success_skeleton,
)
from mailers.message import Heading, text_file

NOW = datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC)
HEADING = Heading(
    "noreply@example.com", "clerk@example.com", NOW, "<a@example.com>", reply_to="help@example.com"
)
LINKS = Links(
    "https://portal.example.com/password",
    "https://portal.example.com/health-bank?a=1&b=2",
    "https://portal.example.com/insurance",
)
NOT_INSURED = ("(非該單位在保保險對像)不入檔!", "加保入檔後請將檔名日期改為當日再送")
FIELDS = ("(電子郵件 欄位錯誤!聯絡電話 欄位錯誤!)不入檔!", "請填一個完整的電子郵件")
ANSWER = AnswerLetter(
    unit_code="110000001",
    unit_name="示範機械",
    file_name="11000000120261120.CSV",
    received_on="2026-11-20",
    total=4,
    registered=1,
    rejected=[
        RejectedRow(2, 3, "E22425****", *NOT_INSURED),
        RejectedRow(3, 5, "T12151****", *FIELDS),
        RejectedRow(4, 6, "S22112****", *NOT_INSURED),
    ],
    log_lines=[
        "10:07:36 開始執行...",
        "10:07:37 第1筆資料:E22361****網路服務註冊成功!",
        "10:07:38 第2筆資料:E22425****(非該單位在保保險對像)不入檔!",
        "10:07:39 第3筆資料:T12151****(電子郵件 欄位錯誤!聯絡電話 欄位錯誤!)不入檔!",
        "10:07:40 第4筆資料:S22112****(非該單位在保保險對像)不入檔!",
        "10:07:40 執行完畢,共4筆:成功1筆,不入檔3筆。",
    ],
    warnings=[Warned("多列使用同一電子郵件", "眷屬可共用信箱")],
    attachments=[text_file("11000000120261120-log.txt", "記錄\n")],
)
REFUSAL = RefusalLetter(
    file_name="110000001_1151120.CSV",
    received_on="2026-11-20",
    log_lines=["10:07:36 開始執行...", "10:07:36 檔名錯誤!整批不入檔!"],
    hint="正確檔名應為 11000000120261120.CSV。檔名應為投保單位代號9碼+西元年月日8碼+.CSV",
    hint_en="Name the file by unit code and date.",
    unit_code="110000001",
    unit_name="示範機械",
)
HELD = HeldNotice(
    42, "110000001", "示範機械", "11000000120261120.CSV", "2026-11-20", 860, ["超過在保人數的3倍"]
)
FAILURE = FailureNotice(
    "employer_bulk_registration",
    "register_rows",
    "scheduled__1",
    "2026-11-20 01:07",
    "OperationalError",
    ["nhicard doctor"],
)


def success() -> bytes:
    skeleton = success_skeleton(
        sender="noreply@example.com", sender_name="健保卡網路服務", reply_to="help@example.com", links=LINKS
    )
    return skeleton.fill(
        to="person@example.com", date=NOW, message_id="<s@example.com>", values={"unit_name": "示範<機械>&行"}
    )


def letters() -> dict[str, bytes]:
    return {
        "success": success(),
        "answer": answer(HEADING, ANSWER).as_bytes(),
        "refusal": refusal(HEADING, REFUSAL).as_bytes(),
        "held_notice": held_notice(HEADING, HELD).as_bytes(),
        "failure_notice": failure_notice(HEADING, FAILURE).as_bytes(),
    }


def read(raw: bytes) -> tuple[EmailMessage, str, str]:
    message = message_from_bytes(raw, policy=policy.default)
    plain, rich = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert rich is not None
    return message, _lines(plain), _lines(rich)


def _lines(part: EmailMessage) -> str:
    content: str = part.get_content()
    return content.replace("\r\n", "\n")


class _Page(HTMLParser):
    """What a page shows, where it leads, and whether every tag is closed."""

    _VOID = frozenset({"meta", "br"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.shown, self.links, self.tags, self.languages = "", set[str](), set[str](), set[str]()
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        known = dict(attrs)
        self.links.update(value for name, value in attrs if name in ("href", "src") and value)
        self.languages.update(value for value in [known.get("lang")] if value)
        if tag not in self._VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "title"} & set(self._open):
            self.shown += data


@pytest.mark.parametrize("kind", letters())
def test_every_letter_is_whole_in_both_forms(kind: str) -> None:
    message, text, html = read(letters()[kind])
    page = _Page(html)
    assert page.languages == {"zh-Hant-TW", "en"}
    assert not page.tags & {"img", "script", "link", "iframe", "form", "object"}
    assert page.links == (set(vars_of(LINKS)) if kind == "success" else set())
    assert not re.search(r"ZQ|\{\{|None|Undefined", text + html + message["Subject"])
    assert text.replace("\n", "").replace("\u3000", "").isprintable()


def vars_of(links: Links) -> tuple[str, str, str]:
    return links.change_password, links.health_bank, links.own_insurance


def test_the_success_mail_says_the_seeds_three_lines_with_three_links() -> None:
    _, text, html = read(success())
    assert "1.密碼變更(網頁連結) (預設密碼：健保卡卡號)\n  https://portal.example.com/password\n" in text
    assert "2.健康存摺申請下載(網頁連結)\n  https://portal.example.com/health-bank?a=1&b=2\n" in text
    assert "3.個人承保業務服務(網頁連結)\n  https://portal.example.com/insurance\n" in text
    shown = _Page(html).shown
    for words in (
        "密碼變更(網頁連結) (預設密碼：健保卡卡號)",
        "健康存摺申請下載(網頁連結)",
        "個人承保業務服務(網頁連結)",
    ):
        assert words in shown
    for address in vars_of(LINKS):
        assert address in shown


def test_the_success_mail_tells_where_the_card_number_stands_and_whom_to_call() -> None:
    _, text, html = read(success())
    for said in (text, _Page(html).shown):
        assert "健保卡正面左下角" in said
        assert "0800-030-598" in said
        assert "向您詢問密碼" in said
        assert "示範<機械>&行" in said


def test_the_success_mail_holds_no_number_of_the_person() -> None:
    _, text, html = read(success())
    assert not re.search(r"\d{9}|[A-Z]\d{5}|\*\*\*\*", text + _Page(html).shown)


def test_the_answer_names_rejected_rows_first_then_warnings_then_the_log() -> None:
    _, text, html = read(answer(HEADING, ANSWER).as_bytes())
    for said in (text, _Page(html).shown):
        places = [
            said.index(words)
            for words in ("第2筆", "多列使用同一電子郵件", "10:07:36 開始執行...", "-log.txt")
        ]
        assert places == sorted(places)


def test_the_answer_groups_rejected_rows_by_reason_with_row_and_spreadsheet_line() -> None:
    _, text, _ = read(answer(HEADING, ANSWER).as_bytes())
    assert (
        "■ (非該單位在保保險對像)不入檔!（2筆）\n"
        "  加保入檔後請將檔名日期改為當日再送\n"
        "  - 第2筆（試算表第3列）E22425****\n"
        "  - 第4筆（試算表第6列）S22112****\n"
    ) in text
    assert "共4筆：成功1筆，不入檔3筆。" in text


def test_the_answer_holds_the_whole_log_line_for_line_in_both_forms() -> None:
    _, text, html = read(answer(HEADING, ANSWER).as_bytes())
    log = "\n".join(ANSWER.log_lines) + "\n"
    assert log in text
    assert log in _Page(html).shown


def test_the_answers_subject_tells_the_result() -> None:
    message, _, _ = read(answer(HEADING, ANSWER).as_bytes())
    assert message["Subject"] == "入檔記錄通知 11000000120261120.CSV：成功1筆，不入檔3筆"
    assert [part.get_filename() for part in message.iter_attachments()] == ["11000000120261120-log.txt"]


def test_an_answer_without_rejected_rows_says_so() -> None:
    letter = replace(ANSWER, rejected=[], registered=4, warnings=[])
    _, text, html = read(answer(HEADING, letter).as_bytes())
    for said in (text, _Page(html).shown):
        assert "全部資料都已註冊成功" in said
        assert "處理方式" not in said
        assert "提醒" not in said


def test_a_long_answer_shows_the_first_rows_and_lines_and_tells_how_many_more_there_are() -> None:
    rejected = [RejectedRow(row, row + 1, "E22425****", *NOT_INSURED) for row in range(1, 5001)]
    log = [f"10:07:37 第{row}筆資料:E22425****(非該單位在保保險對像)不入檔!" for row in range(1, 5001)]
    letter = replace(ANSWER, total=5000, registered=0, rejected=rejected, log_lines=log)
    _, text, html = read(answer(HEADING, letter).as_bytes())
    for said in (text, _Page(html).shown):
        assert log[LOG_LINES_SHOWN - 1] in said
        assert log[LOG_LINES_SHOWN] not in said
        assert "信中只列前2000行，其餘3000行請見附件。" in said
        assert f"其餘{5000 - REJECTED_ROWS_SHOWN}筆請見附件。" in said


def test_a_refusal_says_why_and_what_to_do() -> None:
    message, text, html = read(refusal(HEADING, REFUSAL).as_bytes())
    assert message["Subject"] == "整批不入檔通知 110000001_1151120.CSV"
    for said in (text, _Page(html).shown):
        assert "10:07:36 開始執行...\n10:07:36 檔名錯誤!整批不入檔!\n" in said
        assert "檔名應為投保單位代號9碼" in said
        assert "11000000120261120.CSV" in said
        assert "Name the file by unit code and date." in said
        assert "0800-030-598" in said


def test_a_refusal_of_an_unknown_unit_needs_no_name() -> None:
    letter = replace(REFUSAL, unit_code="", unit_name="")
    _, text, html = read(refusal(HEADING, letter).as_bytes())
    assert text.startswith("承辦人您好：")
    assert "檔名應為：" not in text
    assert "（）" not in _Page(html).shown


def test_a_held_notice_gives_the_commands() -> None:
    _, text, html = read(held_notice(HEADING, HELD).as_bytes())
    for said in (text, _Page(html).shown):
        assert "超過在保人數的3倍" in said
        for command in ("show", "release", "refuse"):
            assert f"nhicard batch {command} 42" in said


def test_a_failure_notice_names_job_step_and_run() -> None:
    _, text, html = read(failure_notice(HEADING, FAILURE).as_bytes())
    for said in (text, _Page(html).shown):
        for fact in (
            "employer_bulk_registration",
            "register_rows",
            "scheduled__1",
            "OperationalError",
            "nhicard doctor",
        ):
            assert fact in said


def test_a_hostile_file_name_forges_neither_line_nor_markup_nor_header() -> None:
    letter = replace(REFUSAL, file_name="<script>x</script>\r\n10:07:36 網路服務註冊成功!\u202efdp.exe")
    message, text, html = read(refusal(HEADING, letter).as_bytes())
    assert not re.search(r"^10:07:36 網路服務註冊成功", text, re.MULTILINE)
    assert "script" not in _Page(html).tags
    assert "\u202e" not in text + html + message["Subject"]
    assert len(message.keys()) == len(set(message.keys()))


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "portal.example.com", "https://x/ y", 'https://x/"', ""]
)
def test_only_web_addresses_are_linked(address: str) -> None:
    with pytest.raises(ValueError, match="change_password must be a web address"):
        replace(LINKS, change_password=address)
