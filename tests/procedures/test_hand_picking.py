"""Two people give a dose to a third, with a reason: what is refused, what is written, and what follows from it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from impfzentrum.errors import (
    AlreadyProposed,
    NoFreeDose,
    NotEligible,
    ReleaseNotRunning,
)
from impfzentrum.models import AuditEvent, Dose, HandPick, Message, Offer, Place, Release, StandbyEntry
from impfzentrum.procedures.answering import accept_offer, cancel_dose
from impfzentrum.procedures.delivering import deliver_messages
from impfzentrum.procedures.hand_picking import (
    consent_to_hand_pick,
    digest_note,
    propose_hand_pick,
    refuse_hand_pick,
)
from impfzentrum.procedures.inspecting import find_violations
from impfzentrum.procedures.learning import count_answers
from impfzentrum.procedures.matching import match_release
from impfzentrum.procedures.releasing import stop_release
from impfzentrum.procedures.reporting import list_confirmed_today
from impfzentrum.rules.response import PRIOR
from tests import factories
from tests.conftest import World
from tests.factories import NOON
from tests.procedures.picking import SECOND, order, propose

SOON = NOON + timedelta(minutes=5)


@pytest.fixture
def second(world: World) -> User:
    return factories.make_staff(world.centre, SECOND)


def actions() -> list[str]:
    return list(
        AuditEvent.objects.filter(action__startswith="hand_pick").order_by("pk").values_list("action", flat=True)
    )


def test_two_people_give_a_dose_and_all_that_follows_a_yes_follows(world: World, second: User) -> None:
    others = world.entries(3)
    person = world.entry(email="erika@example.org")
    release = world.release(doses=2)
    pick = propose(world, release, person)
    assert (pick.state, Dose.objects.filter(state="free").count()) == ("proposed", 2), "a proposal holds no dose"
    pick = consent_to_hand_pick(pick, by=second, now=SOON)
    offer = Offer.objects.get()
    dose = Dose.objects.get(holder=person)
    person.refresh_from_db()
    assert (pick.state, pick.offer, pick.decided_by, pick.decided_at) == ("consented", offer, second, SOON)
    assert (offer.state, offer.dose, offer.entry, offer.by_hand) == ("accepted", dose, person, True)
    assert (dose.state, len(dose.check_in_code), person.state) == ("confirmed", 6, "appointed")
    assert list_confirmed_today(world.centre, now=SOON) == [dose]
    assert set(Message.objects.values_list("template", "channel")) == {
        ("place_and_time", "sms"),
        ("place_and_time", "email"),
    }
    deliver_messages(clock=lambda: SOON)
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}
    tickets = {place.entry_id: place.ticket for place in Place.objects.all()}
    assert all(tickets[one.pk] == factories.ticket_of(one) for one in others)
    assert list(find_violations()) == []


def test_both_people_and_the_reason_stand_in_the_record_and_the_free_text_does_not(world: World, second: User) -> None:
    pick = propose(world, world.release(), world.entry())
    consent_to_hand_pick(pick, by=second, now=SOON)
    proposed, consented = AuditEvent.objects.filter(action__startswith="hand_pick").order_by("pk")
    assert (proposed.actor, consented.actor) == (world.staff, second)
    assert (proposed.detail["proposed_by"], proposed.detail["decided_by"]) == (world.staff.pk, None)
    assert (consented.detail["proposed_by"], consented.detail["decided_by"]) == (world.staff.pk, second.pk)
    for event in (proposed, consented):
        assert event.detail["reason"] == "on_site"
        assert event.detail["note_digest"] == digest_note(pick.note)
        assert pick.note not in str(event.detail)


def test_the_person_can_give_the_dose_back(world: World, second: User) -> None:
    pick = consent_to_hand_pick(propose(world, world.release(), world.entry()), by=second, now=SOON)
    assert pick.offer is not None
    cancel_dose(pick.offer, now=SOON)
    assert Dose.objects.get().state == "free"
    assert StandbyEntry.objects.get().state == "waiting"
    assert list(find_violations()) == []


def test_the_last_dose_by_hand_fills_the_release(world: World, second: User) -> None:
    release = world.release()
    consent_to_hand_pick(propose(world, release, world.entry()), by=second, now=SOON)
    match_release(release.pk, now=SOON)
    assert Release.objects.get().state == "filled"


def test_a_dose_by_hand_teaches_nothing_about_acceptance(world: World, second: User) -> None:
    world.entries(2)
    release = world.release(doses=2)
    consent_to_hand_pick(propose(world, release, world.entry()), by=second, now=SOON)
    assert count_answers(list(release.offers.all()), PRIOR).yes == 0
    accept_offer(factories.ask(release)[0], now=SOON)
    assert count_answers(list(release.offers.all()), PRIOR).yes == 1


def test_the_first_wave_after_it_is_still_the_first(world: World, second: User) -> None:
    release = world.release(doses=2)
    consent_to_hand_pick(propose(world, release, world.entry()), by=second, now=SOON)
    world.entry()
    match_release(release.pk, now=SOON)
    assert sorted(Offer.objects.values_list("wave", flat=True)) == [0, 1]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"state": "paused"}, "wartet gerade nicht"),
        ({"priority_group": 4}, "Gruppe noch nicht geöffnet"),
        ({"birth_date": NOON.date() - timedelta(days=366 * 12)}, "zu jung für den Impfstoff"),
        ({"travel_minutes": 240, "cool_down_until": SOON}, "wurde gerade erst gefragt"),
    ],
)
def test_who_may_not_be_asked_cannot_be_picked(world: World, values: dict[str, Any], why: str) -> None:
    release = world.release(use_by=NOON + timedelta(hours=2))
    with pytest.raises(NotEligible, match=why):
        propose(world, release, world.entry(**values))
    assert not HandPick.objects.exists()
    assert actions() == []


def test_a_person_of_another_list_cannot_be_picked(world: World) -> None:
    other = factories.make_centre(world.county, slug="bad-wildungen")
    stranger = factories.make_entry(other, world.campaign, world.vaccine)
    with pytest.raises(NotEligible, match="steht nicht auf der Liste dieses Impfzentrums"):
        propose(world, world.release(), stranger)


def test_without_a_free_dose_nothing_is_proposed_and_nobody_loses_theirs(world: World) -> None:
    world.entry()
    release = world.release()
    [offer] = factories.ask(release)
    with pytest.raises(NoFreeDose):
        propose(world, release, world.entry())
    offer.refresh_from_db()
    assert offer.state == "open"


def test_a_release_that_is_over_takes_no_proposal(world: World) -> None:
    release, person = world.release(), world.entry()
    with pytest.raises(ReleaseNotRunning):
        propose(world, release, person, now=release.use_by)
    stop_release(release, by=world.staff, now=NOON)
    with pytest.raises(ReleaseNotRunning):
        propose(world, release, person)


def test_two_taps_are_one_proposal(world: World) -> None:
    wanted = order(world.release(), world.entry())
    first = propose_hand_pick(wanted, by=world.staff, now=NOON)
    assert propose_hand_pick(wanted, by=world.staff, now=SOON) == first
    assert actions() == ["hand_pick_proposed"]


def test_a_form_that_is_sent_again_for_somebody_else_is_another_proposal(world: World) -> None:
    release, key = world.release(doses=2), uuid.uuid4()
    picks = [
        propose_hand_pick(order(release, person, form_key=key), by=world.staff, now=NOON) for person in world.entries(2)
    ]
    assert len({pick.entry_id for pick in picks}) == 2


def test_one_open_proposal_a_person_and_release(world: World, second: User) -> None:
    release, person = world.release(), world.entry()
    first = propose(world, release, person)
    with pytest.raises(AlreadyProposed):
        propose_hand_pick(order(release, person), by=second, now=NOON)
    refuse_hand_pick(first, by=second, now=NOON)
    assert propose(world, release, person) != first


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"note": "zu kurz"}, "handpick_note_says_something"),
        ({"reason": "sympathy"}, "handpick_reason_known"),
        ({"state": "lapsed"}, "handpick_decision_goes_with_state"),
        ({"decided_at": NOON}, "handpick_decision_goes_with_state"),
    ],
)
def test_the_database_refuses(world: World, values: dict[str, Any], constraint: str) -> None:
    propose(world, world.release(), world.entry())
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        HandPick.objects.update(**values)


def test_the_database_wants_an_offer_for_a_consent(world: World, second: User) -> None:
    propose(world, world.release(), world.entry())
    with pytest.raises(IntegrityError, match="handpick_offer_goes_with_consent"), transaction.atomic():
        HandPick.objects.update(state="consented", decided_by=second, decided_at=NOON)
