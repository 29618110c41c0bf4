"""The policies of earlier systems, as their sources and the press of 2021 describe them.

Each sees the same desk and the same people as ours. None of them knew travel or a deadline for arriving: the desk gives
them ours, to their advantage.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import ClassVar, Protocol

from impfzentrum.rules.response import PRIOR
from impfzentrum.simulation.desk import Desk

TO_THE_END = math.inf


class Policy(Protocol):
    """Looks at the desk every whole minute and may ask people."""

    @property
    def name(self) -> str:
        """As in reports and in the command's JSON."""

    @property
    def order(self) -> str:
        """Key of `order.ORDERS`: how it walks down the list."""

    def look(self, desk: Desk) -> None:
        """Decide at `desk.now`."""


class HoldOne:
    """One person a dose, each for a fixed time; the dose goes on to the next when it is over."""

    name: ClassVar[str]
    order: ClassVar[str]
    held_minutes: ClassVar[float]

    def look(self, desk: Desk) -> None:
        if desk.free:
            desk.ask(desk.free, life=self.held_minutes, hold=True)


class Phone(HoldOne):
    name, order, held_minutes = "phone", "joined", 30.0


class Qvax(HoldOne):
    name, order, held_minutes = "qvax", "group_age", 30.0


class Pretix(HoldOne):
    name, order, held_minutes = "pretix", "group_joined", TO_THE_END


class DrB(HoldOne):
    """Held for 15 minutes; half an hour before the end everybody is asked and the first yes wins."""

    name, order, held_minutes = "drb", "group_joined", 15.0
    broadcast_at = 30.0

    def look(self, desk: Desk) -> None:
        if desk.minutes_left > self.broadcast_at:
            super().look(desk)
        elif desk.remaining:
            desk.ask(len(desk.people), life=TO_THE_END)


class Impfbruecke:
    """Three people a dose every half hour, the first yes wins."""

    name, order = "impfbruecke", "group_ticket"

    def look(self, desk: Desk) -> None:
        if desk.now % 30 == 0:
            desk.ask(3 * desk.remaining, life=TO_THE_END)


class Covidliste1:
    """Four people a dose every 31 minutes until ten minutes before the end."""

    name, order = "covidliste1", "near_newest"

    def look(self, desk: Desk) -> None:
        if desk.now % 31 == 0 and desk.minutes_left > 10:
            desk.ask(4 * desk.remaining, life=30.0)


class Covidliste2:
    """Forty people a dose less those who may still answer, adjusted by what was accepted, every five minutes."""

    name, order = "covidliste2", "near_newest"
    every, emails_a_dose, sms_a_dose, sms_in_last = 5, 200, 5, 90.0

    def __init__(self) -> None:
        self.sms_sent = 0

    def look(self, desk: Desk) -> None:
        if desk.now % self.every == 0 and desk.remaining:
            self.send(desk, self.wanted(desk))

    def wanted(self, desk: Desk) -> int:
        pending = sum(batch.unanswered for batch in desk.batches if desk.now - batch.asked_at < 45)
        return math.floor(self.adjustment(desk) * (40 * desk.remaining - pending))

    def adjustment(self, desk: Desk) -> float:
        return min(max(len(desk.accepted) / 15, 0.25), 0.9)

    def send(self, desk: Desk, wanted: int) -> None:
        count = min(wanted, self.emails_a_dose * desk.doses - desk.outcome.asked)
        sms = 0
        if desk.minutes_left <= self.sms_in_last:
            sms = max(0, min(count, self.sms_a_dose * desk.doses - self.sms_sent))
        self.sms_sent += sms
        desk.ask(count, life=TO_THE_END, extra_messages=sms)


class Covidliste3(Covidliste2):
    """Projects the final number of answers from the curve, every ten minutes. As coded: first wave 5 × doses²."""

    name, every = "covidliste3", 10

    def wanted(self, desk: Desk) -> int:
        asked = desk.outcome.asked
        projected = min(sum(1 / PRIOR.answered_by(desk.now - asked_at) for _, asked_at in desk.accepted), asked)
        if projected:
            rate = max(projected / asked, 0.01)
            return math.floor(self.adjustment(desk) * (desk.remaining - projected) / rate)
        return self.before_first_answer(desk)

    def before_first_answer(self, desk: Desk) -> int:
        return math.floor(self.adjustment(desk) * desk.remaining * 20 * desk.remaining)


class Covidliste3Intended(Covidliste3):
    """As the authors meant it: the first wave is 20 people a dose."""

    name = "covidliste3_intended"

    def before_first_answer(self, desk: Desk) -> int:
        return 20 * desk.remaining


PEERS: dict[str, Callable[[], Policy]] = {
    Phone.name: Phone,
    Impfbruecke.name: Impfbruecke,
    Covidliste1.name: Covidliste1,
    Covidliste2.name: Covidliste2,
    Covidliste3.name: Covidliste3,
    Covidliste3Intended.name: Covidliste3Intended,
    DrB.name: DrB,
    Qvax.name: Qvax,
    Pretix.name: Pretix,
}
