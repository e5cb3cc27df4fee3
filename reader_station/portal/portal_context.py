"""What every request of the portal works with: settings, database, clock, and who sends urgent mail."""

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
class Desk:
    """One portal's own things; `now` is its clock."""

    settings: Settings
    database: Database
    now: Callable[[], datetime]
    urgent_mail: UrgentMail

    @property
    def is_https(self) -> bool:
        """Whether people reach the portal over TLS: cookies and headers follow."""
        return self.settings.portal_url.startswith("https://")


def desk_of(request: Request) -> Desk:
    """The desk of the portal that serves this request."""
    desk: Desk = request.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(desk_of)]
