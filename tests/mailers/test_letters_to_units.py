"""Facts on answers, receipts and refusals."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from mailers.letters import (
    FAULTY_ROWS_SHOWN,
    LOG_LINES_SHOWN,
    NAMES_SHOWN,
    REJECTED_ROWS_SHOWN,
    UNDELIVERED_SHOWN,
    AnswerLetter,
    FileResult,
    ReceiptLetter,
    ReceivedFile,
    RefusalLetter,
    RefusedFile,
    RejectedRow,
    Undelivered,
    answer,
    receipt,
    refusal,
)
from tests.mailers.opened_letters import OpenedLetter, opened
from tests.mailers.written_letters import (
    ANSWER,
    ANSWER_OF_SEVERAL,
    CLEAN,
    FIELDS,
    HEADING,
    HELD_RECEIVED,
    LOST,
    NOT_INSURED,
    OTHER_RESULT,
    RECEIPT,
    RECEIPT_OF_SEVERAL,
    RECEIVED,
    REFUSED,
    REFUSED_MAIL,
    RESULT,
    UNDELIVERED,
)


def answered(*files: FileResult) -> OpenedLetter:
    return opened(answer(HEADING, AnswerLetter(files)).as_bytes())


def received(*files: ReceivedFile, refused: tuple[RefusedFile, ...] = ()) -> OpenedLetter:
    letter = ReceiptLetter(files, refused, [], [], "2026-11-22 02:00")
    return opened(receipt(HEADING, letter).as_bytes())


def long_result(name: str, rows: int) -> FileResult:
    return replace(
        RESULT,
        file_name=name,
        total=rows,
        registered=0,
        rejected=[RejectedRow(row, row + 1, "E22425****", *NOT_INSURED) for row in range(1, rows + 1)],
        log_lines=[f"{name} 第{row}筆資料:E22425****不入檔!" for row in range(1, rows + 1)],
        warnings=[],
    )


def test_the_answer_names_rejected_rows_first_then_warnings_then_losses_then_the_log() -> None:
    letter = AnswerLetter([replace(RESULT, undelivered=UNDELIVERED)], ANSWER.attachments)
    for said in opened(answer(HEADING, letter).as_bytes()).both:
        order = ("第2筆", "多列使用同一電子郵件", "未送達的註冊成功訊息", "10:07:36 開始執行...", ".log.txt")
        places = [said.index(words) for words in order]
        assert places == sorted(places)


def test_the_answer_groups_rejected_rows_by_reason_with_row_and_spreadsheet_line() -> None:
    letter = answered(RESULT)
    assert (
        "■ (非該單位在保保險對像)不入檔!（2筆）\n"
        "  加保入檔後請將檔名日期改為當日再送\n"
        "  - 第2筆（試算表第3列）E22425****\n"
        "  - 第4筆（試算表第6列）S22112****\n"
    ) in letter.text
    assert "共4筆：成功1筆，不入檔3筆。" in letter.text


def test_the_answer_holds_the_whole_log_line_for_line_in_both_forms() -> None:
    log = "\n".join(RESULT.log_lines) + "\n"
    for said in answered(RESULT).both:
        assert log in said


def test_the_answers_subject_tells_the_result() -> None:
    letter = opened(answer(HEADING, ANSWER).as_bytes())
    assert letter.subject == "入檔記錄通知 11000000120261120.CSV：成功1筆，不入檔3筆"
    assert [part.get_filename() for part in letter.message.iter_attachments()] == [
        "11000000120261120.log.txt"
    ]


def test_an_answer_without_rejected_rows_says_so() -> None:
    for said in answered(OTHER_RESULT).both:
        assert "全部資料都已註冊成功" in said
        for words in ("處理方式", "提醒", "未送達", "附件"):
            assert words not in said


def test_a_file_without_log_lines_still_has_its_section() -> None:
    for said in answered(replace(OTHER_RESULT, log_lines=[])).both:
        assert "全部資料都已註冊成功" in said
        assert "明細請見附件" not in said


def test_an_answer_about_nothing_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="at least one file"):
        AnswerLetter([])


def test_a_long_answer_shows_the_first_rows_and_lines_and_tells_how_many_more_there_are() -> None:
    file = long_result(RESULT.file_name, 5_000)
    for said in answered(file).both:
        assert f"{file.log_lines[LOG_LINES_SHOWN - 1]}\n" in said
        assert f"{file.log_lines[LOG_LINES_SHOWN]}\n" not in said
        assert "信中只列前2000行，其餘3000行請見附件。" in said
        assert f"其餘{5000 - REJECTED_ROWS_SHOWN}筆請見附件。" in said


def test_the_answer_of_several_files_sums_them_up_in_its_subject_and_its_first_table() -> None:
    letter = opened(answer(HEADING, ANSWER_OF_SEVERAL).as_bytes())
    assert letter.subject == "入檔記錄通知 共2個檔案：成功3筆，不入檔3筆"
    assert (
        "1. 11000000120261120.CSV　示範機械（110000001）\n"
        "   共4筆：成功1筆，不入檔3筆\n"
        "2. 12000000220261120.CSV　示範食品股份有限公司臺中廠（120000002）\n"
        "   共2筆：成功2筆，不入檔0筆\n"
    ) in letter.text
    table = letter.page.shown[: letter.page.shown.index("入檔記錄\n")]
    assert re.search(r"11000000120261120\.CSV\s*示範機械（110000001）\s*4\s*1\s*3\s", table)
    assert re.search(r"12000000220261120\.CSV\s*示範食品股份有限公司臺中廠（120000002）\s*2\s*2\s*0\s", table)


def test_the_answer_of_several_files_holds_each_files_rows_and_log() -> None:
    for said in opened(answer(HEADING, ANSWER_OF_SEVERAL).as_bytes()).both:
        for file in ANSWER_OF_SEVERAL.files:
            assert "\n".join(file.log_lines) + "\n" in said
            for row in file.rejected:
                assert row.masked_id in said
        assert said.count("更正後可以重送整個檔案") == 1
        assert "壓縮檔內含各檔案的入檔記錄與註記檔。" in said


@pytest.mark.parametrize(
    ("files", "greeting"),
    [
        pytest.param([RESULT], "示範機械（110000001）承辦人您好：", id="one_unit"),
        pytest.param([RESULT, RESULT], "示範機械（110000001）承辦人您好：", id="one_unit_two_files"),
        pytest.param([RESULT, OTHER_RESULT], "承辦人您好：", id="an_agent_of_two"),
        pytest.param([replace(RESULT, unit_name="")], "投保單位110000001承辦人您好：", id="no_name"),
    ],
)
def test_the_answer_greets_the_unit_that_it_is_about(files: list[FileResult], greeting: str) -> None:
    letter = answered(*files)
    assert letter.text.startswith(f"{greeting}\n")
    assert f"<p>{greeting}</p>" in letter.html


def test_the_caps_count_over_the_whole_answer_and_every_file_keeps_its_line_in_the_table() -> None:
    files = [long_result(f"1100000{number:02}20261120.CSV", 900) for number in range(1, 6)]
    letter = answered(*files)
    assert letter.text.count("試算表第") == REJECTED_ROWS_SHOWN
    assert letter.page.shown.count("E22425****不入檔!") == LOG_LINES_SHOWN
    for said in letter.both:
        assert said.count("E22425****不入檔!") == LOG_LINES_SHOWN
        assert "\n900筆請見附件。" in said.replace("  - ", "")
        assert "信中只列前200行，其餘700行請見附件。" in said
        assert "其餘2個檔案的明細請見附件。" in said
        assert all(file.file_name in said for file in files)


def test_rows_to_correct_are_still_named_when_the_log_lines_are_used_up() -> None:
    good = replace(OTHER_RESULT, log_lines=["10:07:36 開始執行..."] * LOG_LINES_SHOWN)
    for said in answered(good, RESULT, OTHER_RESULT).both:
        assert "T12151****" in said
        assert "信中只列前0行，其餘6行請見附件。" in said
        assert "其餘1個檔案的明細請見附件。" in said


def test_lost_success_mails_are_told_with_file_row_and_why_and_that_the_registration_stands() -> None:
    letter = answered(replace(RESULT, undelivered=UNDELIVERED))
    assert (
        "■ 11000000120261113.CSV（2筆）\n"
        "  收信端回覆沒有這個信箱。\n"
        "  - 第2筆　E22361****\n"
        "  - 第9筆　T12151****\n"
    ) in letter.text
    for said in letter.both:
        assert "未送達的註冊成功訊息" in said
        assert "先前的檔案有3筆已註冊成功" in said
        assert "註冊仍然有效" in said
        assert "The mailbox does not exist." in said
        assert "It could not be delivered for 48 hours." in said


def test_only_the_first_lost_success_mails_of_a_letter_are_shown_and_the_others_counted() -> None:
    lost = [Undelivered("11000000120261113.CSV", row, "E22361****", *LOST) for row in range(1, 151)]
    other = [replace(mail, file_name="11000000120261114.CSV") for mail in lost]
    third = [replace(mail, file_name="11000000120261115.CSV") for mail in lost]
    letter = answered(
        replace(OTHER_RESULT, undelivered=lost), replace(OTHER_RESULT, undelivered=other + third)
    )
    assert letter.text.count("E22361****") == letter.page.shown.count("E22361****") == UNDELIVERED_SHOWN
    for said in letter.both:
        assert "先前的檔案有450筆" in said
        assert "信中只列前200筆，另有250筆未列出。" in said
        assert said.count("未送達的註冊成功訊息") == 1


def test_a_receipt_says_at_once_that_the_file_waits_for_the_night() -> None:
    letter = received(CLEAN)
    assert letter.subject == "收件通知 11000000120261120.CSV：已收件,將於今夜處理"
    assert letter.text.startswith("已收件,將於今夜處理\n")
    assert "<h1>已收件,將於今夜處理</h1>" in letter.html
    for said in letter.both:
        assert "2026-11-22 02:00" in said
        assert "示範機械（110000001）" in said
        assert "共1筆" in said
        for words in ("格式有誤", "怎麼更正", "整批不入檔", "提醒", "沒有處理", "超過"):
            assert words not in said


def test_a_receipt_names_the_faults_already_seen_and_how_to_correct_them() -> None:
    letter = received(RECEIVED)
    assert (
        "  其中3筆格式有誤，若不更正將不入檔：\n"
        "  * (電子郵件 欄位錯誤!聯絡電話 欄位錯誤!)不入檔!\n"
        "    請填一個完整的電子郵件\n"
        "    - 第3筆（試算表第5列）T12151****\n"
        "    - 第7筆（試算表第9列）**********\n"
        "  另有1筆格式有誤，將列在處理結果中。\n"
    ) in letter.text
    for said in letter.both:
        assert "其中3筆格式有誤" in said
        assert "另有1筆格式有誤" in said
        assert "相同檔名再寄一次" in said
        assert "已註冊的人維持不變" in said
        assert "多列使用同一電子郵件" in said


def test_a_receipt_shows_the_first_faults_of_each_file_and_counts_the_others() -> None:
    faulty = [RejectedRow(row, row + 1, "T12151****", *FIELDS) for row in range(1, 91)]
    letter = received(*[replace(RECEIVED, faulty=faulty, faulty_rows=400)] * 2)
    for said in letter.both:
        assert said.count("T12151****") == 2 * FAULTY_ROWS_SHOWN
        assert said.count(f"另有{400 - FAULTY_ROWS_SHOWN}筆格式有誤") == 2


def test_a_held_file_waits_for_an_operator_and_not_for_the_night() -> None:
    letter = received(HELD_RECEIVED)
    assert letter.subject.endswith("：已收件,待人工確認")
    for said in letter.both:
        assert "待人工確認" in said
        assert "今夜" not in said
        assert "2026-11-22 02:00" not in said
        assert "waits for a review" in said


def test_of_several_files_each_says_what_it_waits_for() -> None:
    letter = opened(receipt(HEADING, RECEIPT_OF_SEVERAL).as_bytes())
    assert letter.subject == "收件通知 共2個檔案：已收件,將於今夜處理；另1個檔案整批不入檔"
    assert "  2026-11-20 收到，共60筆，將於今夜處理。\n" in letter.text
    assert "  2026-11-20 收到，共860筆，待人工確認，不必重送。\n" in letter.text
    for said in letter.both:
        assert "共920筆" in said
        assert "10:07:36 檔名錯誤!整批不入檔!" in said
        assert "正確檔名應為 11000000120261120.CSV。" in said
        assert "Name the file by unit code and date." in said


def test_attachments_that_were_left_alone_are_named() -> None:
    for mail in (
        receipt(HEADING, RECEIPT_OF_SEVERAL),
        refusal(HEADING, RefusalLetter([REFUSED], ["公司簡介.pdf", "logo.png"], ["12000000220261111.CSV"])),
    ):
        for said in opened(mail.as_bytes()).both:
            places = [
                said.index(words)
                for words in (
                    "不是CSV檔案，沒有處理",
                    "公司簡介.pdf",
                    "logo.png",
                    "請另寄一封信",
                    "12000000220261111.CSV",
                )
            ]
            assert places == sorted(places)


def test_hundreds_of_left_over_attachments_do_not_fill_the_letter() -> None:
    names = [f"{number}.png" for number in range(NAMES_SHOWN + 7)]
    letter = opened(receipt(HEADING, replace(RECEIPT, ignored=names, left_over=names)).as_bytes())
    for said in letter.both:
        assert said.count(".png") == 2 * NAMES_SHOWN
        assert said.count("另有7個") == 2


def test_an_outsiders_names_are_no_links_in_a_letter_to_a_unit() -> None:
    name = "www.example.org/x@example.org.zip"
    refused = replace(REFUSED, file_name=name)
    for mail in (
        receipt(HEADING, ReceiptLetter([CLEAN], [refused], [name], [name], "2026-11-22 02:00")),
        refusal(HEADING, RefusalLetter([refused], [name], [name])),
        refusal(HEADING, RefusalLetter([refused, refused])),
    ):
        letter = opened(mail.as_bytes())
        assert "example." not in letter.subject
        for said in letter.both:
            assert "www[.]example[.]org/x[@]example[.]org[.]zip" in said
            assert "example." not in said


def test_a_receipt_for_nothing_received_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="at least one received file"):
        replace(RECEIPT, received=[])


def test_a_refusal_says_why_and_what_to_do() -> None:
    letter = opened(refusal(HEADING, RefusalLetter([REFUSED])).as_bytes())
    assert letter.subject == "整批不入檔通知 110000001_1151120.CSV"
    for said in letter.both:
        assert "10:07:36 開始執行...\n10:07:36 檔名錯誤!整批不入檔!\n" in said
        assert "檔名應為投保單位代號9碼" in said
        assert "11000000120261120.CSV" in said
        assert "Name the file by unit code and date." in said
        assert "0800-030-598" in said


def test_a_refusal_of_an_unknown_unit_needs_no_name() -> None:
    unknown = replace(REFUSED, unit_code="", unit_name="")
    letter = opened(refusal(HEADING, RefusalLetter([unknown])).as_bytes())
    assert letter.text.startswith("承辦人您好：")
    assert "檔名應為：" not in letter.text
    assert "（）" not in letter.page.shown


def test_a_refusal_of_the_mail_itself_names_no_file() -> None:
    letter = opened(refusal(HEADING, RefusalLetter([REFUSED_MAIL])).as_bytes())
    assert letter.subject == "整批不入檔通知 您的來信"
    for said in letter.both:
        assert "您的來信（2026-11-20 收到）沒有處理" in said
        assert "Your mail was not processed" in said
        assert "檔案 （" not in said


def test_a_refusal_of_several_files_gives_each_its_reason_and_hint() -> None:
    letter = opened(refusal(HEADING, RefusalLetter([REFUSED, REFUSED_MAIL])).as_bytes())
    assert letter.subject == "整批不入檔通知 共2個檔案"
    for said in letter.both:
        for words in (
            "110000001_1151120.CSV",
            "您的來信",
            "檔名錯誤!",
            "檔案過大!",
            "Your mail was not processed",
        ):
            assert words in said
        assert said.count("怎麼處理") == 2
        assert REFUSED.hint in said
        assert REFUSED_MAIL.hint in said


def test_a_refusal_of_nothing_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="at least one file"):
        RefusalLetter([])
