"""Who may be asked, for the tests: a day, hours, second doses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from impfzentrum.models import Release, StandbyEntry
from impfzentrum.rules.availability import Part, bit_of
from tests.conftest import World
from tests.factories import NOON

TODAY = NOON.date()
MONDAY_MORNING = bit_of(0, Part.MORNING)
SATURDAY_MORNING, SATURDAY_AFTERNOON, SATURDAY_EVENING = (bit_of(5, part) for part in Part)


def eligible(release: Release, minutes: float = 0) -> list[StandbyEntry]:
    return list(StandbyEntry.objects.eligible_for(release, NOON + timedelta(minutes=minutes)))


def second_dose(world: World, *, weeks: int, **also: Any) -> dict[str, Any]:
    last = TODAY - timedelta(weeks=weeks)
    return {"dose_wanted": 2, "last_vaccine": world.vaccine, "last_dose_on": last, **also}
