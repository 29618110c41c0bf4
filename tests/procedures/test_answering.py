"""Yes, no and "I cannot come after all", in every state that an offer can be in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from impfzentrum.errors import (
    DosesTaken,
    NothingToCancel,
    OfferExpired,
    OfferNotOpen,
    Refusal,
    TooLateToCancel,
)
from impfzentrum.models import AuditEvent, Dose, Offer, Release
from impfzentrum.procedures.answering import accept_offer, cancel_dose, decline_offer
from impfzentrum.procedures.inspecting import find_violations
from impfzentrum.procedures.matching import match_release
from impfzentrum.states import OfferState
from tests import factories
from tests.conftest import World
from tests.factories import NOON
from tests.procedures.played import AFTER_END, PLAY, SOON, accepted_offer, fresh, open_offer, prepared_offer

S = OfferState
TABLE: list[tuple[OfferState, Callable[..., object], type | None, OfferState]] = [
    (S.PREPARED, accept_offer, Dose, S.ACCEPTED),
    (S.OPEN, accept_offer, Dose, S.ACCEPTED),
    (S.ACCEPTED, accept_offer, Dose, S.ACCEPTED),
    (S.DECLINED, accept_offer, OfferNotOpen, S.DECLINED),
    (S.EXPIRED, accept_offer, OfferExpired, S.LATE),
    (S.LATE, accept_offer, OfferExpired, S.LATE),
    (S.UNDELIVERABLE, accept_offer, OfferNotOpen, S.LATE),
    (S.WITHDRAWN, accept_offer, OfferNotOpen, S.WITHDRAWN),
    (S.CANCELLED, accept_offer, OfferNotOpen, S.CANCELLED),
    (S.PREPARED, decline_offer, None, S.DECLINED),
    (S.OPEN, decline_offer, None, S.DECLINED),
    (S.ACCEPTED, decline_offer, OfferNotOpen, S.ACCEPTED),
    (S.DECLINED, decline_offer, None, S.DECLINED),
    (S.EXPIRED, decline_offer, None, S.EXPIRED),
    (S.LATE, decline_offer, None, S.LATE),
    (S.UNDELIVERABLE, decline_offer, None, S.UNDELIVERABLE),
    (S.WITHDRAWN, decline_offer, None, S.WITHDRAWN),
    (S.CANCELLED, decline_offer, None, S.CANCELLED),
    (S.PREPARED, cancel_dose, NothingToCancel, S.PREPARED),
    (S.OPEN, cancel_dose, NothingToCancel, S.OPEN),
    (S.ACCEPTED, cancel_dose, None, S.CANCELLED),
    (S.DECLINED, cancel_dose, NothingToCancel, S.DECLINED),
    (S.EXPIRED, cancel_dose, NothingToCancel, S.EXPIRED),
    (S.LATE, cancel_dose, NothingToCancel, S.LATE),
    (S.UNDELIVERABLE, cancel_dose, NothingToCancel, S.UNDELIVERABLE),
    (S.WITHDRAWN, cancel_dose, NothingToCancel, S.WITHDRAWN),
    (S.CANCELLED, cancel_dose, None, S.CANCELLED),
]


def outcome_of(answer: Callable[..., object], offer: Offer) -> type | None:
    over = offer.state in (S.EXPIRED, S.LATE)
    try:
        outcome = answer(offer, now=AFTER_END if over else SOON)
    except Refusal as refusal:
        return type(refusal)
    return None if outcome is None else type(outcome)


@pytest.mark.parametrize(("state", "answer", "outcome", "after"), TABLE)
def test_every_answer_to_every_state(
    world: World, state: OfferState, answer: Callable[..., object], outcome: type | None, after: OfferState
) -> None:
    offer = PLAY[state](world)
    assert fresh(offer).state == state
    assert outcome_of(answer, fresh(offer)) is outcome
    assert fresh(offer).state == after
    events = AuditEvent.objects.count()
    assert outcome_of(answer, fresh(offer)) is outcome, "a second tap hears the same"
    assert fresh(offer).state == after
    assert AuditEvent.objects.count() == events, "and is not counted again"
    assert list(find_violations()) == []


def test_a_yes_gives_dose_code_and_place_by_every_confirmed_channel(world: World) -> None:
    world.entry(email="somebody@example.org")
    [offer] = factories.ask(world.release())
    dose = accept_offer(offer, now=SOON)
    offer = fresh(offer)
    assert (dose.state, dose.holder_id, len(dose.check_in_code)) == ("confirmed", offer.entry_id, 6)
    assert (offer.entry.state, offer.answered_at) == ("appointed", SOON)
    channels = offer.messages.filter(template="place_and_time").values_list("channel", flat=True)
    assert sorted(channels) == ["email", "sms"]


def test_a_yes_counts_until_the_last_moment_and_not_after(world: World) -> None:
    offer = open_offer(world)
    assert offer.answer_by == NOON + timedelta(minutes=15)
    with pytest.raises(OfferExpired, match="12:15"):
        accept_offer(offer, now=NOON + timedelta(minutes=15, seconds=1))
    dose = Dose.objects.get()
    assert (fresh(offer).state, dose.state, dose.holder, fresh(offer).entry.state) == ("late", "free", None, "waiting")
    world.entry()
    [other] = factories.ask(offer.release)
    assert other.answer_by is not None
    assert accept_offer(other, now=other.answer_by).state == "confirmed"


def test_a_yes_before_the_hand_over_was_noted_counts_until_the_person_could_not_come_any_more(world: World) -> None:
    offer = prepared_offer(world)
    last_start = offer.release.arrive_until - timedelta(minutes=20)
    with pytest.raises(OfferExpired):
        accept_offer(offer, now=last_start + timedelta(seconds=1))
    assert fresh(offer).state == "late"


def test_a_late_yes_is_an_answer_so_nobody_is_left_in_peace_for_it(world: World) -> None:
    offer = PLAY[S.EXPIRED](world)
    assert (offer.entry.unanswered, offer.entry.cool_down_until) == (0, None)
    silent = fresh(offer).entry
    assert (silent.unanswered, silent.cool_down_until) == (1, AFTER_END + timedelta(hours=4))
    with pytest.raises(OfferExpired):
        accept_offer(offer, now=AFTER_END)
    again = fresh(offer).entry
    assert (again.state, again.unanswered, again.cool_down_until) == ("waiting", 0, None)
    [next_offer] = factories.ask(world.release(), now=AFTER_END)
    assert next_offer.entry == again


def test_in_an_open_race_the_second_hears_that_all_is_taken_also_when_asking_again(world: World) -> None:
    release = world.release(doses=1)
    first, second = (factories.open_race(release, entry) for entry in world.entries(2))
    accept_offer(first, now=SOON)
    for _ in range(2):
        with pytest.raises(DosesTaken):
            accept_offer(fresh(second), now=SOON)
    assert (fresh(second).state, fresh(second).entry.state) == ("late", "waiting")
    assert (fresh(second).entry.unanswered, fresh(second).answered_at) == (0, SOON)


def test_no_refusal_tells_an_end_that_is_still_to_come(world: World) -> None:
    """Whoever asks at 12:05 must not read that the offer held until 12:15."""
    for state in (S.UNDELIVERABLE, S.WITHDRAWN):
        offer = PLAY[state](world)
        with pytest.raises(OfferNotOpen):
            accept_offer(offer, now=SOON)


def test_a_no_passes_the_dose_on_and_keeps_the_place_without_a_penalty(world: World) -> None:
    offer = open_offer(world)
    offer.entry.unanswered = 2
    offer.entry.save()
    decline_offer(offer, now=SOON)
    entry = fresh(offer).entry
    assert (entry.state, entry.unanswered, entry.cool_down_until) == ("waiting", 0, None)
    successor = world.entry()
    [passed_on] = factories.ask(offer.release, now=SOON)
    assert (passed_on.entry, passed_on.dose_id) == (successor, offer.dose_id)


def test_a_given_back_dose_reopens_a_filled_release_and_the_next_person_is_asked(world: World) -> None:
    offer = accepted_offer(world)
    match_release(offer.release_id, now=SOON)
    assert Release.objects.get().state == "filled"
    successor = world.entry()
    cancel_dose(offer, now=SOON)
    dose = Dose.objects.get()
    assert (Release.objects.get().state, dose.state, dose.holder, dose.check_in_code) == ("running", "free", None, "")
    assert fresh(offer).entry.state == "waiting"
    [passed_on] = factories.ask(offer.release, now=SOON)
    assert (passed_on.entry, passed_on.dose_id) == (successor, dose.pk)
    assert accept_offer(passed_on, now=SOON) == dose


@pytest.mark.parametrize("stopped", [True, False])
def test_a_dose_given_back_when_the_release_is_over_lapses(world: World, stopped: bool) -> None:
    offer = accepted_offer(world)
    now = SOON if stopped else offer.release.use_by
    if stopped:
        Release.objects.update(state="withdrawn")
    cancel_dose(offer, now=now)
    dose = Dose.objects.get()
    assert (dose.state, dose.holder, fresh(offer).entry.state) == ("lapsed", None, "waiting")
    event = AuditEvent.objects.get(action="cancelled")
    assert event.detail["free"] is False
    message = offer.messages.get(template="cancelled")
    assert message.expires_at > now, "the person hears that the cancellation arrived"


def test_who_is_checked_in_talks_to_the_team(world: World) -> None:
    offer = accepted_offer(world)
    Dose.objects.update(state="arrived")
    with pytest.raises(TooLateToCancel):
        cancel_dose(offer, now=SOON)
    assert fresh(offer).state == "accepted"
