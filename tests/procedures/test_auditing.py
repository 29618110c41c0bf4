"""The record: sealed in order, refused to be changed, and a change by other means is found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from impfzentrum.models import AuditEvent
from impfzentrum.procedures.auditing import find_broken_links, record, seal_events
from tests import factories
from tests.conftest import World
from tests.factories import NOON


def sealed(world: World, count: int = 5) -> list[AuditEvent]:
    for number in range(count):
        moment = NOON + timedelta(seconds=number, microseconds=number)
        record(world.county.pk, "asked", number, now=moment, actor=world.staff, people=number, text="Größe „ß“")
    assert seal_events(world.county) == count
    return list(AuditEvent.objects.order_by("position"))


@contextmanager
def without_the_trigger() -> Iterator[None]:
    """Somebody with the rights of the owner of the table."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table is altered while foreign keys are still to check
        cursor.execute("ALTER TABLE impfzentrum_auditevent DISABLE TRIGGER audit_is_append_only")
        yield
        cursor.execute("ALTER TABLE impfzentrum_auditevent ENABLE TRIGGER audit_is_append_only")


def test_events_are_sealed_once_in_their_order(world: World) -> None:
    events = sealed(world)
    assert [event.position for event in events] == [1, 2, 3, 4, 5]
    assert len({event.digest for event in events}) == 5
    assert seal_events(world.county) == 0
    record(world.county.pk, "asked", 9, now=NOON)
    assert seal_events(world.county) == 1
    assert list(find_broken_links(world.county)) == []


def test_many_events_are_sealed_in_batches(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("impfzentrum.procedures.auditing.SEAL_BATCH", 2)
    sealed(world, 5)
    assert list(find_broken_links(world.county)) == []


def test_each_county_has_its_own_chain(world: World) -> None:
    other = factories.make_county("heidekreis", "03358", name="Heidekreis")
    record(other.pk, "asked", 1, now=NOON)
    sealed(world)
    assert seal_events(other) == 1
    assert AuditEvent.objects.get(county=other).position == 1
    assert list(find_broken_links(other)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"action": "declined"},
        {"detail": {"people": 99}},
        {"at": NOON + timedelta(hours=1)},
        {"subject": "4711"},
        {"actor": None},
        {"digest": "0" * 64},
    ],
)
def test_a_changed_row_is_found_at_its_position(world: World, change: dict[str, object]) -> None:
    events = sealed(world)
    with without_the_trigger():
        AuditEvent.objects.filter(pk=events[2].pk).update(**change)
    found = list(find_broken_links(world.county))
    assert "Protokolleintrag 3 passt nicht" in found[0]


def test_a_missing_row_is_found(world: World) -> None:
    events = sealed(world)
    with without_the_trigger():
        AuditEvent.objects.filter(pk=events[1].pk).delete()
    found = list(find_broken_links(world.county))
    assert "springt von 1 auf 3" in found[0]
    assert "Protokolleintrag 3 passt nicht" in found[1]


def test_two_rows_that_changed_places_are_found(world: World) -> None:
    events = sealed(world)
    with without_the_trigger():
        AuditEvent.objects.filter(pk=events[1].pk).update(position=100)
        AuditEvent.objects.filter(pk=events[2].pk).update(position=2)
        AuditEvent.objects.filter(pk=events[1].pk).update(position=3)
    assert len(list(find_broken_links(world.county))) >= 2


@pytest.mark.parametrize("state", ["sealed", "not yet sealed"])
def test_the_database_refuses_to_change_or_delete_a_row(world: World, state: str) -> None:
    record(world.county.pk, "asked", 1, now=NOON)
    if state == "sealed":
        seal_events(world.county)
    event = AuditEvent.objects.get()
    for write in (
        lambda: AuditEvent.objects.filter(pk=event.pk).update(action="declined"),
        lambda: AuditEvent.objects.filter(pk=event.pk).update(position=7, digest="x", detail={}, subject="2"),
        lambda: AuditEvent.objects.filter(pk=event.pk).delete(),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            write()


def test_a_seal_cannot_be_taken_off_or_put_on_half(world: World) -> None:
    [event] = sealed(world, 1)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AuditEvent.objects.filter(pk=event.pk).update(position=None, digest="")
    with pytest.raises(IntegrityError, match="audit_sealed_whole"), transaction.atomic():
        AuditEvent.objects.create(county=world.county, at=NOON, action="asked", subject="1", position=2)


def test_what_happened_is_forgotten_with_the_change_it_tells_of(world: World) -> None:
    with transaction.atomic():
        record(world.county.pk, "asked", 1, now=NOON)
        transaction.set_rollback(True)
    assert AuditEvent.objects.count() == 0
