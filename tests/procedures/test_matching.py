"""Who is asked next, how often the database is asked for it, and what is written down."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from impfzentrum.models import AuditEvent, Dose, Message, Offer, Release
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.procedures.matching import FIRST_CHUNK, GROWTH, match_release
from impfzentrum.procedures.releasing import stop_release
from tests import factories
from tests.conftest import World
from tests.factories import NOON
from tests.procedures.played import SOON


def events(action: str) -> list[dict[str, object]]:
    return list(AuditEvent.objects.filter(action=action).order_by("pk").values_list("detail", flat=True))


def test_each_dose_is_held_for_one_person_in_the_order_of_the_draw(world: World) -> None:
    people = sorted(world.entries(5), key=factories.ticket_of)
    release = world.release(doses=3)
    assert match_release(release.pk, now=NOON) == 3
    offers = list(Offer.objects.order_by("ticket"))
    assert [offer.entry for offer in offers] == people[:3]
    assert {offer.entry.state for offer in offers} == {"offered"}
    for offer in offers:
        assert offer.dose is not None
        assert (offer.dose.state, offer.dose.holder_id, offer.state) == ("held", offer.entry_id, "prepared")
        assert (offer.priority_group, offer.ticket, offer.wave) == (2, factories.ticket_of(offer.entry), 1)
        assert offer.messages.get().template == "offer"
    assert match_release(release.pk, now=NOON) == 0


def queries_of_match(world: World, doses: int) -> int:
    """Statements for a release whose doses are offered at once, to more people than doses where the rules say so."""
    world.entries(doses * 2 + 1)
    release = world.release(doses=doses)
    with CaptureQueriesContext(connection) as queries:
        assert match_release(release.pk, now=NOON) >= doses
    return len(queries)


BEFORE, A_BATCH, FOR_THE_WAVES = 1, 9, 6


@pytest.mark.parametrize(("people", "batches"), [(1, 1), (10, 1), (100, 3)])
def test_a_batch_costs_the_same_however_many_it_asks(world: World, people: int, batches: int) -> None:
    assert queries_of_match(world, people) == BEFORE + A_BATCH * batches


@pytest.mark.parametrize(("people", "batches"), [(1, 1), (9, 2)])
def test_reading_the_state_for_the_waves_costs_the_same_too(world: World, people: int, batches: int) -> None:
    world.county.widens = True
    world.county.save()
    assert queries_of_match(world, people) == BEFORE + (A_BATCH + FOR_THE_WAVES) * batches


def test_many_doses_go_out_in_growing_chunks(world: World) -> None:
    count = FIRST_CHUNK + FIRST_CHUNK * GROWTH + 5
    world.entries(count)
    release = world.release(doses=count)
    assert match_release(release.pk, now=NOON) == count
    assert [event["people"] for event in events("asked")] == [FIRST_CHUNK, FIRST_CHUNK * GROWTH, 5]
    assert {event["wave"] for event in events("asked")} == {1}


def test_a_step_down_happens_when_the_group_above_is_exhausted_and_is_recorded(world: World) -> None:
    world.entry(priority_group=1)
    world.entries(2, priority_group=2)
    release = world.release(doses=2)
    match_release(release.pk, now=NOON)
    assert sorted(Offer.objects.values_list("priority_group", flat=True)) == [1, 2]
    assert events("stepped_down") == [{"before": 1, "group": 2}]
    release.refresh_from_db()
    assert release.lowest_group == 2


def test_that_nobody_is_left_is_noted_once_and_that_somebody_is_again(world: World) -> None:
    world.entry()
    release = world.release(doses=3)
    for _ in range(3):
        match_release(release.pk, now=NOON)
    assert [detail["doses"] for detail in events("nobody_left")] == [2]
    world.entries(2)
    assert match_release(release.pk, now=SOON) == 2
    release.refresh_from_db()
    assert release.nobody_left_since is None
    assert [event["wave"] for event in events("asked")] == [1, 2]


def test_a_release_is_filled_when_every_dose_has_its_person(world: World) -> None:
    world.entries(2)
    first, second = factories.ask(world.release(doses=2))
    accept_offer(first, now=SOON)
    match_release(first.release_id, now=SOON)
    assert Release.objects.get().state == "running"
    accept_offer(second, now=SOON)
    match_release(first.release_id, now=SOON)
    match_release(first.release_id, now=SOON)
    assert Release.objects.get().state == "filled"
    assert events("filled") == [{"withdrawn": 0}]


def test_a_stopped_release_asks_nobody(world: World) -> None:
    world.entry()
    release = world.release()
    stop_release(release, by=world.staff, now=NOON)
    assert match_release(release.pk, now=NOON) == 0


def test_after_the_last_arrival_nobody_is_asked_though_the_dose_is_still_good(world: World) -> None:
    world.entry(travel_minutes=0)
    release = world.release()
    assert match_release(release.pk, now=release.arrive_until) == 0
    assert Dose.objects.get().state == "free"


def test_the_faster_channel_is_used_first(world: World) -> None:
    world.entry(email="both@example.org")
    world.entry(mobile="", email="only@example.org")
    match_release(world.release(doses=2).pk, now=NOON)
    channels = {message.entry.email: message.channel for message in Message.objects.all() if message.entry}
    assert channels == {"both@example.org": "sms", "only@example.org": "email"}


def test_a_message_is_not_sent_when_less_than_three_minutes_would_be_left(world: World) -> None:
    world.entry(travel_minutes=30)
    release = world.release()
    match_release(release.pk, now=NOON)
    assert Message.objects.get().expires_at == release.arrive_until - timedelta(minutes=33)
