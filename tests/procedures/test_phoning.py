"""Calls: an offer to a person with a telephone and nothing else, from the task to the answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from impfzentrum.errors import CallDone, CallsHeld, CallsQuiet, CallTaken, OfferExpired, OfferNotOpen
from impfzentrum.models import AuditEvent, Dose, Message, Offer
from impfzentrum.procedures.delivering import deliver_messages
from impfzentrum.procedures.halting import stop_sending
from impfzentrum.procedures.hand_picking import consent_to_hand_pick, propose_hand_pick
from impfzentrum.procedures.inspecting import find_violations
from impfzentrum.procedures.phoning import (
    LEASE,
    note_no,
    note_not_reached,
    note_resumed,
    note_told,
    note_wrong_number,
    note_yes,
    take_call,
)
from impfzentrum.procedures.releasing import stop_release
from impfzentrum.procedures.showing_calls import count_uncalled, list_calls
from impfzentrum.procedures.staying import leave_list, pause_entry
from impfzentrum.procedures.sweeping import sweep
from impfzentrum.procedures.wording import describe_event
from tests.conftest import World
from tests.factories import NOON, make_staff
from tests.procedures.calling import ask_by_phone, callable_entry, the_call
from tests.procedures.picking import order

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def second(world: World) -> User:
    return make_staff(world.centre, "second")


def fresh(offer: Offer) -> Offer:
    return Offer.objects.select_related("entry", "dose", "release").get(pk=offer.pk)


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def test_an_offer_becomes_a_call_that_no_worker_touches(world: World) -> None:
    offer = ask_by_phone(world)
    assert (offer.state, offer.answer_by) == ("prepared", None)
    assert deliver_messages(clock=lambda: NOON) == 0
    [view] = list_calls(world.centre, now=NOON)
    assert (view.message.pk, view.until, view.by) == (the_call(offer).pk, NOON + timedelta(minutes=2), "")
    assert view.waits_for_a_first_call


def test_taking_the_call_is_the_hand_over(world: World) -> None:
    offer = ask_by_phone(world)
    at = NOON + timedelta(seconds=90)
    take_call(the_call(), by=world.staff, now=at)
    offer = fresh(offer)
    assert (offer.state, offer.handed_over_at, offer.answer_by) == ("open", at, at + timedelta(minutes=15))
    call = the_call()
    assert (call.state, call.taken_by, call.lease_until) == ("sending", world.staff, at + LEASE)
    sweep(now=NOON + timedelta(minutes=4))
    assert fresh(offer).state == "open", "the two minutes are for calls that nobody takes"
    assert actions()[-1] == "call_taken"
    assert AuditEvent.objects.get(action="call_taken").actor == world.staff


def test_a_call_that_nobody_takes_costs_the_person_nothing(world: World) -> None:
    offer = ask_by_phone(world)
    other = world.entry(priority_group=2)
    sweep(now=NOON + timedelta(minutes=2, seconds=1))
    offer = fresh(offer)
    assert (offer.state, offer.entry.state, offer.entry.unanswered) == ("undeliverable", "waiting", 0)
    assert (offer.entry.cool_down_until, offer.entry.capped_until) == (None, None)
    assert Dose.objects.get().holder == other, "the dose has gone to the next one in the same sweep"
    assert (the_call().state, the_call().last_error) == ("lapsed", "nobody called")
    assert count_uncalled(world.centre, now=NOON + timedelta(hours=1)) == 1
    assert list_calls(world.centre, now=NOON) == []


def test_taken_and_never_made_is_no_silence_of_the_person(world: World) -> None:
    offer = ask_by_phone(world)
    take_call(the_call(), by=world.staff, now=NOON)
    sweep(now=NOON + timedelta(minutes=15, seconds=1))
    offer = fresh(offer)
    assert (offer.state, offer.entry.unanswered, offer.entry.cool_down_until) == ("undeliverable", 0, None)


def test_not_reached_until_the_end_is_silence(world: World) -> None:
    offer = ask_by_phone(world)
    take_call(the_call(), by=world.staff, now=NOON)
    note_not_reached(the_call(), by=world.staff, now=NOON + timedelta(minutes=1))
    call = the_call()
    assert (call.state, call.attempts, call.taken_by) == ("queued", 1, None)
    assert fresh(offer).state == "open"
    [view] = list_calls(world.centre, now=NOON)
    assert view.until == NOON + timedelta(minutes=15)
    with pytest.raises(CallDone):
        note_not_reached(call, by=world.staff, now=NOON + timedelta(minutes=1))
    assert the_call().attempts == 1, "a second tap is no second try"
    sweep(now=NOON + timedelta(minutes=15, seconds=1))
    offer = fresh(offer)
    assert (offer.state, offer.entry.unanswered) == ("expired", 1)
    assert the_call().state == "lapsed"


def test_yes_on_the_phone_is_a_yes(world: World) -> None:
    offer = ask_by_phone(world)
    take_call(the_call(), by=world.staff, now=NOON)
    dose = note_yes(the_call(), by=world.staff, now=NOON + timedelta(minutes=3))
    assert (dose.state, fresh(offer).state, fresh(offer).entry.state) == ("confirmed", "accepted", "appointed")
    told = the_call(template="place_and_time")
    assert (told.state, told.taken_by) == ("delivered", world.staff), "told at once, nobody calls a second time"
    assert the_call().state == "delivered"
    assert list_calls(world.centre, now=NOON + timedelta(minutes=3)) == []
    assert note_yes(the_call(), by=world.staff, now=NOON + timedelta(minutes=3)) == dose
    assert actions().count("call_answered") == 1
    event = AuditEvent.objects.get(action="call_answered")
    assert (event.actor, event.detail["answer"]) == (world.staff, "yes")
    assert describe_event(event) == "Am Telefon zugesagt"


def test_no_on_the_phone_frees_the_dose(world: World) -> None:
    offer = ask_by_phone(world)
    take_call(the_call(), by=world.staff, now=NOON)
    note_no(the_call(), by=world.staff, now=NOON)
    assert (fresh(offer).state, fresh(offer).entry.state, Dose.objects.get().state) == ("declined", "waiting", "free")
    assert the_call().state == "delivered"


def test_a_yes_too_late_is_noted_as_late(world: World) -> None:
    offer = ask_by_phone(world)
    take_call(the_call(), by=world.staff, now=NOON)
    with pytest.raises(OfferExpired):
        note_yes(the_call(), by=world.staff, now=NOON + timedelta(minutes=16))
    assert (fresh(offer).state, the_call().state) == ("late", "delivered")
    assert fresh(offer).entry.late_since is not None


def test_wrong_number_gives_the_dose_on_and_ends_the_calls(world: World) -> None:
    offer = ask_by_phone(world)
    take_call(the_call(), by=world.staff, now=NOON)
    note_wrong_number(the_call(), by=world.staff, now=NOON)
    offer = fresh(offer)
    assert (offer.state, offer.entry.state, offer.entry.phone_confirmed_at) == ("undeliverable", "paused", None)
    assert (the_call().state, the_call().last_error) == ("failed", "wrong number")
    assert Dose.objects.get().state == "free"
    assert actions()[-3:] == ["undeliverable", "paused_without_channel", "call_wrong_number"]


def test_after_a_wrong_number_the_e_mail_is_left(world: World) -> None:
    offer = ask_by_phone(world, email="erika@example.org")
    take_call(the_call(), by=world.staff, now=NOON)
    note_wrong_number(the_call(), by=world.staff, now=NOON)
    assert [one.channel for one in offer.messages.order_by("pk")] == ["call", "email"]
    assert (fresh(offer).state, fresh(offer).entry.channels) == ("open", ["email"])


def test_a_lease_that_runs_out_lets_a_colleague_call(world: World, second: User) -> None:
    ask_by_phone(world)
    take_call(the_call(), by=world.staff, now=NOON)
    with pytest.raises(CallTaken, match=r"staff \(Impfzentrum\) ruft diese Person seit 12:00 Uhr an"):
        take_call(the_call(), by=second, now=NOON + timedelta(minutes=1))
    with pytest.raises(CallTaken):
        note_no(the_call(), by=second, now=NOON + timedelta(minutes=1))
    sweep(now=NOON + LEASE + SECOND)
    assert actions()[-1] == "call_returned"
    take_call(the_call(), by=second, now=NOON + LEASE + SECOND)
    with pytest.raises(CallTaken, match="second"):
        note_yes(the_call(), by=world.staff, now=NOON + LEASE + SECOND)
    note_yes(the_call(), by=second, now=NOON + LEASE + SECOND)


def test_a_long_call_keeps_its_outcome(world: World) -> None:
    offer = ask_by_phone(world)
    take_call(the_call(), by=world.staff, now=NOON)
    sweep(now=NOON + LEASE + SECOND)
    note_yes(the_call(), by=world.staff, now=NOON + LEASE + 2 * SECOND)
    assert fresh(offer).state == "accepted"


def test_nobody_calls_while_sending_is_stopped(world: World) -> None:
    ask_by_phone(world)
    stop_sending(world.county, by=world.staff, reason="Falsche Charge", now=NOON)
    with pytest.raises(CallsHeld):
        take_call(the_call(), by=world.staff, now=NOON)
    assert fresh(Offer.objects.get()).state == "prepared"


def test_nobody_is_called_in_quiet_hours(world: World) -> None:
    offer = ask_by_phone(world)
    world.county.quiet_from, world.county.quiet_until = NOON.time(), (NOON + timedelta(hours=3)).time()
    world.county.save()
    with pytest.raises(CallsQuiet, match="Bis 15:00 Uhr"):
        take_call(the_call(offer), by=world.staff, now=NOON + SECOND)


def test_a_withdrawn_offer_is_not_called_about(world: World) -> None:
    offer = ask_by_phone(world)
    stop_release(offer.release, by=world.staff, now=NOON)
    with pytest.raises(OfferNotOpen):
        take_call(the_call(), by=world.staff, now=NOON)
    sweep(now=NOON + SECOND)
    assert the_call().state == "lapsed"
    assert count_uncalled(world.centre, now=NOON) == 0, "nobody missed anything by us"


def test_a_dose_given_by_hand_has_to_be_told(world: World, second: User) -> None:
    entry = callable_entry(world)
    release = world.release()
    pick = propose_hand_pick(order(release, entry), by=world.staff, now=NOON)
    consent_to_hand_pick(pick, by=second, now=NOON)
    call = the_call(template="place_and_time")
    take_call(call, by=world.staff, now=NOON)
    note_told(call, by=world.staff, now=NOON)
    assert the_call(template="place_and_time").state == "delivered"
    assert actions()[-1] == "call_told"


def test_who_pauses_for_silence_is_called_and_may_come_back(world: World) -> None:
    world.county.unanswered_limit = 1
    world.county.save()
    offer = ask_by_phone(world)
    take_call(the_call(offer), by=world.staff, now=NOON)
    note_not_reached(the_call(offer), by=world.staff, now=NOON)
    sweep(now=NOON + timedelta(minutes=16))
    assert fresh(offer).entry.state == "paused"
    call = the_call(template="paused")
    take_call(call, by=world.staff, now=NOON + timedelta(minutes=20))
    note_resumed(call, by=world.staff, now=NOON + timedelta(minutes=20))
    assert fresh(offer).entry.state == "waiting"
    assert the_call(template="paused").state == "delivered"


def test_what_nobody_calls_about_is_kept_as_not_sent(world: World) -> None:
    offer = ask_by_phone(world)
    take_call(the_call(), by=world.staff, now=NOON)
    note_yes(the_call(), by=world.staff, now=NOON)
    leave_list(offer.entry, now=NOON + SECOND)
    kept = the_call(template="cancelled")
    assert (kept.state, kept.last_error) == ("lapsed", "nobody is called about this")
    entry = fresh(offer).entry
    assert (entry.phone, entry.second_phone, entry.call_hint, entry.phone_confirmed_at) == ("", "", "", None)


def test_who_gets_sms_is_not_called_as_well(world: World) -> None:
    offer = ask_by_phone(world, mobile="+491713920001")
    assert set(offer.messages.values_list("channel", flat=True)) == {"sms"}
    assert not Message.objects.filter(channel="call").exists()


def test_a_call_to_who_has_paused_lapses(world: World) -> None:
    offer = ask_by_phone(world)
    pause_entry(offer.entry, until=None, now=NOON)
    sweep(now=NOON + SECOND)
    assert the_call().state == "lapsed"
    assert list(find_violations()) == []
