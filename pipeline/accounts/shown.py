"""What may be shown of an e-mail address to somebody who only holds the card."""

from __future__ import annotations


def masked_email(address: str) -> str:
    """First letters and the ending, enough to know one's own mailbox by.

    >>> masked_email("lin.yian@mail.example.com"), masked_email("")
    ('l***@m***.com', '')
    """
    name, _, domain = address.rpartition("@")
    if not name:
        return ""
    return f"{name[:1]}***@{domain[:1]}***.{domain.rpartition('.')[2]}"
