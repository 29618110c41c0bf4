"""Further centres: chosen as a whole, recorded as a number, given up with the place on the list."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test import TestCase

from impfzentrum.errors import NotPossibleNow
from impfzentrum.models import AuditEvent, Centre, FurtherCentre, Message, Place, StandbyEntry
from impfzentrum.procedures import readying
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.procedures.choosing import choose_further_centres
from impfzentrum.procedures.drawing import order_in_force
from impfzentrum.procedures.identifying import find_people
from impfzentrum.procedures.inspecting import find_violations
from impfzentrum.procedures.registering import register_person
from impfzentrum.procedures.staying import leave_list
from impfzentrum.procedures.writing import write_letter
from tests import factories
from tests.conftest import Together, World
from tests.factories import NOON
from tests.procedures.people import register, sign_up


def arolsen(world: World) -> Centre:
    return factories.make_centre(
        world.county, slug="bad-arolsen", name="Impfzentrum Bad Arolsen", street="Große Allee 1", town="Bad Arolsen"
    )


def wildungen(world: World) -> Centre:
    return factories.make_centre(world.county, slug="bad-wildungen", name="Impfzentrum Bad Wildungen")


def chosen(entry: StandbyEntry) -> dict[int, int]:
    return dict(FurtherCentre.objects.filter(entry=entry).values_list("centre", "travel_minutes"))


def details() -> list[Any]:
    events = AuditEvent.objects.filter(action="further_centres_changed")
    return list(events.order_by("pk").values_list("detail", flat=True))


def test_the_choice_is_stored_as_a_whole_and_recorded_as_a_number(world: World) -> None:
    entry, here, there = world.entry(), arolsen(world), wildungen(world)
    choose_further_centres(entry, {here.pk: 30, there.pk: 45}, now=NOON)
    assert chosen(entry) == {here.pk: 30, there.pk: 45}
    choose_further_centres(entry, {there.pk: 50}, now=NOON)
    assert chosen(entry) == {there.pk: 50}
    choose_further_centres(entry, {}, now=NOON)
    assert chosen(entry) == {}
    assert details() == [{"centres": 2}, {"centres": 1}, {"centres": 0}]


def test_the_same_choice_again_changes_and_records_nothing(world: World) -> None:
    entry, here = world.entry(), arolsen(world)
    choose_further_centres(entry, {}, now=NOON)
    assert details() == []
    choose_further_centres(entry, {here.pk: 30}, now=NOON)
    row = FurtherCentre.objects.get()
    choose_further_centres(entry, {here.pk: 30}, now=NOON)
    assert FurtherCentre.objects.get().pk == row.pk
    assert details() == [{"centres": 1}]


def test_the_own_centre_and_another_county_do_not_count(world: World) -> None:
    entry = world.entry()
    abroad = factories.make_centre(factories.make_county("heidekreis", "03358"), slug="soltau")
    choose_further_centres(entry, {world.centre.pk: 5, abroad.pk: 30}, now=NOON)
    assert (chosen(entry), details()) == ({}, [])


@pytest.mark.parametrize("state", ["vaccinated", "left"])
def test_who_is_not_on_the_list_chooses_nothing(world: World, state: str) -> None:
    entry, here = world.entry(state=state), arolsen(world)
    with pytest.raises(NotPossibleNow):
        choose_further_centres(entry, {here.pk: 30}, now=NOON)
    assert (chosen(entry), details()) == ({}, [])


def test_who_comes_there_too_is_asked_there(world: World) -> None:
    entry, here = world.entry(), arolsen(world)
    release = factories.make_release(here, world.campaign, world.vaccine, world.staff)
    assert factories.ask(release) == []
    with TestCase.captureOnCommitCallbacks() as woken:
        choose_further_centres(entry, {here.pk: 30}, now=NOON)
    assert len(woken) == 1, "the release that runs there looks at once"
    with TestCase.captureOnCommitCallbacks() as woken:
        readying.change_availability(entry, entry.availability, now=NOON)
    assert len(woken) == 1, "and again when the person's time changes"
    (offer,) = factories.ask(release)
    assert (offer.entry, offer.travel_minutes) == (entry, 30)


@pytest.mark.parametrize("channel", ["sms", "email"])
def test_place_and_time_name_the_centre_of_the_release(world: World, channel: str) -> None:
    here = arolsen(world)
    reached = {"email": "erika@example.org", "mobile": ""} if channel == "email" else {}
    choose_further_centres(world.entry(**reached), {here.pk: 30}, now=NOON)
    (offer,) = factories.ask(factories.make_release(here, world.campaign, world.vaccine, world.staff))
    accept_offer(offer, now=NOON)
    letter = write_letter(Message.objects.get(template="place_and_time", channel=channel), now=NOON)
    assert "Impfzentrum Bad Arolsen, Große Allee 1" in letter.text
    assert "Korbach" not in letter.text.replace("Waldeck", "")
    for calendar in letter.attachments:
        assert "Bad Arolsen" in str(calendar)
        assert "Impfzentrum Korbach" not in str(calendar)


def test_staff_can_ask_why_and_find_the_person(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    here, entry = arolsen(world), world.entry()
    release = factories.make_release(here, world.campaign, world.vaccine, world.staff)
    with pytest.raises(CommandError, match="eines anderen Impfzentrums"):
        call_command("explain", str(entry.public_id), str(release.pk))
    choose_further_centres(entry, {here.pk: 30}, now=NOON)
    call_command("explain", str(entry.public_id), str(release.pk))
    assert "NOT_WAITING".lower() in capsys.readouterr().out
    (found,) = find_people(release, birth_date=date(1950, 1, 4), letters="Muster", now=NOON).people
    assert (found.entry, found.minutes, found.obstacles) == (entry, 30, ())


def test_who_leaves_comes_nowhere(world: World) -> None:
    entry, here = world.entry(), arolsen(world)
    choose_further_centres(entry, {here.pk: 30}, now=NOON)
    draw = order_in_force(here, now=NOON)
    assert draw.places.count() == 1
    leave_list(entry, now=NOON)
    assert chosen(entry) == {}
    order_in_force(here, now=NOON)
    assert not Place.objects.filter(draw=draw).exists()
    assert list(find_violations()) == []


def test_a_further_centre_that_becomes_the_first_is_no_further_one(world: World) -> None:
    proof, here, there = register(world), arolsen(world), wildungen(world)
    entry = proof.entry
    choose_further_centres(entry, {here.pk: 30, there.pk: 45}, now=NOON)
    again = register_person(sign_up(world, centre=here), instead_of=proof, now=NOON)
    assert again.entry == entry, "not confirmed yet, so what was typed last counts"
    assert chosen(entry) == {there.pk: 45}


def choose_while_leaving(world: World) -> tuple[Any, StandbyEntry]:
    """Choose on one device while the other is about to leave; the outcome and the person afterwards."""
    entry, here = world.entry(), arolsen(world)
    outcome: list[Any] = []

    def choose() -> None:
        try:
            choose_further_centres(entry, {here.pk: 30}, now=NOON)
            outcome.append("chosen")
        except NotPossibleNow as refusal:
            outcome.append(refusal)
        finally:
            connection.close()

    other_device = threading.Thread(target=choose)
    with transaction.atomic():
        leave_list(StandbyEntry.objects.get(pk=entry.pk), now=NOON)
        other_device.start()
        other_device.join(timeout=1.5)
    other_device.join(timeout=30)
    assert not other_device.is_alive()
    return outcome[0], entry


NoLocks = Callable[[], None]


@pytest.fixture
def without_locks(monkeypatch: pytest.MonkeyPatch) -> NoLocks:
    return lambda: monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_named: rows)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_who_leaves_meanwhile_leaves_no_row_behind(committed_world: World) -> None:
    outcome, entry = choose_while_leaving(committed_world)
    assert isinstance(outcome, NotPossibleNow)
    assert chosen(entry) == {}


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_a_row_would_be_left(committed_world: World, without_locks: NoLocks) -> None:
    without_locks()
    outcome, entry = choose_while_leaving(committed_world)
    assert outcome == "chosen"
    assert chosen(entry) != {}


def mixed_choices(world: World, at_the_same_time: Together) -> int:
    """How often two devices at once lead to something that neither of them chose."""
    here, there = arolsen(world), wildungen(world)

    def choose(entry: StandbyEntry, centre: Centre) -> None:
        choose_further_centres(entry, {centre.pk: 30}, now=NOON)

    mixed = 0
    for entry in world.entries(20):
        at_the_same_time(lambda centre, entry=entry: choose(entry, centre), [here, there])
        mixed += len(chosen(entry)) != 1
    return mixed


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_devices_at_once_end_with_the_choice_of_one(committed_world: World, at_the_same_time: Together) -> None:
    assert mixed_choices(committed_world, at_the_same_time) == 0


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_their_choices_would_mix(
    committed_world: World, at_the_same_time: Together, without_locks: NoLocks
) -> None:
    without_locks()
    assert mixed_choices(committed_world, at_the_same_time) > 0
