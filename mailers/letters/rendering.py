"""From facts and a template to a subject, a text and a page; no value becomes more than text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from email.message import EmailMessage
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from mailers.helpline import HELPLINE, HELPLINE_MOBILE
from mailers.message import Attachment, Heading, compose

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

# Controls forge lines; direction marks turn what is read around ("fdp.exe" shown as "exe.pdf").
UNPRINTABLE: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
LONGEST_TEXT: Final = 2_000
_LONGEST_FOREIGN_TEXT: Final = 120

# Mail programs make links of what looks like one. A domain's last label begins with a letter; endings that
# are no top-level domain stay, so usual file names read as usual (.zip is a top-level domain).
_FILE_ENDING: Final = (
    "(?:csv|txt|xlsx?|ods|docx?|pptx?|pdf|rtf|png|jpe?g|gif|bmp|heic|tiff?"
    "|html?|xml|json|eml|msg|dat|p7[sm]|log)"
)
_IS_FILE_ENDING: Final = rf"{_FILE_ENDING}(?:\.{_FILE_ENDING})*(?![\w.．｡@/:-])"
_LINKING_DOT: Final = re.compile(
    rf"[.．｡](?!{_IS_FILE_ENDING})(?=[^\W\d_])|(?<=[a-z0-9])。(?=[a-z0-9])", re.IGNORECASE
)
_PERSON_ID: Final = re.compile(r"(?<![A-Za-z0-9])([A-Za-z][0-9A-Da-d]\d{4})\d{4}(?!\d)")


def printable(value: object) -> object:
    """What a template prints: one line, no controls, no direction marks, not endless."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", value[:LONGEST_TEXT])
    return value


def foreign(text: str) -> str:
    """A text that an outsider chose, such as a file name: short, no link in it, ID numbers masked.

    >>> foreign("www.example.com/a?x@example.com"), foreign("A123456789.csv.CSV"), foreign("https://x")
    ('www[.]example[.]com/a?x[@]example[.]com', 'A12345****.csv.CSV', 'https[:]//x')
    """
    masked = _PERSON_ID.sub(r"\1****", text)
    cut = masked[:_LONGEST_FOREIGN_TEXT] + "…" if len(masked) > _LONGEST_FOREIGN_TEXT else masked
    return unlinked(cut)


def unlinked(text: str) -> str:
    """A text of ours that quotes an outsider's, such as a column's name: whole, and no link in it."""
    return re.sub("[@＠]", "[@]", _LINKING_DOT.sub("[.]", text)).replace("://", "[:]//")


_TEMPLATES: Final = Environment(
    loader=PackageLoader("mailers"),
    autoescape=select_autoescape(["html.jinja"], default=False),
    undefined=StrictUndefined,
    finalize=printable,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    auto_reload=False,
)
_TEMPLATES.filters["foreign"] = foreign


def facts(letter: DataclassInstance) -> dict[str, object]:
    """A letter's fields by name, their values as they are."""
    return {fact.name: getattr(letter, fact.name) for fact in fields(letter)}


def composed(
    heading: Heading, template: str, known: Mapping[str, object], attachments: Sequence[Attachment] = ()
) -> EmailMessage:
    """The mail of a pair of templates."""
    subject, text, html = rendered(template, known)
    return compose(heading, subject=subject, text=text, html=html, attachments=attachments)


def rendered(template: str, facts: Mapping[str, object]) -> tuple[str, str, str]:
    """Subject, text and HTML; the text template sets the subject, so a letter's words stand together."""
    known = {**facts, "helpline": HELPLINE, "helpline_mobile": HELPLINE_MOBILE}
    module = _TEMPLATES.get_template(f"{template}.txt.jinja").make_module(known)
    subject = str(printable(vars(module)["subject"]))
    html = _TEMPLATES.get_template(f"{template}.html.jinja").render({**known, "subject": subject})
    return subject, str(module), html
