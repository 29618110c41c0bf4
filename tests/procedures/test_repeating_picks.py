"""`audit verify` repeats every pick: an honest day holds, whoever was passed over is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from impfzentrum.errors import OfferExpired
from impfzentrum.models import AuditEvent, Offer, Place, PlaceChange, PriorityOrder, Release, StandbyEntry
from impfzentrum.procedures.answering import accept_offer, decline_offer
from impfzentrum.procedures.auditing import seal_events
from impfzentrum.procedures.clearing import remove_old_places
from impfzentrum.procedures.delivering import deliver_messages
from impfzentrum.procedures.drawing import ensure_draw, order_in_force, redraw
from impfzentrum.procedures.expiring import expire_offers
from impfzentrum.procedures.matching import match_release
from impfzentrum.procedures.sweeping import sweep, tend
from impfzentrum.procedures.verifying import Verification, verify_record
from impfzentrum.rules.availability import Part, bit_of
from tests import factories
from tests.conftest import World, build_world, run_together
from tests.factories import NOON

pytestmark = pytest.mark.django_db(transaction=True)

AFTER = NOON + timedelta(minutes=16)


@pytest.fixture
def tampered_world(transactional_db: None) -> World:
    """Committed, and nobody looks at its invariants afterwards."""
    return build_world()


def verify(world: World) -> Verification:
    seal_events(world.county)
    return verify_record(world.county)


def next_in_line(world: World, *, group: int | None = None) -> StandbyEntry:
    order = order_in_force(world.centre, now=NOON)
    places = Place.objects.filter(draw=order, ready=True).order_by("priority_group", "ticket")
    first = (places if group is None else places.filter(priority_group=group)).select_related("entry").first()
    assert first is not None
    return first.entry


@contextmanager
def hidden(entry: StandbyEntry) -> Iterator[None]:
    """Somebody with full rights on the database takes a person out of the order for a moment, past the log."""

    def switch(ready: bool) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE impfzentrum_place DISABLE TRIGGER USER")
            Place.objects.filter(entry=entry).update(ready=ready)
            cursor.execute("ALTER TABLE impfzentrum_place ENABLE TRIGGER USER")

    switch(False)
    yield
    switch(True)


def test_an_honest_day_holds(committed_world: World) -> None:
    world = committed_world
    play_an_honest_day(world)
    found = verify(world)
    assert found.faults == []
    assert found.picks >= 10
    states = set(Offer.objects.values_list("state", flat=True))
    assert {"accepted", "declined", "expired", "late"} <= states
    assert AuditEvent.objects.filter(action="stepped_down").exists()
    assert AuditEvent.objects.filter(action="drawn").count() == 5


def play_an_honest_day(world: World) -> None:
    """Answers, silence, a late yes, sign-ups, other facts, two releases at once, a redraw, new rules, the next day."""
    tend(now=NOON - timedelta(days=1))
    world.entries(6, priority_group=1)
    world.entries(30, travel_minutes=15)
    world.entry(state="paused")
    world.entry(cool_down_until=NOON + timedelta(minutes=10))
    mondays = bit_of(0, Part.MORNING)  # today is Saturday
    world.entries(2, availability=mondays)
    world.entry(availability=mondays, ready_until=NOON + timedelta(hours=3))
    # Stands with those who are ready today, but not for so long: passed by under lock, and no fault.
    world.entries(6, availability=mondays, ready_until=NOON + timedelta(minutes=10))
    first = world.release(doses=8)
    offers = factories.ask(first)
    accept_offer(offers[0], now=NOON)
    for offer in offers[1:4]:
        decline_offer(offer, now=NOON)
    match_release(first.pk, now=NOON)
    world.entries(3)
    StandbyEntry.objects.filter(pk__in=StandbyEntry.objects.filter(state="waiting")[:4]).update(travel_minutes=50)
    expire_offers(now=AFTER)
    with pytest.raises(OfferExpired):
        accept_offer(offers[5], now=AFTER)
    factories.ask(first, now=AFTER)
    two = [world.release(doses=3, now=AFTER) for _ in range(2)]
    run_together([lambda pk=one.pk: match_release(pk, now=AFTER) for one in two])  # type: ignore[misc]
    deliver_messages(clock=lambda: AFTER)
    redraw(world.centre, reason="Liste neu eingelesen", by=world.staff, now=AFTER + timedelta(minutes=1))
    sweep(now=AFTER + timedelta(minutes=17))
    world.vaccine.rules.update(age_min=18)
    later = AFTER + timedelta(hours=1)
    factories.ask(world.release(doses=4, now=later), now=later)
    remove_old_places(world.centre, now=later + timedelta(hours=1))
    tomorrow = NOON + timedelta(days=1)
    sweep(now=tomorrow)
    tend(now=tomorrow)
    factories.ask(world.release(doses=40, now=tomorrow), now=tomorrow)


def test_who_was_hidden_for_the_moment_of_the_pick_is_found(tampered_world: World) -> None:
    world = tampered_world
    world.entries(5)
    release = world.release(doses=2)
    with hidden(next_in_line(world)):
        match_release(release.pk, now=NOON)
    [fault] = verify(world).faults
    assert "1 standen weiter vorn bereit und wurden übergangen" in fault
    assert f"Freigabe {release.number}" in fault


def test_who_was_left_out_at_the_end_of_the_list_is_found(tampered_world: World) -> None:
    world = tampered_world
    world.entries(2)
    release = world.release(doses=3)
    with hidden(next_in_line(world)):
        match_release(release.pk, now=NOON)
    assert any("wurden übergangen" in fault for fault in verify(world).faults)


def test_that_nobody_is_left_must_be_true(tampered_world: World) -> None:
    world = tampered_world
    entry = world.entry()
    release = world.release(doses=1)
    with hidden(entry):
        match_release(release.pk, now=NOON)
    assert not Offer.objects.exists()
    assert any("1 standen weiter vorn bereit und wurden übergangen" in fault for fault in verify(world).faults)


def test_a_step_down_that_was_not_needed_is_found(tampered_world: World) -> None:
    world = tampered_world
    world.entry(priority_group=1)
    world.entries(3)
    release = world.release(doses=2)
    with hidden(next_in_line(world, group=1)):
        match_release(release.pk, now=NOON)
    [fault] = verify(world).faults
    assert "Schritt zur nächsten Gruppe, obwohl aus Gruppe 1 noch 1 bereitstanden" in fault


def test_a_group_that_was_closed_for_one_pick_is_found(tampered_world: World) -> None:
    world = tampered_world
    world.entry(priority_group=1)
    world.entries(3)
    release = world.release(doses=2)
    first = PriorityOrder.objects.get(group=1)
    PriorityOrder.objects.filter(pk=first.pk).delete()
    match_release(release.pk, now=NOON)
    first.save(force_insert=True)
    assert any("Gruppe 1 war geöffnet und wurde übergangen" in fault for fault in verify(world).faults)


def give_the_offer_to_a_later_one(world: World, release: Release) -> None:
    offer = Offer.objects.get(release=release)
    last = Place.objects.filter(ready=True).order_by("ticket").last()
    assert last is not None
    Offer.objects.filter(pk=offer.pk).update(entry=last.entry_id, ticket=last.ticket)


def invent_an_offer(world: World, release: Release) -> None:
    other = factories.open_race(release, next_in_line(world))
    offer = Offer.objects.filter(release=release).exclude(pk=other.pk).get()
    Offer.objects.filter(pk=other.pk).update(draw=offer.draw_id)


def forget_an_offer(world: World, release: Release) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM impfzentrum_message")
        cursor.execute("DELETE FROM impfzentrum_offer")


def note_a_step_that_was_not_gone(world: World, release: Release) -> None:
    detail = {"before": 1, "group": 2}
    AuditEvent.objects.create(
        county=world.county, at=NOON, action="stepped_down", subject=str(release.pk), detail=detail
    )


@pytest.mark.parametrize(
    ("plant", "words"),
    [
        (give_the_offer_to_a_later_one, "wurden übergangen"),
        (invent_an_offer, "1 Angebote stammen aus keiner Auswahl"),
        (forget_an_offer, "Angebote fehlen oder gehören zu einer anderen Auslosung"),
        (note_a_step_that_was_not_gone, "Die vermerkten Schritte zur nächsten Gruppe sind nicht"),
    ],
)
def test_what_was_planted_is_found(tampered_world: World, plant: Callable[[World, Release], None], words: str) -> None:
    world = tampered_world
    world.entries(5)
    release = world.release(doses=1)
    match_release(release.pk, now=NOON)
    assert verify(world).faults == []
    plant(world, release)
    assert any(words in fault for fault in verify(world).faults)


def test_who_is_just_being_changed_is_passed_by_and_that_is_no_fault(committed_world: World) -> None:
    world = committed_world
    world.entries(5)
    release = world.release(doses=2)
    first = next_in_line(world)
    with transaction.atomic():
        StandbyEntry.objects.filter(pk=first.pk).update(given_name="Erika Maria")
        run_together([lambda: match_release(release.pk, now=NOON)])
    assert Offer.objects.count() == 2
    assert not Offer.objects.filter(entry=first).exists()
    assert verify(world).faults == []


def test_a_change_that_was_over_before_the_pick_excuses_nothing(tampered_world: World) -> None:
    """The negative control of the one before."""
    world = tampered_world
    world.entries(5)
    release = world.release(doses=2)
    first = next_in_line(world)
    StandbyEntry.objects.filter(pk=first.pk).update(given_name="Erika Maria")
    with hidden(first):
        match_release(release.pk, now=NOON)
    assert any("wurden übergangen" in fault for fault in verify(world).faults)


def test_the_log_of_places_refuses_to_be_changed(committed_world: World) -> None:
    entry = committed_world.entry()
    ensure_draw(committed_world.centre, now=NOON)
    StandbyEntry.objects.filter(pk=entry.pk).update(state="paused")
    change = PlaceChange.objects.get()
    assert (change.entry_id, change.ready, change.clears_hint) == (entry.pk, False, False)
    for act in (lambda: PlaceChange.objects.update(ready=True), lambda: PlaceChange.objects.all().delete()):
        with pytest.raises(IntegrityError, match="append-only"):
            act()


def test_a_draw_and_the_removal_of_old_places_are_not_logged_one_by_one(committed_world: World) -> None:
    world = committed_world
    world.entries(3)
    ensure_draw(world.centre, now=NOON)
    redraw(world.centre, reason="Liste neu eingelesen", by=world.staff, now=NOON)
    assert remove_old_places(world.centre, now=NOON + timedelta(hours=1)) == 3
    assert not PlaceChange.objects.exists()
    world.entry()
    order_in_force(world.centre, now=NOON)
    assert PlaceChange.objects.get().ready
