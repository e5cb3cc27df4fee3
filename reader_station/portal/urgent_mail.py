"""Mail that somebody waits for in front of a screen, sent at once beside the request that queued it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final

from pipeline.errors import MachineUnusable

_LOG: Final = logging.getLogger(__name__)


class UrgentMail:
    """Sends on one thread of its own; a wake-up during a delivery makes one more delivery after it.

    What fails stays in the outbox, where the regular delivery finds it: a request never waits for a mail
    server, and never fails with it.
    """

    def __init__(self, deliver: Callable[[], object]) -> None:
        self._deliver = deliver
        self._lock = threading.Lock()
        self._is_wanted = False
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """There is something to send; to be called after the commit that queued it."""
        with self._lock:
            self._is_wanted = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="urgent-mail", daemon=True)
                self._thread.start()

    def rest(self, seconds: float) -> None:
        """Wait so long at most until nothing is being sent."""
        with self._lock:
            working = self._thread
        if working is not None:
            working.join(seconds)

    def _work(self) -> None:
        while self._has_more():
            try:
                self._deliver()
            except MachineUnusable as error:
                _LOG.warning("urgent mail waits for the regular delivery: %s", error)

    def _has_more(self) -> bool:
        with self._lock:
            if self._is_wanted:
                self._is_wanted = False
                return True
            self._thread = None
            return False
