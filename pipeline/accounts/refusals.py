"""Every way a person's wish is refused, once: code, HTTP status, and what to do, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from validators.value_faults import value_fault


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refusal: `status` is what the portal answers with."""

    code: str
    status: int
    title: str
    what_to_do: str
    title_en: str
    what_to_do_en: str


class AccountRefused(Exception):
    """A person's wish is refused; the text is the code alone. `fields`: what is wrong with which field."""

    def __init__(
        self,
        code: str,
        fields: Mapping[str, str] | None = None,
        fields_en: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.refusal: Final = REFUSALS[code]
        self.fields: Final = dict(fields or {})
        self.fields_en: Final = dict(fields_en or {})

    @property
    def code(self) -> str:
        return self.refusal.code

    @property
    def status(self) -> int:
        return self.refusal.status

    @property
    def title(self) -> str:
        return self.refusal.title

    @property
    def what_to_do(self) -> str:
        return self.refusal.what_to_do

    @property
    def title_en(self) -> str:
        return self.refusal.title_en

    @property
    def what_to_do_en(self) -> str:
        return self.refusal.what_to_do_en


def _by_code(*refusals: Refusal) -> dict[str, Refusal]:
    return {refusal.code: refusal for refusal in refusals}


_COUNTER: Final = "請本人攜帶身分證明文件至健保署各地聯合服務中心洽詢。"
_COUNTER_EN: Final = "Please ask at a service counter, with an identity document."

REFUSALS: Final = _by_code(
    Refusal(
        "FIELDS",
        400,
        "有欄位需要更正",
        "請更正標示的欄位後再送出。",
        "Some fields need correction",
        "Please correct the marked fields and send again.",
    ),
    Refusal(
        "UNKNOWN_CARD",
        403,
        "查無此有效健保卡",
        f"請確認插入的是本人目前有效的健保卡;仍無法讀取時,{_COUNTER}",
        "This is no valid NHI card that we know",
        f"Check that it is your current card. If it still fails: {_COUNTER_EN}",
    ),
    Refusal(
        "OLD_CARD",
        403,
        "此卡已換發,請用新卡",
        "請插入換發後的新卡再讀取;尚未收到新卡時請撥打服務專線查詢。",
        "This card was replaced: use the new one",
        "Insert your new card and read again; call the helpline when it has not arrived yet.",
    ),
    Refusal(
        "ALREADY_REGISTERED",
        409,
        "你已做過申請",
        "不必重新申請。尚未收到確認信請選「重寄確認信」;忘記密碼請選「忘記註冊密碼」。",
        "You have registered already",
        "No need to apply again. No confirmation mail yet: have it sent again. Password forgotten: reset it.",
    ),
    Refusal(
        "BLOCKED",
        403,
        "無法註冊,請本人洽健保署",
        _COUNTER,
        "Registration is not possible online",
        _COUNTER_EN,
    ),
    Refusal(
        "MISMATCH",
        403,
        "輸入的資料與登記資料不符",
        "請對照戶口名簿或居留證逐項檢查後再試;錯誤5次,此卡將暫停註冊24小時。",
        "What you entered does not agree with our records",
        "Compare it with your household booklet or permit. Five wrong tries lock this card for 24 hours.",
    ),
    Refusal(
        "LOCKED",
        423,
        "錯誤次數過多,此卡暫停註冊",
        f"請於24小時後再試;急需辦理時,{_COUNTER}",
        "Too many wrong tries: this card is locked",
        f"Try again after 24 hours. If it is urgent: {_COUNTER_EN}",
    ),
    Refusal(
        "TOO_MANY",
        429,
        "今日使用次數已達上限",
        "為保護個人資料,同一張卡或同一地點每日使用次數有限,請明日再試。",
        "Today's limit is reached",
        "To protect personal data, uses per card and place are limited each day: try again tomorrow.",
    ),
    Refusal(
        "TOO_MANY_MAILS",
        429,
        "今日確認信寄送次數已達上限",
        "請先查看垃圾信件匣;今日不再重寄,請明日再試。",
        "No more confirmation mails today",
        "Please look into your spam folder first; more can be sent tomorrow.",
    ),
    Refusal(
        "NOT_PENDING",
        409,
        "沒有等待確認的申請",
        "申請已確認、已刪除或已逾期失效;如尚未註冊,請重新申請。",
        "No application waits for confirmation",
        "It was confirmed, deleted or has lapsed. If you are not registered yet, please apply again.",
    ),
    Refusal(
        "LINK_UNUSABLE",
        403,
        "此連結無法使用",
        "連結可能已逾期、已使用或不完整。請在讀卡站選「重寄確認信」;申請超過5日未確認者,請重新申請。",
        "This link cannot be used",
        "It has expired, was used, or is incomplete. Have the confirmation mail sent again at the station; "
        "after 5 days without a confirmation, apply again.",
    ),
    Refusal(
        "RELEASE_UNUSABLE",
        403,
        "此連結無法使用",
        "連結可能已逾期、已使用,或檔案已由承辦人員處理。如需協助請洽健保署各分區業務組。",
        "This link cannot be used",
        "It has expired or was used, or staff has decided about the file. Please ask the regional division.",
    ),
)

# What is wrong with one field: code -> (zh-TW, English). What makes a value ill-formed: `value_faults`.
FIELD_WORDS: Final = {
    "PROOF_KIND": (
        "本國人請填戶籍資料,外籍人士請填居留證資料。",
        "Nationals give their household, foreign residents their permit.",
    ),
    "DATE_ORDER": ("居留期限應晚於核發日期。", "The expiry date must be later than the issue date."),
    "PASSWORD_SHORT": ("密碼至少8個字元。", "At least 8 characters."),
    "PASSWORD_LONG": ("密碼最多64個字元。", "At most 64 characters."),
    "PASSWORD_CHARACTERS": ("密碼含有無法使用的字元。", "It holds characters that cannot be used."),
    "PASSWORD_PERSONAL": (
        "密碼不可使用健保卡卡號、身分證號、生日、電子郵件或電話。",
        "Not your card number, ID, birth date, e-mail or phone number.",
    ),
    "PASSWORD_COMMON": (
        "這個密碼太常見,容易被猜到,請換一個。",
        "Too common and easy to guess: choose another.",
    ),
    "PASSWORD_DIFFERS": ("兩次輸入的密碼不同。", "The two passwords differ."),
    "EMAIL_UNREACHABLE": (
        "寄到此信箱的信件近日被退回,請確認或改用其他信箱。",
        "Mail to this address bounced lately: check it, or give another one.",
    ),
}


def fields_refused(faults: Mapping[str, str]) -> AccountRefused:
    """FIELDS, with the words of each field's fault code."""
    words = {name: _words_of(code) for name, code in faults.items()}
    return AccountRefused(
        "FIELDS",
        {name: chinese for name, (chinese, _) in words.items()},
        {name: english for name, (_, english) in words.items()},
    )


def _words_of(code: str) -> tuple[str, str]:
    if code in FIELD_WORDS:
        return FIELD_WORDS[code]
    fault = value_fault(code)
    return fault.hint, fault.hint_en
