"""Emptying the outbox against a gateway that takes, refuses, is out of reach, or is slow."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.template import TemplateSyntaxError

from impfzentrum.gateways.letters import GatewayRefused
from impfzentrum.models import AuditEvent, Dose, Message, Offer
from impfzentrum.procedures.answering import accept_offer, cancel_dose, decline_offer
from impfzentrum.procedures.delivering import deliver_messages
from impfzentrum.procedures.expiring import give_up_unsent
from impfzentrum.procedures.leasing import LEASE, lease_messages, requeue_lost_leases
from impfzentrum.procedures.matching import match_release
from impfzentrum.procedures.retrying import TRIES
from impfzentrum.procedures.staying import leave_list, report_vaccinated
from impfzentrum.rules.deadline import SHORTEST_ANSWER
from tests.conftest import World
from tests.factories import NOON
from tests.gateways.programmable import AtOnce, Gateway
from tests.procedures.played import fresh, open_offer, prepared_offer


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def deliver(seconds: float = 0) -> int:
    return deliver_messages(clock=lambda: after(seconds), pool=AtOnce())


def test_the_clock_of_an_offer_starts_at_the_hand_over(world: World, gateway: Gateway) -> None:
    offer = prepared_offer(world)
    deliver_messages(clock=lambda: after(69 if gateway.attempts else 60), pool=AtOnce())
    offer = fresh(offer)
    assert (offer.state, offer.handed_over_at, offer.answer_by) == ("open", after(69), after(69 + 15 * 60))
    [sms] = gateway.sms
    assert "bis 12:16 Uhr" in sms.letter.text, "told when the letter was written: never later than the real end"
    message = Message.objects.get()
    assert (message.state, message.provider_id, message.attempts, message.parts) == ("sent", "id-1", 1, 1)
    assert sms.letter.reference == str(message.reference)


def test_the_validity_of_the_message_ends_with_the_offer(world: World, gateway: Gateway) -> None:
    """A phone that is switched on later gets no dead offer."""
    prepared_offer(world)
    deliver()
    assert gateway.sms[0].letter.ttl == timedelta(minutes=15)


def test_a_refused_sms_goes_by_mail_at_once_and_then_to_the_next_person(world: World, gateway: Gateway) -> None:
    first = world.entry(email="somebody@example.org", priority_group=1)
    second = world.entry()
    release = world.release()
    match_release(release.pk, now=NOON)
    gateway.sms_fault = GatewayRefused("no such number")
    assert deliver() == 2
    offer = Offer.objects.get()
    assert (offer.entry, offer.state) == (first, "open")
    assert [mail.to for mail in gateway.mails] == [["somebody@example.org"]]
    assert list(Message.objects.order_by("pk").values_list("channel", "state")) == [
        ("sms", "failed"),
        ("email", "sent"),
    ]

    decline_offer(offer, now=NOON)
    match_release(release.pk, now=NOON)
    deliver()
    offer = Offer.objects.get(entry=second)
    assert (offer.state, fresh(offer).entry.state, Dose.objects.get().state) == ("undeliverable", "waiting", "free")
    actions = list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))
    assert actions[-1] == "undeliverable"
    assert "other_channel" in actions


def test_when_both_channels_refuse_the_dose_is_free(world: World, gateway: Gateway) -> None:
    world.entry(email="somebody@example.org")
    match_release(world.release().pk, now=NOON)
    gateway.sms_fault = gateway.mail_fault = GatewayRefused("no")
    assert deliver() == 2
    assert (Offer.objects.get().state, Dose.objects.get().state) == ("undeliverable", "free")


def test_an_unreachable_gateway_is_tried_again_later_and_later_but_not_for_ever(world: World, gateway: Gateway) -> None:
    prepared_offer(world)
    gateway.sms_fault = ConnectionRefusedError()
    due = [NOON]
    while True:
        assert deliver_messages(clock=lambda: due[-1] - timedelta(microseconds=1)) == 0
        deliver_messages(clock=lambda: due[-1], pool=AtOnce())
        if Message.objects.get().state != "queued":
            break
        due.append(Message.objects.get().due_at)
    assert [(later - before).total_seconds() for before, later in pairwise(due)] == [2, 4, 8, 16, 32]
    assert gateway.attempts == TRIES
    message = Message.objects.get()
    assert (message.state, message.attempts, message.last_error) == ("failed", TRIES, "ConnectionRefusedError")
    assert (Offer.objects.get().state, Dose.objects.get().state) == ("undeliverable", "free")


def test_a_gateway_that_comes_back_gets_the_message_once(world: World, gateway: Gateway) -> None:
    prepared_offer(world)
    gateway.sms_fault = TimeoutError()
    deliver()
    gateway.sms_fault = None
    deliver(2)
    deliver(100)
    assert len(gateway.sms) == 1
    assert Message.objects.get().attempts == 2


def test_nothing_is_tried_past_the_end_of_what_it_tells(world: World, gateway: Gateway) -> None:
    prepared_offer(world)
    expires_at = Message.objects.get().expires_at
    gateway.sms_fault = TimeoutError()
    deliver_messages(clock=lambda: expires_at - timedelta(seconds=1), pool=AtOnce())
    assert Message.objects.get().state == "failed", "the next try would come too late"

    Message.objects.update(state="queued", due_at=NOON)
    deliver_messages(clock=lambda: expires_at, pool=AtOnce())
    assert Message.objects.get().state == "lapsed"
    assert gateway.attempts == 1


def test_nobody_is_handed_an_offer_with_less_time_than_everybody_has(world: World, gateway: Gateway) -> None:
    """Asked in the last minutes, and the gateway takes the message only after a while."""
    world.entry()
    release = world.release(use_by=NOON + timedelta(hours=1))
    last_ask = release.arrive_until - timedelta(minutes=20) - SHORTEST_ANSWER
    match_release(release.pk, now=NOON)
    deliver_messages(clock=lambda: last_ask + timedelta(seconds=1), pool=AtOnce())
    assert gateway.sms == []
    assert Message.objects.get().state == "lapsed"
    give_up_unsent(now=last_ask + timedelta(minutes=2))
    assert Dose.objects.get().state == "free"


def test_an_offer_that_was_closed_while_its_message_waited_is_not_sent(world: World, gateway: Gateway) -> None:
    offer = prepared_offer(world)
    decline_offer(offer, now=NOON)
    deliver()
    assert gateway.sms == []
    assert Message.objects.get().state == "lapsed"


def test_a_yes_while_the_message_is_still_on_its_way_stands(world: World, gateway: Gateway) -> None:
    offer = prepared_offer(world)

    def accept_once() -> None:
        gateway.meanwhile = None
        accept_offer(offer, now=NOON)

    gateway.meanwhile = accept_once
    deliver()
    assert fresh(offer).state == "accepted"
    assert Message.objects.get(template="offer").state == "sent"
    assert Message.objects.get(template="place_and_time").state == "sent"


def test_what_a_dead_worker_had_taken_is_sent_again_with_the_same_reference(world: World, gateway: Gateway) -> None:
    prepared_offer(world)
    [message] = lease_messages(now=NOON)
    assert lease_messages(now=NOON) == []
    assert requeue_lost_leases(now=NOON + LEASE) == 0
    assert requeue_lost_leases(now=NOON + LEASE + timedelta(seconds=1)) == 1
    deliver(20)
    assert [sms.letter.reference for sms in gateway.sms] == [str(message.reference)]


def test_after_a_restart_of_the_database_who_has_answers_in_hand_comes_first(world: World, gateway: Gateway) -> None:
    """Nobody could renew a lease while it was away: taken up at once, what is sent would be sent a second time."""
    prepared_offer(world)
    lease_messages(now=NOON)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_postmaster_start_time()")
        [came_up] = cursor.fetchone()
    assert requeue_lost_leases(now=came_up + LEASE - timedelta(seconds=1)) == 0
    assert requeue_lost_leases(now=came_up + LEASE + timedelta(seconds=1)) == 1


def test_a_slow_worker_does_not_send_what_another_has_taken_up_meanwhile(world: World, gateway: Gateway) -> None:
    world.entries(2)
    match_release(world.release(doses=2).pk, now=NOON)
    seconds = 0.0

    def the_gateway_is_slow_and_the_sweep_runs() -> None:
        nonlocal seconds
        seconds += LEASE.total_seconds() + 1
        gateway.meanwhile = None
        requeue_lost_leases(now=after(seconds))
        deliver(seconds)

    gateway.meanwhile = the_gateway_is_slow_and_the_sweep_runs
    deliver_messages(clock=lambda: after(seconds), pool=AtOnce())
    references = [sms.letter.reference for sms in gateway.sms]
    second = str(Message.objects.order_by("pk")[1].reference)
    assert references.count(second) == 1
    assert Message.objects.filter(state="sent").count() == 2


@pytest.mark.expects_errors
def test_one_message_that_cannot_be_written_does_not_keep_the_others_back(
    world: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, whole = world.entry(priority_group=1), world.entry()
    match_release(world.release(doses=2).pk, now=NOON)

    def refuse_one() -> None:
        if gateway.attempts == 1:
            raise TemplateSyntaxError

    gateway.meanwhile = refuse_one
    assert deliver() == 2
    assert Offer.objects.get(entry=whole).state == "open"
    assert Message.objects.get(entry=broken).state == "queued"
    assert Message.objects.get(entry=broken).last_error == "TemplateSyntaxError"
    deliver(2)
    assert Offer.objects.get(entry=broken).state == "open"


def test_who_cancelled_before_the_place_went_out_is_not_told_the_place(world: World, gateway: Gateway) -> None:
    offer = open_offer(world)
    gateway.sms.clear()
    accept_offer(offer, now=NOON)
    cancel_dose(offer, now=NOON)
    deliver()
    assert ["Absage" in text for text in gateway.texts] == [True]
    assert Message.objects.get(template="place_and_time").state == "lapsed"


def test_who_left_gets_nothing_more_though_it_was_queued_before(world: World, gateway: Gateway) -> None:
    offer = open_offer(world)
    gateway.sms.clear()
    accept_offer(offer, now=NOON)
    leave_list(offer.entry, now=NOON)
    assert not Message.objects.filter(state="queued").exists()
    Message.objects.exclude(template="offer").update(state="queued")  # as if a worker had had them just then
    deliver()
    assert gateway.texts == []
    assert set(Message.objects.exclude(template="offer").values_list("state", flat=True)) == {"lapsed"}


def test_who_is_vaccinated_is_not_told_to_stay_on_the_list(world: World, gateway: Gateway) -> None:
    offer = open_offer(world)
    gateway.sms.clear()
    accept_offer(offer, now=NOON)
    deliver()
    report_vaccinated(fresh(offer).entry, now=NOON)
    deliver()
    assert not any("Sie bleiben auf der Liste" in text for text in gateway.texts)
