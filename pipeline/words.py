"""Words for people: the languages of the house, and a notice in both of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """The language of a page, a letter or a report. Lines of the result log are Chinese in either."""

    ZH = "zh"
    EN = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a person reads when something did not go as wished: what happened, and what to do next.

    `code` is stable and unique across the house; the texts may change.
    """

    code: str
    title: str
    what_to_do: str
    title_en: str
    what_to_do_en: str
