"""One letter of every kind, in the shapes they come in; about made-up people and units."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from mailers.letters import (
    AnswerLetter,
    ConfirmationLetter,
    DigestLetter,
    FailureNotice,
    FileResult,
    HeldFile,
    HeldNotice,
    Links,
    ReceiptLetter,
    ReceivedFile,
    RefusalLetter,
    RefusedFile,
    RefusedName,
    RejectedRow,
    ResetLetter,
    UnansweredMail,
    Undelivered,
    UnsentLetter,
    Warned,
    answer,
    confirmation,
    digest,
    enclose,
    failure_notice,
    held_notice,
    receipt,
    refusal,
    reset,
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
LINKED = (LINKS.change_password, LINKS.health_bank, LINKS.own_insurance)
LINK = "https://portal.example.com/confirm?token=Vb3nq0Zk1xJw8cT5rYp2mLs7hDf4gAe9uIo6&lang=zh"
NOT_INSURED = ("(非該單位在保保險對像)不入檔!", "加保入檔後請將檔名日期改為當日再送")
FIELDS = ("(電子郵件 欄位錯誤!聯絡電話 欄位錯誤!)不入檔!", "請填一個完整的電子郵件")
SHARED = Warned("多列使用同一電子郵件", "眷屬可共用信箱")
LOST = ("收信端回覆沒有這個信箱。", "The mailbox does not exist.")

RESULT = FileResult(
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
    warnings=[SHARED],
)
OTHER_RESULT = FileResult(
    unit_code="120000002",
    unit_name="示範食品股份有限公司臺中廠",
    file_name="12000000220261120.CSV",
    received_on="2026-11-19",
    total=2,
    registered=2,
    rejected=[],
    log_lines=[
        "10:07:41 開始執行...",
        "10:07:41 第1筆資料:A12345****網路服務註冊成功!",
        "10:07:41 第2筆資料:B12345****網路服務註冊成功!",
        "10:07:41 執行完畢,共2筆:成功2筆,不入檔0筆。",
    ],
)
UNDELIVERED = [
    Undelivered("11000000120261113.CSV", 2, "E22361****", *LOST),
    Undelivered("11000000120261113.CSV", 9, "T12151****", *LOST),
    Undelivered(
        "11000000120261113.CSV",
        12,
        "S22112****",
        "48小時內多次未能送達。",
        "It could not be delivered for 48 hours.",
    ),
]
LOG = text_file("11000000120261120.log.txt", "記錄\n")
ANSWER = AnswerLetter([RESULT], [LOG])
ANSWER_OF_SEVERAL = AnswerLetter(
    [RESULT, replace(OTHER_RESULT, undelivered=UNDELIVERED)],
    enclose([replace(LOG, name=f"{number}.log.txt") for number in range(8)], zip_name="results-20261121.zip"),
)
RECEIVED = ReceivedFile(
    file_name="11000000120261120.CSV",
    unit_code="110000001",
    unit_name="示範機械",
    received_on="2026-11-20",
    rows=60,
    is_held=False,
    faulty_rows=3,
    faulty=[RejectedRow(3, 5, "T12151****", *FIELDS), RejectedRow(7, 9, "**********", *FIELDS)],
    warnings=[SHARED],
)
CLEAN = replace(RECEIVED, faulty_rows=0, faulty=[], warnings=[], rows=1)
HELD_RECEIVED = replace(CLEAN, file_name="11000000120261119.CSV", is_held=True, rows=860)
REFUSED = RefusedFile(
    file_name="110000001_1151120.CSV",
    unit_code="110000001",
    unit_name="示範機械",
    received_on="2026-11-20",
    log_lines=["10:07:36 開始執行...", "10:07:36 檔名錯誤!整批不入檔!"],
    hint="正確檔名應為 11000000120261120.CSV。檔名應為投保單位代號9碼+西元年月日8碼+.CSV",
    hint_en="Name the file by unit code and date.",
)
REFUSED_MAIL = replace(
    REFUSED,
    file_name="",
    log_lines=["10:07:36 開始執行...", "10:07:36 檔案過大!整批不入檔!"],
    hint="請將檔案分成數個較小的檔案(檔名日期各異)後重送。",
    hint_en="Split the file into smaller ones, each under another date.",
)
RECEIPT = ReceiptLetter([RECEIVED], [], [], [], "2026-11-22 02:00")
RECEIPT_OF_SEVERAL = ReceiptLetter(
    [RECEIVED, HELD_RECEIVED],
    [REFUSED],
    ["公司簡介.pdf", "logo.png"],
    ["12000000220261111.CSV"],
    "2026-11-22 02:00",
)
REFUSAL = RefusalLetter([REFUSED])
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
UNANSWERED = UnansweredMail(
    "2026-11-22 09:12", "someone@mail.example.org", "寄件網域的驗證沒有通過(DMARC)。", 2, "Rejected"
)
HELD_FILE = HeldFile(42, "110000001", "11000000120261120.CSV", "2026-11-20 10:07")
DIGEST = DigestLetter(
    "2026-11-22",
    [UNANSWERED, replace(UNANSWERED, sender="hr@www.example.net", reason="寄件人不是登記的聯絡人。")],
    14,
    [RefusedName("客戶名單 https://www.example.org.zip", "檔名錯誤")],
    [UnsentLetter("11000000120261120.CSV 的結果", "110000001", "收信端回覆沒有這個信箱。")],
    [HELD_FILE],
)


def success() -> bytes:
    skeleton = success_skeleton(
        sender="noreply@example.com", sender_name="健保卡網路服務", reply_to="help@example.com", links=LINKS
    )
    return skeleton.fill(
        to="person@example.com", date=NOW, message_id="<s@example.com>", values={"unit_name": "示範<機械>&行"}
    )


def letters() -> dict[str, bytes]:
    """Every kind of letter as it is sent, by its name."""
    valid_until = "2026-11-25 23:59"
    one_loss = AnswerLetter([replace(RESULT, undelivered=UNDELIVERED)], [LOG])
    refused_two = RefusalLetter([REFUSED, REFUSED_MAIL], ["公司簡介.pdf"], ["12000000220261111.CSV"])
    small = DigestLetter("2026-11-22", [], 0, [], [], [HELD_FILE])
    return {
        "success": success(),
        "confirmation": confirmation(HEADING, ConfirmationLetter(LINK, valid_until)).as_bytes(),
        "reset": reset(HEADING, ResetLetter(LINK, valid_until)).as_bytes(),
        "answer": answer(HEADING, ANSWER).as_bytes(),
        "answer_with_undelivered": answer(HEADING, one_loss).as_bytes(),
        "answer_all_stored": answer(HEADING, AnswerLetter([OTHER_RESULT])).as_bytes(),
        "answer_of_several": answer(HEADING, ANSWER_OF_SEVERAL).as_bytes(),
        "receipt": receipt(HEADING, RECEIPT).as_bytes(),
        "receipt_clean": receipt(HEADING, replace(RECEIPT, received=[CLEAN])).as_bytes(),
        "receipt_held": receipt(HEADING, replace(RECEIPT, received=[HELD_RECEIVED])).as_bytes(),
        "receipt_of_several": receipt(HEADING, RECEIPT_OF_SEVERAL).as_bytes(),
        "refusal": refusal(HEADING, REFUSAL).as_bytes(),
        "refusal_of_the_mail": refusal(HEADING, RefusalLetter([REFUSED_MAIL], ["名單.pdf"])).as_bytes(),
        "refusal_of_several": refusal(HEADING, refused_two).as_bytes(),
        "held_notice": held_notice(HEADING, HELD).as_bytes(),
        "failure_notice": failure_notice(HEADING, FAILURE).as_bytes(),
        "digest": digest(HEADING, DIGEST).as_bytes(),
        "digest_small": digest(HEADING, small).as_bytes(),
    }
