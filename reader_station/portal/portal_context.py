"""What every request of the portal works with: settings, database, clock, urgent mail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from pipeline.settings import Settings
from pipeline.store.engine import Database
from reader_station.portal.urgent_mail import UrgentMail


@dataclass(frozen=True, slots=True)
class PortalContext:
    """The values that one portal is made of; `now` is its clock."""

    settings: Settings
    database: Database
    now: Callable[[], datetime]
    urgent_mail: UrgentMail

    @property
    def is_https(self) -> bool:
        """Do people reach the portal over TLS? Cookies and headers depend on it."""
        return self.settings.portal_url.startswith("https://")


def context_of(request: Request) -> PortalContext:
    """The context of the portal that serves a request."""
    context: PortalContext = request.app.state.context
    return context


Context = Annotated[PortalContext, Depends(context_of)]
