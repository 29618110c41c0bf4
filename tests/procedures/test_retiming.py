"""New times for a release that runs. What people have been promised stays promised."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from impfzentrum.errors import (
    EndPromised,
    OfferExpired,
    OfferNotOpen,
    ReleaseNotRunning,
    TimesChangedMeanwhile,
    UseByPassed,
)
from impfzentrum.models import AuditEvent, Message, Offer, Release
from impfzentrum.procedures.answering import accept_offer, cancel_dose
from impfzentrum.procedures.delivering import deliver_messages
from impfzentrum.procedures.expiring import releases_to_match
from impfzentrum.procedures.inspecting import find_violations
from impfzentrum.procedures.matching import match_release
from impfzentrum.procedures.retiming import Times, change_times
from impfzentrum.procedures.staying import report_vaccinated
from impfzentrum.states import DoseState
from tests import factories
from tests.conftest import World
from tests.factories import NOON
from tests.gateways.programmable import AtOnce, Gateway
from tests.procedures.played import SOON, accepted_offer, fresh, open_offer, prepared_offer

FROM, UNTIL, USE_BY = NOON + timedelta(minutes=30), NOON.replace(hour=17, minute=45), NOON.replace(hour=18)
"""The times of every release that the factories make at noon."""


def change(
    world: World,
    release: Release,
    *,
    use_by: datetime = USE_BY,
    arrive_from: datetime = FROM,
    arrive_until: datetime = UNTIL,
    stand: str = "",
    now: datetime = SOON,
) -> Release:
    release.refresh_from_db()
    stand = stand or Times.of(release).stamp()
    change_times(release, Times(use_by, arrive_from, arrive_until), stand=stand, by=world.staff, now=now)
    release.refresh_from_db()
    assert list(find_violations()) == []
    return release


def later(**moments: int) -> dict[str, Any]:
    """The usual times, some of them so many minutes later."""
    usual = {"use_by": USE_BY, "arrive_from": FROM, "arrive_until": UNTIL}
    return {name: usual[name] + timedelta(minutes=minutes) for name, minutes in moments.items()}


def test_new_times_are_noted_with_the_old_ones_and_looked_at_soon(world: World) -> None:
    release = world.release()
    match_release(release.pk, now=SOON)
    change(world, release, **later(use_by=60, arrive_until=45))
    assert Times.of(release) == Times(USE_BY + timedelta(hours=1), FROM, UNTIL + timedelta(minutes=45))
    event = AuditEvent.objects.get(action="times_changed")
    assert event.actor == world.staff
    assert event.detail == {
        "offers": 0,
        "use_by": "19:00",
        "arrive_from": "12:30",
        "arrive_until": "18:30",
        "old_use_by": "18:00",
        "old_arrive_from": "12:30",
        "old_arrive_until": "17:45",
    }
    assert releases_to_match(now=SOON) == [release.pk], "found by the sweep too, should the wake-up be lost"


@pytest.mark.parametrize(
    ("moments", "told"),
    [
        (later(use_by=60), False),
        (later(use_by=60, arrive_until=45), True),
        (later(arrive_from=60), True),
        (later(arrive_from=-15), True),
    ],
)
def test_who_accepted_hears_of_another_arrival_window(
    world: World, gateway: Gateway, moments: dict[str, Any], told: bool
) -> None:
    offer = accepted_offer(world)
    deliver_messages(clock=lambda: SOON)
    gateway.sms.clear()
    release = change(world, offer.release, **moments)
    deliver_messages(clock=lambda: SOON)
    window = f"{release.arrive_from.astimezone(NOON.tzinfo):%H:%M}-{release.arrive_until.astimezone(NOON.tzinfo):%H:%M}"
    assert [window in text and "gilt weiter" in text for text in gateway.texts] == ([True] if told else [])
    assert (fresh(offer).state, fresh(offer).entry.state) == ("accepted", "appointed")


def test_who_is_already_there_hears_nothing(world: World) -> None:
    offer = accepted_offer(world)
    assert offer.dose is not None
    offer.dose.move(DoseState.CONFIRMED, DoseState.ARRIVED, now=SOON)
    change(world, offer.release, arrive_until=NOON + timedelta(hours=2))
    assert not Message.objects.filter(template="times_changed").exists()


def test_two_changes_before_the_first_is_told_are_told_once(world: World, gateway: Gateway) -> None:
    offer = accepted_offer(world)
    deliver_messages(clock=lambda: SOON)
    gateway.sms.clear()
    for minutes in (30, 60):
        change(world, offer.release, **later(use_by=60, arrive_until=minutes))
    deliver_messages(clock=lambda: SOON)
    assert ["12:30-18:45" in text for text in gateway.texts] == [True]


def test_after_a_cancellation_nobody_is_told_new_times(world: World, gateway: Gateway) -> None:
    offer = accepted_offer(world)
    change(world, offer.release, **later(use_by=60, arrive_until=45))
    cancel_dose(offer, now=SOON)
    gateway.sms.clear()
    deliver_messages(clock=lambda: SOON)
    assert not any("Neue Zeit" in text for text in gateway.texts)
    assert Message.objects.get(template="times_changed").state == "lapsed"


def test_who_is_vaccinated_is_told_no_new_times(world: World, gateway: Gateway) -> None:
    offer = accepted_offer(world)
    change(world, offer.release, **later(use_by=60, arrive_until=45))
    report_vaccinated(fresh(offer).entry, now=SOON)
    gateway.sms.clear()
    deliver_messages(clock=lambda: SOON)
    assert not any("Neue Zeit" in text for text in gateway.texts)


@pytest.mark.parametrize(
    ("people", "sentence"), [(1, "1 Person hat bis 17:45 Uhr zugesagt"), (2, "2 Personen haben bis 17:45 Uhr zugesagt")]
)
def test_no_promised_end_comes_earlier(world: World, people: int, sentence: str) -> None:
    world.entries(people + 1)
    release = world.release(doses=people + 1)
    asked = factories.ask(release)
    for offer in asked[:people]:
        accept_offer(offer, now=SOON)
    with pytest.raises(EndPromised, match=sentence):
        change(world, release, **later(arrive_until=-1))
    release.refresh_from_db()
    assert Times.of(release) == Times(USE_BY, FROM, UNTIL)
    assert fresh(asked[people]).state == "open"


def test_when_the_last_promise_is_given_back_the_end_may_come_earlier(world: World) -> None:
    offer = accepted_offer(world)
    cancel_dose(offer, now=SOON)
    assert change(world, offer.release, **later(arrive_until=-60)).arrive_until == UNTIL - timedelta(hours=1)


@pytest.mark.parametrize(
    ("minutes_to_arrive", "state", "answer_by"),
    [
        (60, "open", 15),  # twenty minutes of travel: starting at 12:40 is soon enough
        (30, "open", 10),
        (26, "open", 6),
        (25, "withdrawn", None),  # starting at 12:05, which is now
        (15, "withdrawn", None),
    ],
)
def test_an_open_offer_ends_when_the_person_could_not_come_any_more(
    world: World, minutes_to_arrive: int, state: str, answer_by: int | None
) -> None:
    offer = open_offer(world)
    until = NOON + timedelta(minutes=minutes_to_arrive)
    change(world, offer.release, arrive_from=NOON + timedelta(minutes=10), arrive_until=until)
    offer = fresh(offer)
    assert offer.state == state
    assert AuditEvent.objects.get(action="times_changed").detail["offers"] == (0 if state == "open" else 1)
    if answer_by is None:
        assert offer.entry.state == "waiting"
        with pytest.raises(OfferNotOpen):
            accept_offer(offer, now=SOON)
    else:
        assert offer.answer_by == NOON + timedelta(minutes=answer_by)
        with pytest.raises(OfferExpired):
            accept_offer(offer, now=offer.answer_by + timedelta(seconds=1))


def test_no_offer_is_lengthened(world: World) -> None:
    offer = open_offer(world)
    change(world, offer.release, **later(use_by=120, arrive_until=120))
    assert fresh(offer).answer_by == offer.answer_by


@pytest.mark.parametrize(("minutes", "state"), [(29, "prepared"), (28, "withdrawn")])
def test_who_has_not_been_asked_yet_is_asked_only_with_time_to_answer(world: World, minutes: int, state: str) -> None:
    offer = prepared_offer(world)
    until = NOON + timedelta(minutes=minutes)
    change(world, offer.release, arrive_from=NOON, arrive_until=until)
    assert fresh(offer).state == state
    assert offer.messages.get().expires_at == (
        until - timedelta(minutes=23) if state == "prepared" else UNTIL - timedelta(minutes=23)
    )


def test_times_changed_while_the_message_is_with_the_gateway_hold(world: World, gateway: Gateway) -> None:
    offer = prepared_offer(world)

    def change_once() -> None:
        gateway.meanwhile = None
        change(world, offer.release, arrive_from=NOON, arrive_until=NOON + timedelta(minutes=30))

    gateway.meanwhile = change_once
    deliver_messages(clock=lambda: SOON, pool=AtOnce())
    assert (fresh(offer).state, fresh(offer).answer_by) == ("open", NOON + timedelta(minutes=10))


def test_a_second_tap_changes_nothing_and_a_colleagues_change_is_told(world: World) -> None:
    offer = accepted_offer(world)
    stand = Times.of(offer.release).stamp()
    for _tap in range(2):
        change(world, offer.release, **later(use_by=60), stand=stand)
    assert AuditEvent.objects.filter(action="times_changed").count() == 1
    with pytest.raises(TimesChangedMeanwhile, match=r"Ankunft 12:30 bis 17:45 Uhr, verwendbar bis 19:00 Uhr"):
        change(world, offer.release, **later(use_by=90), stand=stand)


@pytest.mark.parametrize(
    "times",
    [
        {"use_by": SOON, "arrive_until": SOON, "arrive_from": NOON},
        {"arrive_until": SOON, "arrive_from": NOON},
        {
            "use_by": NOON - timedelta(hours=1),
            "arrive_until": NOON - timedelta(hours=2),
            "arrive_from": NOON - timedelta(hours=3),
        },
    ],
)
def test_times_that_are_over_are_refused(world: World, times: dict[str, Any]) -> None:
    release = world.release()
    with pytest.raises(UseByPassed):
        change(world, release, **times)


def test_a_release_that_is_over_is_not_changed(world: World) -> None:
    with pytest.raises(ReleaseNotRunning):
        change(world, world.release(), **later(use_by=60), now=USE_BY)
    assert Offer.objects.count() == 0
