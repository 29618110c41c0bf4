"""Imported by the worker of a crash test (`--include`): leases are short, and it kills itself at a chosen step.

`DIE` names the step. SIGKILL goes to the whole process group, as the machine would end it: nobody can clean up.
"""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from impfzentrum.gateways import lines
from impfzentrum.procedures import delivering, leasing

ours = vars(delivering)
leasing.LEASE = ours["LEASE"] = timedelta(seconds=8)
delivering.LONGEST_CALL = timedelta(seconds=5)
delivering.RENEW_EVERY = timedelta(seconds=2)


def die() -> None:
    os.killpg(os.getpgid(0), signal.SIGKILL)


def _count_down(function: Callable[..., Any], turn: int, *, before: bool) -> Callable[..., Any]:
    """The function, until it is called for the nth time with something to do: then the worker dies."""
    calls = itertools.count(1)

    def called(*args: Any, **named: Any) -> Any:
        if before and next(calls) == turn:
            die()
        outcome = function(*args, **named)
        if not before and outcome and next(calls) == turn:
            die()
        return outcome

    return called


STEPS: dict[str, Callable[[], object]] = {
    "before lease": lambda: ours.update(lease_messages=_count_down(ours["lease_messages"], 3, before=True)),
    "after lease": lambda: ours.update(lease_messages=_count_down(ours["lease_messages"], 3, before=False)),
    "after send": lambda: setattr(lines, "_call", _count_down(lines._call, 50, before=False)),
    "before record": lambda: ours.update(record_hand_overs=_count_down(ours["record_hand_overs"], 3, before=True)),
}

if step := os.environ.get("DIE"):
    STEPS[step]()
