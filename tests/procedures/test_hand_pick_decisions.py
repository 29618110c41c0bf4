"""What becomes of a proposed hand-pick: consent, refusal, withdrawal, or an end without either."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from impfzentrum.errors import (
    ConsentOfTheSame,
    HandPickDecided,
    NoFreeDose,
    NotEligible,
    Refusal,
    ReleaseNotRunning,
    WithdrawalOfAnother,
)
from impfzentrum.models import AuditEvent, Dose, HandPick, Offer, Release, StandbyEntry
from impfzentrum.procedures.answering import accept_offer, decline_offer
from impfzentrum.procedures.hand_picking import (
    consent_to_hand_pick,
    lapse_hand_picks,
    refuse_hand_pick,
    withdraw_hand_pick,
)
from impfzentrum.procedures.releasing import stop_release
from impfzentrum.procedures.sweeping import sweep
from tests import factories
from tests.conftest import World
from tests.factories import NOON
from tests.procedures.picking import SECOND, propose

SOON = NOON + timedelta(minutes=5)


@pytest.fixture
def second(world: World) -> User:
    return factories.make_staff(world.centre, SECOND)


def actions() -> list[str]:
    return list(
        AuditEvent.objects.filter(action__startswith="hand_pick").order_by("pk").values_list("action", flat=True)
    )


def test_nobody_consents_to_their_own_proposal(world: World) -> None:
    pick = propose(world, world.release(), world.entry())
    for step in (consent_to_hand_pick, refuse_hand_pick):
        with pytest.raises(ConsentOfTheSame):
            step(pick, by=world.staff, now=SOON)
    assert not Offer.objects.exists()
    with pytest.raises(IntegrityError, match="handpick_decided_by_a_second"), transaction.atomic():
        HandPick.objects.update(state="refused", decided_by=world.staff, decided_at=SOON)


def test_consent_judges_again(world: World, second: User) -> None:
    person = world.entry()
    pick = propose(world, world.release(), person)
    StandbyEntry.objects.filter(pk=person.pk).update(state="paused")
    with pytest.raises(NotEligible, match="wartet gerade nicht"):
        consent_to_hand_pick(pick, by=second, now=SOON)
    assert Dose.objects.get().state == "free"
    assert actions() == ["hand_pick_proposed"]


def test_consent_finds_no_dose_any_more(world: World, second: User) -> None:
    person = world.entry(cool_down_until=NOON)
    release = world.release()
    pick = propose(world, release, person)
    other = factories.open_race(release, world.entry())
    accept_offer(other, now=NOON)
    with pytest.raises(NoFreeDose):
        consent_to_hand_pick(pick, by=second, now=SOON)
    pick.refresh_from_db()
    assert pick.state == "proposed", "a dose may become free again within the time"


def test_a_second_tap_on_consent_gives_one_dose(world: World, second: User) -> None:
    pick = propose(world, world.release(doses=2), world.entry())
    for _tap in range(2):
        assert consent_to_hand_pick(pick, by=second, now=SOON).state == "consented"
    assert Offer.objects.count() == 1
    third = factories.make_staff(world.centre, "third")
    with pytest.raises(HandPickDecided, match="vergeben"):
        consent_to_hand_pick(pick, by=third, now=SOON)
    with pytest.raises(HandPickDecided):
        refuse_hand_pick(pick, by=second, now=SOON)


def test_refused_twice_is_refused_once(world: World, second: User) -> None:
    pick = propose(world, world.release(), world.entry())
    for _tap in range(2):
        refuse_hand_pick(pick, by=second, now=SOON)
    assert actions() == ["hand_pick_proposed", "hand_pick_refused"]
    with pytest.raises(HandPickDecided, match="abgelehnt"):
        consent_to_hand_pick(pick, by=second, now=SOON)


def test_only_who_proposed_withdraws(world: World, second: User) -> None:
    pick = propose(world, world.release(), world.entry())
    with pytest.raises(WithdrawalOfAnother):
        withdraw_hand_pick(pick, by=second, now=SOON)
    for _tap in range(2):
        withdraw_hand_pick(pick, by=world.staff, now=SOON)
    assert actions() == ["hand_pick_proposed", "hand_pick_withdrawn"]
    with pytest.raises(HandPickDecided, match="zurückgezogen"):
        consent_to_hand_pick(pick, by=second, now=SOON)
    with pytest.raises(HandPickDecided):
        refuse_hand_pick(pick, by=second, now=SOON)


def quarter_of_an_hour_later(world: World, release: Release) -> datetime:
    return NOON + timedelta(minutes=15)


def the_use_by_time(world: World, release: Release) -> datetime:
    return release.use_by


def a_stop(world: World, release: Release) -> datetime:
    stop_release(release, by=world.staff, now=SOON)
    return SOON


End = Callable[[World, Release], datetime]


@pytest.mark.parametrize(
    ("end", "refusal"),
    [
        (quarter_of_an_hour_later, HandPickDecided),
        (the_use_by_time, ReleaseNotRunning),
        (a_stop, ReleaseNotRunning),
    ],
)
def test_a_proposal_lapses(world: World, second: User, end: End, refusal: type[Refusal]) -> None:
    hours = 0.2 if end is the_use_by_time else 6
    release = world.release(
        use_by=NOON + timedelta(hours=hours), arrive_from=NOON, arrive_until=NOON + timedelta(minutes=11)
    )
    pick = propose(world, release, world.entry(travel_minutes=1))
    sweep(now=NOON + timedelta(seconds=1))
    pick.refresh_from_db()
    assert pick.state == "proposed"
    over = end(world, release)
    with pytest.raises(refusal):
        consent_to_hand_pick(pick, by=second, now=over)
    sweep(now=over)
    pick.refresh_from_db()
    assert (pick.state, pick.decided_by, pick.decided_at) == ("lapsed", None, over)
    assert actions() == ["hand_pick_proposed", "hand_pick_lapsed"]
    assert lapse_hand_picks(now=over + timedelta(hours=1)) == 0


def test_a_no_to_another_release_makes_the_person_eligible_again(world: World, second: User) -> None:
    person = world.entry()
    pick = propose(world, world.release(), person)
    [offer] = factories.ask(world.release())
    assert offer.entry == person
    with pytest.raises(NotEligible):
        consent_to_hand_pick(pick, by=second, now=SOON)
    decline_offer(offer, now=SOON)
    assert consent_to_hand_pick(pick, by=second, now=SOON).state == "consented"
