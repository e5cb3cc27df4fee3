"""What the writer of a mail wrote: its body without tags and without what it quotes."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from typing import Final

from pipeline.bulk.intake.mail_body import mime
from pipeline.bulk.intake.mail_body.mime import Place

LONGEST_TEXT: Final = 20_000  # characters; a consent sentence stands at the top
_LOOKED_AT: Final = 200_000  # bytes of a body; HTML of a mail program is mostly markup

_TAG_NAME: Final = re.compile(r"/?[a-z0-9]*")
_LINE_ENDS: Final = frozenset({"br", "p", "/p", "div", "/div", "tr", "li", "blockquote", "/blockquote"})
_NOT_SHOWN: Final = frozenset({"script", "style", "head", "title", "blockquote"})


def text(places: Iterable[Place]) -> str:
    """The plain text parts, else the HTML ones; lines that begin with ">" are others' words."""
    bodies = [place for place in places if _is_body(place)]
    plain = [place for place in bodies if place.part.get_content_type() == "text/plain"]
    text = "\n".join(map(_decoded, plain)) or "\n".join(strip_tags(_decoded(place)) for place in bodies)
    own = (line.rstrip() for line in text.splitlines() if not line.lstrip().startswith((">", "&gt;", "＞")))
    return "\n".join(own)[:LONGEST_TEXT]


def strip_tags(markup: str) -> str:
    """The text of HTML, in time that grows with its length; quoted mails (blockquote) are left out.

    >>> strip_tags("<p>a &amp; b<style>p {}</style><br>c")
    '\\na & b\\nc'
    """
    return html.unescape("".join(_shown(markup)))


def _shown(markup: str) -> Iterator[str]:
    first, *pieces = markup.split("<")
    yield first
    hidden: list[str] = []
    for piece in pieces:
        tag, _, behind = piece.partition(">")
        found = _TAG_NAME.match(tag.lower())
        name = found[0] if found else ""
        if name in _NOT_SHOWN and (not hidden or hidden[-1] == name):
            hidden.append(name)
        elif hidden and name == f"/{hidden[-1]}":
            hidden.pop()
        if not hidden:
            yield f"\n{behind}" if name in _LINE_ENDS else behind


def _is_body(place: Place) -> bool:
    part = place.part
    is_text = part.get_content_type() in ("text/plain", "text/html")
    return is_text and not mime.is_attached(part) and not mime.given_names(part)


def _decoded(place: Place) -> str:
    payload = place.part.get_payload(decode=True)
    charset = mime.parameter(place.part, "content-type", "charset") or "utf-8"
    return mime.text(payload[:_LOOKED_AT], charset) if isinstance(payload, bytes) else ""
