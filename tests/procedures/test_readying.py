"""Days and hours, "today I am ready until …", and the wish to be asked in the morning."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.test import TestCase

from impfzentrum.errors import NotPossibleNow, ReadyOver
from impfzentrum.models import AuditEvent, StandbyEntry
from impfzentrum.procedures.readying import change_availability, choose_morning_mail, say_ready, take_back_ready
from impfzentrum.rules.availability import Part, bit_of, bits_of_day
from tests.conftest import World
from tests.factories import NOON

MONDAY_MORNING = bit_of(0, Part.MORNING)
pytestmark = pytest.mark.django_db


def again(entry: StandbyEntry) -> StandbyEntry:
    return StandbyEntry.objects.get(pk=entry.pk)


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def test_ready_until_a_time_of_today(world: World) -> None:
    entry = world.entry(availability=MONDAY_MORNING)
    say_ready(entry, time(14, 30), now=NOON)
    assert again(entry).ready_until == NOON + timedelta(hours=2, minutes=30)
    say_ready(entry, time(18), now=NOON)
    assert again(entry).ready_until == NOON.replace(hour=18)
    take_back_ready(entry, now=NOON)
    take_back_ready(entry, now=NOON)
    assert again(entry).ready_until is None
    assert actions() == ["ready", "ready", "ready_taken_back"]


def test_nobody_is_ready_beyond_closing_or_in_the_past(world: World) -> None:
    entry = world.entry()
    say_ready(entry, time(23, 30), now=NOON)
    assert again(entry).ready_until == NOON.replace(hour=20)
    for until, hour in [(time(11), 12), (time(12), 12), (time(23), 21)]:
        with pytest.raises(ReadyOver):
            say_ready(entry, until, now=NOON.replace(hour=hour))
    assert again(entry).ready_until == NOON.replace(hour=20)


@pytest.mark.parametrize("state", ["unconfirmed", "paused", "appointed", "vaccinated", "left"])
def test_only_who_waits_can_be_ready(world: World, state: str) -> None:
    entry = world.entry(state=state)
    with pytest.raises(NotPossibleNow):
        say_ready(entry, time(18), now=NOON)
    assert again(entry).ready_until is None
    assert actions() == []


def test_who_gets_ready_is_asked_by_the_release_that_was_missing_them(world: World) -> None:
    entry = world.entry(availability=MONDAY_MORNING)
    release = world.release()
    assert list(StandbyEntry.objects.eligible_for(release, NOON)) == []
    with TestCase.captureOnCommitCallbacks() as woken:
        say_ready(entry, time(18), now=NOON)
    assert len(woken) == 1
    assert list(StandbyEntry.objects.eligible_for(release, NOON)) == [entry]


def test_other_hours_hold_at_once_and_the_record_keeps_them_to_itself(world: World) -> None:
    entry = world.entry()
    release = world.release()
    change_availability(entry, MONDAY_MORNING, now=NOON)
    assert list(StandbyEntry.objects.eligible_for(release, NOON)) == []
    change_availability(entry, bits_of_day(NOON.date()), now=NOON)
    assert list(StandbyEntry.objects.eligible_for(release, NOON)) == [entry]
    assert actions()[-2:] == ["hours_changed", "hours_changed"]
    assert AuditEvent.objects.filter(action="hours_changed").exclude(detail={}).count() == 0
    with pytest.raises(NotPossibleNow):
        change_availability(world.entry(state="left"), MONDAY_MORNING, now=NOON)


def test_the_morning_mail_needs_a_confirmed_address(world: World) -> None:
    entry = world.entry(email="erika@example.org")
    choose_morning_mail(entry, True, now=NOON)
    assert again(entry).morning_mail
    choose_morning_mail(entry, False, now=NOON)
    assert not again(entry).morning_mail
    with pytest.raises(NotPossibleNow):
        choose_morning_mail(world.entry(), True, now=NOON)
