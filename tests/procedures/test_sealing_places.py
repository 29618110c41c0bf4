"""The log of places is sealed into the chain: what is changed in it afterwards is found."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction

from impfzentrum.models import AuditEvent, PlaceChange, StandbyEntry
from impfzentrum.procedures.drawing import ensure_draw
from impfzentrum.procedures.sealing_places import find_changed_log, seal_place_changes
from tests import factories
from tests.conftest import World, run_together
from tests.factories import NOON

pytestmark = pytest.mark.django_db(transaction=True)


def pause_somebody(world: World) -> None:
    entry = StandbyEntry.objects.filter(state="waiting").earliest("pk")
    StandbyEntry.objects.filter(pk=entry.pk).update(state="paused")


def seal(world: World, rows: int, *, now: datetime = NOON) -> int:
    """Seal until so many rows are: a transaction that runs in another database of the server holds a seal back."""
    done, patience = 0, time.monotonic() + 20
    while done < rows and time.monotonic() < patience:
        done += seal_place_changes(world.county, now=now)
        time.sleep(0.05)
    return done


@pytest.fixture
def sealed(committed_world: World) -> World:
    """Two seals or more over three rows."""
    world = committed_world
    world.entries(5)
    ensure_draw(world.centre, now=NOON)
    pause_somebody(world)
    assert seal(world, 1) == 1
    pause_somebody(world)
    pause_somebody(world)
    assert seal(world, 2, now=NOON + timedelta(minutes=1)) == 2
    return world


def test_a_sealed_log_holds_and_nothing_new_needs_no_seal(sealed: World) -> None:
    assert list(find_changed_log(sealed.county)) == []
    assert seal_place_changes(sealed.county, now=NOON) == 0
    seals = AuditEvent.objects.filter(action="places")
    assert sum(event.detail["rows"] for event in seals) == 3


def change_a_row() -> None:
    PlaceChange.objects.filter(pk=PlaceChange.objects.earliest("pk").pk).update(ready=True)


def delete_a_row() -> None:
    PlaceChange.objects.filter(pk=PlaceChange.objects.latest("pk").pk).delete()


def add_a_row() -> None:
    row = PlaceChange.objects.earliest("pk")
    row.pk = None
    row.save(force_insert=True)


@pytest.mark.parametrize("plant", [change_a_row, delete_a_row, add_a_row])
def test_what_was_changed_is_found(sealed: World, plant: Callable[[], None]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE impfzentrum_placechange DISABLE TRIGGER USER")
        plant()
        cursor.execute("ALTER TABLE impfzentrum_placechange ENABLE TRIGGER USER")
    [fault] = find_changed_log(sealed.county)
    assert "passt nicht zu seiner Prüfsumme" in fault


def test_a_seal_that_is_missing_is_found(sealed: World) -> None:
    event = AuditEvent.objects.filter(action="places").latest("pk")
    AuditEvent.objects.create(
        county=sealed.county, at=NOON, action="places", subject="x", detail={**event.detail, "since": 1}
    )
    assert any("lückenlos" in fault for fault in find_changed_log(sealed.county))


def test_what_is_still_being_written_is_left_to_the_next_seal(committed_world: World) -> None:
    world = committed_world
    world.entries(5)
    ensure_draw(world.centre, now=NOON)
    with transaction.atomic():
        pause_somebody(world)  # begun first, committed last
        [sealed] = run_together([lambda: pause_and_seal(world)])
    assert sealed == 0, "nothing above a transaction that runs is complete"
    assert seal(world, 2) == 2
    assert list(find_changed_log(world.county)) == []


def pause_and_seal(world: World) -> int:
    last = StandbyEntry.objects.latest("pk")
    StandbyEntry.objects.filter(pk=last.pk).update(state="paused")
    return seal_place_changes(world.county, now=NOON)


def test_counties_have_seals_of_their_own(sealed: World) -> None:
    other = factories.make_county(slug="heidekreis", ags="03358")
    assert seal_place_changes(other, now=NOON) == 0
    assert list(find_changed_log(other)) == []
