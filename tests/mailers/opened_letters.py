"""A mail as its receiver's program opens it: subject, text, and what the page shows and links to."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from html.parser import HTMLParser


@dataclass(frozen=True, slots=True)
class OpenedLetter:
    """One letter in both its forms."""

    message: EmailMessage
    text: str
    html: str
    page: Page

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def both(self) -> tuple[str, str]:
        """What is read: the text, and what the page shows."""
        return self.text, self.page.shown


def opened(raw: bytes) -> OpenedLetter:
    message = message_from_bytes(raw, policy=policy.default)
    plain, rich = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert rich is not None
    html = _lines(rich)
    return OpenedLetter(message, _lines(plain), html, Page(html))


def _lines(part: MIMEPart) -> str:
    content: str = part.get_content()
    return content.replace("\r\n", "\n")


class Page(HTMLParser):
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
