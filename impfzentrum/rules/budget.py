"""How many SMS a county may still send today, and what of it is kept back for those who say yes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

AN_OFFER_NEEDS = 2
"""SMS: the offer, and the place and time after a yes."""

WARN_AT = 80
"""From this percentage on the county is warned."""


class Level(StrEnum):
    """How far a day's budget is used."""

    PLENTY = "plenty"
    NEAR_END = "near_end"
    ONLY_PROMISES = "only_promises"
    USED_UP = "used_up"


@dataclass(frozen=True, slots=True)
class Budget:
    """A day's SMS, counted in parts as they are billed.

    `used` counts what a provider took and what is on its way to one. `promised`: people who have an open offer or have
    said yes, and whose place and time is still to come by SMS. What they need is kept back, so that no yes stays
    without its place.
    """

    limit: int
    used: int
    promised: int = 0

    @property
    def left(self) -> int:
        return max(self.limit - self.used, 0)

    @property
    def left_for_others(self) -> int:
        """SMS that may be sent to anybody: codes, offers, notices."""
        return max(self.left - self.promised, 0)

    @property
    def room_for_offer(self) -> bool:
        return self.left_for_others >= AN_OFFER_NEEDS

    @property
    def left_for_promises(self) -> int:
        """SMS kept for place and time. With `left_for_others` never more than what is left."""
        return self.left - self.left_for_others

    @property
    def percent(self) -> int:
        """How much is used, in whole percent, rounded down: 100 only when it is really used up."""
        return min(self.used * 100 // self.limit, 100) if self.limit else 100

    @property
    def level(self) -> Level:
        if not self.left:
            return Level.USED_UP
        if not self.left_for_others:
            return Level.ONLY_PROMISES
        return Level.NEAR_END if self.percent >= WARN_AT else Level.PLENTY
