"""Made-up people for sample cards; their ID numbers have right check digits and are made up."""

from __future__ import annotations

from datetime import date

from pipeline.sample.plain import check_digit
from reader_station.card.card_holder import CardHolder, Sex
from reader_station.card.made_up_holder import made_up_holder


def sample_holder(number: int, *, name: str, sex: Sex = "F", second: str = "") -> CardHolder:
    """The holder of that number; `second` is the ID's second character where it is no citizen's."""
    body = f"{second or '12'[sex == 'F']}{number:07}"
    digit = check_digit("E", body)
    return made_up_holder(
        card_number=f"0000{number:08}",
        name=name,
        national_id=f"E{body}{digit}",
        birth_date=date(1980, 1, 1 + number % 28),
        sex=sex,
        issue_date=date(2014, 11, 26),
    )


MEI = sample_holder(2361001, name="林美玲")
MING = sample_holder(2361002, name="陳志明", sex="M")
FOREIGNER = sample_holder(2361003, name="ＡＮＮＡ　ＢＥＬＬ", second="9")
HOLDERS = (MEI, MING, FOREIGNER)
