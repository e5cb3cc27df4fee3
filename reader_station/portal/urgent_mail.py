"""Mail that a person waits for at a screen: sent at once, beside the request that queued it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final

from pipeline.errors import MachineUnusable

_LOG: Final = logging.getLogger(__name__)


class UrgentMail:
    """Delivers in one thread; a wake-up during a delivery makes one more delivery after it.

    A mail that fails stays in the outbox for the regular delivery: a request neither waits for a mail server
    nor fails with it.
    """

    def __init__(self, deliver: Callable[[], object]) -> None:
        self._deliver = deliver
        self._lock = threading.Lock()
        self._is_wanted = False
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Deliver what is due; to be called after the commit that queued it."""
        with self._lock:
            self._is_wanted = True
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._deliver_while_wanted, name="urgent-mail", daemon=True
                )
                self._thread.start()

    def wait(self, seconds: float) -> None:
        """Wait until nothing is being sent, at most `seconds`."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(seconds)

    def _deliver_while_wanted(self) -> None:
        while self._is_next_wanted():
            try:
                self._deliver()
            except MachineUnusable as error:
                _LOG.warning("urgent mail waits for the regular delivery: %s", error)

    def _is_next_wanted(self) -> bool:
        with self._lock:
            if self._is_wanted:
                self._is_wanted = False
                return True
            self._thread = None
            return False
