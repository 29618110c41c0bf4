"""Lines to the providers: many calls at once, each in a thread that knows the network and nothing else.

No thread touches the database: what to send is decided before, and what came of it is recorded after, by whoever
holds the lines.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from queue import Empty, SimpleQueue

from impfzentrum.gateways.letters import HandOver, Letter
from impfzentrum.gateways.sending import find_sms, send_email, send_sms
from impfzentrum.vocabulary import Channel

Clock = Callable[[], datetime]

TOGETHER = 0.005
"""Seconds after an answer in which others are waited for."""

GIVE_WAY = 0.0003
"""Seconds. Python lets a busy thread go on for five milliseconds (sys.getswitchinterval) before another one runs."""


@dataclass(frozen=True, slots=True)
class Call:
    """What to do with a letter: send it, or with `ask` find out whether a provider has it already.

    `number` is the caller's own. `begin_by`: nothing is sent any more after this moment.
    """

    number: int
    letter: Letter
    channel: Channel
    begin_by: datetime
    provider: str = ""
    ask: bool = False


class TooLate(Exception):
    """The call did not begin in time: nothing was sent, and somebody else may be about to send it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call: a hand-over, None if nobody has the letter that was asked for, or what went wrong.

    `seconds`: how long the provider took.
    """

    call: Call
    said: HandOver | Exception | None
    seconds: float


class Lines:
    """Calls under way in threads, those of each channel its own; answers come out in the order in which they arrive."""

    def __init__(self, threads: Mapping[Channel, Executor], *, clock: Clock) -> None:
        self._threads, self._clock = threads, clock
        self._answers: SimpleQueue[Answer] = SimpleQueue()

    def start(self, call: Call) -> None:
        self._threads[call.channel].submit(self._make, call)

    def give_way(self) -> None:
        """Let calls begin that were started, before the caller goes on working."""
        time.sleep(GIVE_WAY)

    def wait(self, seconds: float, *, most: int) -> list[Answer]:
        """The next answers; none if none comes within so many seconds.

        What comes in the few milliseconds after the first belongs to it, up to `most`: writing down ten costs as much
        as writing down one.
        """
        answers: list[Answer] = []
        end = time.monotonic() + seconds
        while len(answers) < most:
            try:
                answers.append(self._answers.get(timeout=max(0.0, end - time.monotonic())))
            except Empty:
                break
            if len(answers) == 1:
                end = time.monotonic() + TOGETHER
        return answers

    def _make(self, call: Call) -> None:
        said: HandOver | Exception | None
        begun = time.monotonic()
        try:
            if self._clock() > call.begin_by:
                raise TooLate
            said = _call(call)
        except Exception as fault:  # noqa: BLE001 - whoever holds the lines decides what follows from it
            said = fault
        self._answers.put(Answer(call, said, time.monotonic() - begun))


def _call(call: Call) -> HandOver | None:
    if call.channel == Channel.EMAIL:
        return send_email(call.letter)
    return find_sms(call.letter) if call.ask else send_sms(call.letter, provider=call.provider)
