"""Facts on what all our letters have in common, and on those to people and to staff."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from mailers.letters import (
    DIGEST_LINES_SHOWN,
    ConfirmationLetter,
    DigestLetter,
    RefusalLetter,
    ResetLetter,
    UnansweredMail,
    confirmation,
    digest,
    failure_notice,
    held_notice,
    refusal,
    reset,
)
from mailers.letters.rendering import foreign
from tests.mailers.opened_letters import opened
from tests.mailers.written_letters import (
    DIGEST,
    FAILURE,
    HEADING,
    HELD,
    HELD_FILE,
    LINK,
    LINKED,
    LINKS,
    REFUSED,
    UNANSWERED,
    letters,
    success,
)

LEADS_TO = {"success": set(LINKED), "confirmation": {LINK}, "reset": {LINK}}


@pytest.mark.parametrize("kind", letters())
def test_every_letter_is_whole_in_both_forms(kind: str) -> None:
    letter = opened(letters()[kind])
    assert letter.page.languages == {"zh-Hant-TW", "en"}
    assert not letter.page.tags & {"img", "script", "link", "iframe", "form", "object"}
    assert letter.page.links == LEADS_TO.get(kind, set())
    assert not re.search(r"ZQ|\{\{|None|Undefined", letter.text + letter.html + letter.subject)
    assert letter.text.replace("\n", "").replace("\u3000", "").isprintable()
    assert "\n\n\n" not in letter.text


@pytest.mark.parametrize("kind", letters())
def test_what_stands_in_the_text_stands_on_the_page(kind: str) -> None:
    letter = opened(letters()[kind])
    names = re.findall(r"\d{17}\.CSV|\d{9}_\d{7}\.CSV|[A-Z]\d{5}\*{4}|第\d+筆", letter.text)
    assert [name for name in names if name not in letter.page.shown] == []


@pytest.mark.parametrize("kind", letters())
def test_no_letter_holds_a_whole_id_number(kind: str) -> None:
    letter = opened(letters()[kind])
    said = letter.subject + letter.text + letter.page.shown
    assert not re.search(r"(?<![A-Za-z0-9])[A-Z][0-9A-D]\d{8}(?!\d)", said)


def test_the_success_mail_says_the_seeds_three_lines_with_three_links() -> None:
    letter = opened(success())
    for line in (
        "1.密碼變更(網頁連結) (預設密碼：健保卡卡號)\n  https://portal.example.com/password\n",
        "2.健康存摺申請下載(網頁連結)\n  https://portal.example.com/health-bank?a=1&b=2\n",
        "3.個人承保業務服務(網頁連結)\n  https://portal.example.com/insurance\n",
    ):
        assert line in letter.text
    for words in (
        "密碼變更(網頁連結) (預設密碼：健保卡卡號)",
        "健康存摺申請下載(網頁連結)",
        "個人承保業務服務(網頁連結)",
        *LINKED,
    ):
        assert words in letter.page.shown


def test_the_success_mail_tells_where_the_card_number_stands_and_whom_to_call() -> None:
    for said in opened(success()).both:
        assert "健保卡正面左下角" in said
        assert "0800-030-598" in said
        assert "向您詢問密碼" in said
        assert "示範<機械>&行" in said


def test_the_success_mail_holds_no_number_of_the_person() -> None:
    for said in opened(success()).both:
        assert not re.search(r"\d{9}|[A-Z]\d{5}|\*\*\*\*", said)


@pytest.mark.parametrize("kind", ["confirmation", "reset"])
def test_a_letter_with_a_link_shows_it_tells_its_end_and_what_to_do_when_it_is_not_for_you(kind: str) -> None:
    letter = opened(letters()[kind])
    for said in letter.both:
        assert LINK in said
        for words in ("2026-11-25 23:59", "不必做任何事", "0800-030-598", "do\nnothing", "向您詢問密碼"):
            assert words.replace("\n", " ") in said.replace("\n", " ")
    assert f"\n{LINK}\n" in letter.text


def test_a_confirmation_tells_of_the_five_days_and_a_reset_of_the_day() -> None:
    confirmed, asked = (opened(letters()[kind]) for kind in ("confirmation", "reset"))
    for said in confirmed.both:
        assert "5日內沒有確認" in said
        assert "within 5 days" in said.replace("\n", " ")
    for said in asked.both:
        assert "24小時內有效" in said
        assert "原來的密碼不會改變" in said


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("javascript:alert(1)", id="script"),
        pytest.param("portal.example.com", id="no_scheme"),
        pytest.param("https:///password", id="no_host"),
        pytest.param("https://x/ y", id="blank"),
        pytest.param('https://x/"', id="quote"),
        pytest.param("https://x/\u202ey", id="direction_mark"),
        pytest.param("https://x/" + "y" * 2_000, id="endless"),
        pytest.param("", id="nothing"),
    ],
)
def test_only_web_addresses_are_linked(address: str) -> None:
    with pytest.raises(ValueError, match=r"^change_password must be a web address$"):
        replace(LINKS, change_password=address)
    for kind in (ConfirmationLetter, ResetLetter):
        with pytest.raises(ValueError, match=r"^link must be a web address$"):
            kind(address, "2026-11-25 23:59")


def test_a_link_for_one_person_shows_in_no_repr() -> None:
    for letter in (ConfirmationLetter(LINK, "now"), ResetLetter(LINK, "now")):
        assert "token" not in repr(letter)


def test_a_value_can_be_no_markup_in_any_letter() -> None:
    until = "<b>&amp;</b>"
    for mail in (
        confirmation(HEADING, ConfirmationLetter(LINK, until)),
        reset(HEADING, ResetLetter(LINK, until)),
        digest(HEADING, replace(DIGEST, day=until)),
    ):
        for said in opened(mail.as_bytes()).both:
            assert until in said


def test_a_held_notice_gives_the_commands() -> None:
    for said in opened(held_notice(HEADING, HELD).as_bytes()).both:
        assert "超過在保人數的3倍" in said
        for command in ("show", "release", "refuse"):
            assert f"nhicard batch {command} 42" in said


def test_a_failure_notice_names_job_step_and_run() -> None:
    for said in opened(failure_notice(HEADING, FAILURE).as_bytes()).both:
        for fact in (FAILURE.dag, FAILURE.task, FAILURE.run, FAILURE.error, *FAILURE.where_to_look):
            assert fact in said


def test_a_digest_tells_each_matter_once_with_what_to_do() -> None:
    letter = opened(digest(HEADING, DIGEST).as_bytes())
    assert letter.subject == (
        "每日摘要 2026-11-22：待人工確認1件，未送達回覆1封，未回覆來信14封，無法告知的檔案1個"
    )
    for said in letter.both:
        assert "nhicard batch show 42" in said
        assert "收信端回覆沒有這個信箱。" in said
        assert "寄件網域的驗證沒有通過(DMARC)。" in said
        assert "原信在信箱資料夾 Rejected" in said
        assert "另有12封，請見信箱" in said
        assert "檔名錯誤" in said


def test_a_digest_leaves_empty_sections_out() -> None:
    letter = opened(digest(HEADING, DigestLetter("2026-11-22", [], 0, [], [], [HELD_FILE])).as_bytes())
    assert letter.subject == "每日摘要 2026-11-22：待人工確認1件"
    for words in ("未回覆的來信", "未送達的回覆", "無法告知的檔案】", "另有", "[.]"):
        assert words not in letter.text
    assert letter.html.count("<h2>") == 1


def test_a_digest_of_nothing_says_so() -> None:
    letter = opened(digest(HEADING, DigestLetter("2026-11-22", [], 0, [], [], [])).as_bytes())
    assert letter.subject == "每日摘要 2026-11-22：沒有待處理事項"


def test_a_long_digest_shows_the_first_lines_of_each_section_and_counts_the_others() -> None:
    letter = replace(
        DIGEST,
        mails=[replace(UNANSWERED, received_at=f"{number}時") for number in range(DIGEST_LINES_SHOWN + 3)],
        mails_total=900,
        files=list(DIGEST.files) * (DIGEST_LINES_SHOWN + 4),
        unsent=list(DIGEST.unsent) * (DIGEST_LINES_SHOWN + 5),
        held=[HELD_FILE] * (DIGEST_LINES_SHOWN + 6),
    )
    for said in opened(digest(HEADING, letter).as_bytes()).both:
        assert f"{DIGEST_LINES_SHOWN - 1}時" in said
        assert f"{DIGEST_LINES_SHOWN}時" not in said
        for rest in ("另有800封，請見信箱", "另有4個", "另有5封", "另有6件"):
            assert rest in said


def test_a_strangers_text_is_no_link_in_a_digest() -> None:
    letter = opened(digest(HEADING, DIGEST).as_bytes())
    for said in letter.both:
        assert "someone[@]mail[.]example[.]org" in said
        assert "https[:]//www[.]example[.]org[.]zip" in said
        outside = said.replace("nhicard", "")
        assert not re.search(r"://|\w@\w|www\.|example\.", outside)
    assert letter.page.links == set()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("11000000120261120.CSV", "11000000120261120.CSV", id="our_name"),
        pytest.param("11000000120261120 (1).csv.csv", "11000000120261120 (1).csv.csv", id="doubled_ending"),
        pytest.param("公司簡介.PDF", "公司簡介.PDF", id="usual_file"),
        pytest.param("550 5.1.1 (#5.7.0)", "550 5.1.1 (#5.7.0)", id="status_codes"),
        pytest.param("www.example.org", "www[.]example[.]org", id="host"),
        pytest.param("list.zip", "list[.]zip", id="zip_is_a_domain"),
        pytest.param("a.csv/x", "a[.]csv/x", id="ending_with_a_path"),
        pytest.param("x.pdf.example.org", "x[.]pdf[.]example[.]org", id="ending_inside"),
        pytest.param("ａ．example", "ａ[.]example", id="full_width_dot"),
        pytest.param("example。org", "example[.]org", id="ideographic_dot"),
        pytest.param("沒有通過。請打電話", "沒有通過。請打電話", id="a_sentence"),
        pytest.param("mailto:a@b", "mailto:a[@]b", id="mailto"),
        pytest.param("ftp://1.2.3.4", "ftp[:]//1.2.3.4", id="scheme"),
        pytest.param("王A123456789.csv", "王A12345****.csv", id="id_number"),
        pytest.param("PO12345678.pdf", "PO12345678.pdf", id="order_number"),
        pytest.param("長" * 121, "長" * 120 + "…", id="long"),
    ],
)
def test_an_outsiders_text_is_told_without_links_and_ids(text: str, told: str) -> None:
    assert foreign(text) == told


def test_a_strangers_address_shows_in_no_repr() -> None:
    assert "example" not in repr(UnansweredMail("09:12", "someone@example.org", "r", 0, "Rejected"))


def test_a_hostile_file_name_forges_neither_line_nor_markup_nor_header() -> None:
    name = "<script>x</script>\r\n10:07:36 網路服務註冊成功!\u202efdp.exe"
    letter = opened(refusal(HEADING, RefusalLetter([replace(REFUSED, file_name=name)])).as_bytes())
    assert not re.search(r"^10:07:36 網路服務註冊成功", letter.text, re.MULTILINE)
    assert "script" not in letter.page.tags
    assert "\u202e" not in letter.text + letter.html + letter.subject
    assert len(letter.message.keys()) == len(set(letter.message.keys()))
