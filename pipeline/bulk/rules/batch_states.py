"""The states of a batch, which is one hand-in of one file, and the transitions between them."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class BatchState(StrEnum):
    """Where a batch stands; refused and done are final. A file refused at the door begins as refused."""

    WAITING = "waiting"
    HELD = "held"
    REFUSED = "refused"
    DONE = "done"


class Transition(StrEnum):
    """What moves a batch from one state to another."""

    HOLD = "hold"  # the file looks suspicious
    RELEASE = "release"  # an operator lets it in
    VOUCH = "vouch"  # the contact behind the mail says that it is theirs
    REFUSE = "refuse"  # an operator refuses it
    FINISH = "finish"  # its rows have their outcomes


TRANSITIONS: Final = {
    Transition.HOLD: (BatchState.WAITING, BatchState.HELD),
    Transition.RELEASE: (BatchState.HELD, BatchState.WAITING),
    Transition.VOUCH: (BatchState.HELD, BatchState.WAITING),
    Transition.REFUSE: (BatchState.HELD, BatchState.REFUSED),
    Transition.FINISH: (BatchState.WAITING, BatchState.DONE),
}
