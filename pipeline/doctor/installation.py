"""What every installation must choose for itself: sender, operators, addresses, the secret."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from email.utils import parseaddr
from typing import Final
from urllib.parse import urlsplit

from pipeline.finding import Finding, judged
from pipeline.settings import Settings
from validators import email_address

SHORTEST_SECRET: Final = 32  # characters; 128 bits when it is hex
# RFC 2606 and 6761: no mail reaches them, so they are fine with a local catcher only.
MADE_UP_ENDINGS: Final = (".example", ".example.com", ".example.net", ".example.org", ".invalid", ".test")


def choices(settings: Settings) -> Iterator[Finding]:
    """Do the choices fit the place this installation has?"""
    yield _secret_key(settings)
    yield _portal_url(settings)
    yield _smtp_tls(settings)
    yield _mail_from(settings)
    yield _reply_to(settings)
    yield _staff_mail(settings)


def is_loopback(host: str) -> bool:
    """Does the name mean this machine?

    >>> is_loopback("localhost"), is_loopback("127.0.0.2"), is_loopback("example.com")
    (True, True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def _secret_key(settings: Settings) -> Finding:
    given = settings.secret_key.get_secret_value()
    is_production = settings.database.startswith("postgresql")
    is_fine = len(given) >= SHORTEST_SECRET or (not given and not is_production)
    if given:
        current = "set" if is_fine else f"set, but shorter than {SHORTEST_SECRET} characters"
    else:
        current = f"not set: made once in {settings.var_dir / 'secret_key'}"
    return judged(
        "密鑰 Secret key",
        recommended="set, the same on every machine" if is_production else "set, or made in the var folder",
        current=current,
        is_fine=is_fine,
        how_to_fix="set NHICARD_SECRET_KEY to the output of: openssl rand -hex 64",
    )


def _portal_url(settings: Settings) -> Finding:
    try:
        parts = urlsplit(settings.portal_url)
        host, scheme, port = parts.hostname or "", parts.scheme, parts.port
    except ValueError:  # brackets that do not close, a port that is no number
        host, scheme, port = "", "", None
    is_fine = bool(host) and (scheme == "https" or (scheme == "http" and is_loopback(host)))
    return judged(
        "網站網址 Portal URL",
        recommended="https://... (http on this machine only): it stands in every success mail",
        current=f"{scheme}://{host}{f':{port}' if port else ''}" if host else "not a web address",
        is_fine=is_fine,
        how_to_fix="set NHICARD_PORTAL_URL to the portal's https address",
    )


def _smtp_tls(settings: Settings) -> Finding:
    return judged(
        "郵件加密 Mail encryption",
        recommended="required or implicit (none: only to a mail catcher on this machine)",
        current=f"{settings.smtp_tls}, to {settings.smtp_host}",
        is_fine=settings.smtp_tls != "none" or is_loopback(settings.smtp_host),
        how_to_fix="set NHICARD_SMTP_TLS=required (port 587) or implicit (port 465)",
    )


def _mail_from(settings: Settings) -> Finding:
    address = parseaddr(settings.mail_from)[1]
    return _address("寄件者 Mail sender", "NHICARD_MAIL_FROM", address, settings)


def _reply_to(settings: Settings) -> Finding:
    return _address("回信地址 Reply address", "NHICARD_REPLY_TO", settings.reply_to, settings)


def _address(item: str, name: str, address: str, settings: Settings) -> Finding:
    domain = address.rpartition("@")[2].lower()
    fault = ""
    if not email_address.is_valid(address):
        fault = "not an e-mail address"
    elif f".{domain}".endswith(MADE_UP_ENDINGS) and not is_loopback(settings.smtp_host):
        fault = f"at {domain}, which exists for examples only"
    return judged(
        item,
        recommended="an address of your own domain",
        current=fault or f"at {domain}",
        is_fine=not fault,
        how_to_fix=f"set {name}, for example: {name}='健保卡註冊 <registration@your-domain>'"
        if name == "NHICARD_MAIL_FROM"
        else f"set {name} to an address that somebody reads",
    )


def _staff_mail(settings: Settings) -> Finding:
    is_set = bool(settings.staff_mail)
    is_address = is_set and email_address.is_valid(settings.staff_mail)
    current = "set" if is_address else "not an e-mail address" if is_set else "not set: notices go to the log"
    return judged(
        "維運信箱 Operators' mail",
        recommended="set: failures and held files are told there",
        current=current,
        is_fine=is_address,
        how_to_fix="set NHICARD_STAFF_MAIL to the operators' address",
    )
