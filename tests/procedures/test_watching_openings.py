"""Word when a list opens again: to confirmed addresses, once, and then the address is gone."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from impfzentrum.errors import LinkUnknown, TooManyRequests
from impfzentrum.models import County, Message, OpeningWatch
from impfzentrum.procedures.delivering import deliver_messages
from impfzentrum.procedures.watching_openings import (
    confirm_watch,
    find_watch,
    forget_watches,
    tell_of_openings,
    watch_opening,
)
from tests.conftest import World
from tests.factories import NOON
from tests.gateways.programmable import Gateway

EMAIL = "erika@example.org"


def watch(world: World, email: str = EMAIL, *, now: datetime = NOON) -> OpeningWatch:
    watch_opening(world.county, email, language="de", now=now)
    return OpeningWatch.objects.latest("pk")


@pytest.fixture
def paused(world: World) -> World:
    County.objects.update(list_state="paused")
    return world


def test_from_the_wish_to_the_word(paused: World, gateway: Gateway) -> None:
    found = watch(paused)
    deliver_messages(clock=lambda: NOON)
    assert f"/o/{found.token}/" in str(gateway.mails[0].body)
    assert (tell_of_openings(now=NOON), forget_watches(now=NOON)) == (0, 0)
    confirm_watch(find_watch(found.token), now=NOON)
    assert tell_of_openings(now=NOON) == 0, "the list still takes nobody"
    County.objects.update(list_state="open")
    assert (tell_of_openings(now=NOON), tell_of_openings(now=NOON)) == (1, 0)
    assert forget_watches(now=NOON) == 0, "the e-mail has yet to leave"
    deliver_messages(clock=lambda: NOON)
    assert gateway.mails[1].to == [EMAIL]
    assert "/waldeck-frankenberg/anmelden/" in str(gateway.mails[1].body)
    assert "/e/" not in str(gateway.mails[1].body)
    forget_watches(now=NOON)
    assert not OpeningWatch.objects.exists()
    with pytest.raises(LinkUnknown):
        find_watch(found.token)


def test_who_does_not_confirm_is_told_nothing_and_forgotten(paused: World) -> None:
    watch(paused)
    County.objects.update(list_state="open")
    assert tell_of_openings(now=NOON) == 0
    Message.objects.update(state="sent")
    forget_watches(now=NOON + timedelta(days=1, hours=23))
    assert OpeningWatch.objects.exists()
    forget_watches(now=NOON + timedelta(days=2))
    assert not OpeningWatch.objects.exists()


def test_a_full_list_is_not_open_until_somebody_leaves(paused: World) -> None:
    found = watch(paused)
    confirm_watch(found, now=NOON)
    person = paused.entry()
    County.objects.update(list_state="open", list_cap=1)
    assert tell_of_openings(now=NOON) == 0
    person.delete()
    assert tell_of_openings(now=NOON) == 1


def test_the_same_address_is_written_to_three_times_a_day_at_most(paused: World) -> None:
    for _ in range(3):
        watch(paused)
    with pytest.raises(TooManyRequests):
        watch(paused)
    assert (OpeningWatch.objects.count(), Message.objects.count()) == (1, 3)
