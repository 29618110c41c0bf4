"""A provider that may have taken a message gets time to say so and is asked before a second try."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from pytest_django.fixtures import Settings as SettingsWrapper

from impfzentrum.gateways.letters import GatewayRefused, GatewayUncertain
from impfzentrum.gateways.receipts import Receipt
from impfzentrum.models import Message, Offer
from impfzentrum.procedures.delivering import deliver_messages
from impfzentrum.procedures.expiring import give_up_unsent
from impfzentrum.procedures.leasing import LEASE, lease_messages, requeue_lost_leases
from impfzentrum.procedures.receiving import take_receipt
from impfzentrum.procedures.retrying import DOUBT, TRIES
from impfzentrum.vocabulary import ReceiptOutcome
from tests.conftest import World
from tests.factories import NOON
from tests.gateways.loopback import PATIENCE, Provider, Say, configure, taken_by
from tests.gateways.programmable import AtOnce, Gateway
from tests.procedures.played import prepared_offer

SILENT = Say(200, silence=PATIENCE * 2)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def deliver(seconds: float = 0) -> int:
    return deliver_messages(clock=lambda: after(seconds), pool=AtOnce())


def sweep_and_deliver(seconds: float) -> int:
    requeue_lost_leases(now=after(seconds))
    return deliver(seconds)


@pytest.fixture
def seven(settings: SettingsWrapper, provider: Provider) -> Provider:
    configure(settings, provider.url, "seven")
    return provider


def test_while_it_may_still_say_so_nobody_sends_again(world: World, gateway: Gateway) -> None:
    prepared_offer(world)
    gateway.sms_fault = GatewayUncertain("ReadTimeout")
    deliver()
    message = Message.objects.get()
    assert (message.state, message.attempts, message.doubtful_since) == ("sending", 1, NOON)
    assert message.lease_until == NOON + DOUBT
    assert sweep_and_deliver(DOUBT.total_seconds()) == 0
    gateway.sms_fault = None
    assert sweep_and_deliver(DOUBT.total_seconds() + 1) == 1
    assert (Message.objects.get().state, Offer.objects.get().state) == ("sent", "open")


@pytest.mark.parametrize("outcome", [ReceiptOutcome.TAKEN, ReceiptOutcome.DELIVERED])
@pytest.mark.parametrize("requeued", [False, True])
def test_a_receipt_ends_the_doubt_and_starts_the_clock(
    world: World, gateway: Gateway, outcome: ReceiptOutcome, requeued: bool
) -> None:
    prepared_offer(world)
    gateway.sms_fault = GatewayUncertain("ReadTimeout")
    deliver()
    if requeued:
        requeue_lost_leases(now=after(21))
    reference = Message.objects.get().reference
    take_receipt(Receipt("kannel", outcome, reference=reference), now=after(21))
    message, offer = Message.objects.get(), Offer.objects.get()
    assert message.state == ("sent" if outcome == ReceiptOutcome.TAKEN else "delivered")
    assert (offer.state, offer.handed_over_at, offer.answer_by) == ("open", after(21), after(21 + 15 * 60))
    assert sweep_and_deliver(60) == 0
    assert gateway.attempts == 1


def test_the_journal_of_the_provider_saves_the_second_message(world: World, seven: Provider) -> None:
    prepared_offer(world)
    seven.will_say(SILENT)
    deliver()
    first = seven.asked[0].content
    seven.will_say(Say(200, json.dumps([{"id": "77", "foreign_id": first["foreign_id"], "price": "0.075"}])))
    sweep_and_deliver(21)
    assert [asked.method for asked in seven.asked] == ["POST", "GET"]
    message = Message.objects.get()
    assert (message.state, message.provider, message.provider_id, message.attempts) == ("sent", "seven", "77", 2)
    assert Offer.objects.get().state == "open"


def test_what_the_provider_does_not_know_is_sent_again_word_for_word(world: World, seven: Provider) -> None:
    """The same text lets seven's own lock against doubles recognise it. Its validity still ends with what it tells."""
    prepared_offer(world)
    seven.will_say(SILENT)
    deliver()
    seven.will_say(Say(200, "[]"), taken_by("seven"))
    sweep_and_deliver(70)
    one, asked, other = seven.asked
    assert (asked.method, other.method) == ("GET", "POST")
    first, second = one.content, other.content
    assert (first["text"], first["foreign_id"]) == (second["text"], second["foreign_id"])
    assert (first["ttl"], second["ttl"]) == (15, 13)
    assert Message.objects.get().state == "sent"


def test_a_killed_worker_leaves_a_doubt_too(world: World, seven: Provider) -> None:
    prepared_offer(world)
    [message] = lease_messages(now=NOON)
    requeue_lost_leases(now=NOON + LEASE + timedelta(seconds=1))
    assert Message.objects.get().doubtful_since == NOON
    seven.will_say(Say(200, json.dumps([{"id": "77", "foreign_id": str(message.reference)}])))
    deliver(20)
    assert [asked.method for asked in seven.asked] == ["GET"]
    assert Message.objects.get().state == "sent"


def test_asking_renews_the_lease_before_sending(world: World, seven: Provider) -> None:
    prepared_offer(world)
    seven.will_say(SILENT)
    deliver()
    seven.will_say(Say(200, "[]"), taken_by("seven"))
    requeue_lost_leases(now=after(21))
    deliver_messages(clock=lambda: after({1: 21, 2: 31, 3: 32}[len(seven.asked)]), pool=AtOnce())
    assert [asked.method for asked in seven.asked] == ["POST", "GET", "POST"]
    message = Message.objects.get()
    assert (message.state, message.lease_until) == ("sent", after(31) + LEASE)


def test_what_another_worker_took_up_meanwhile_is_not_sent(world: World, seven: Provider) -> None:
    """The question took longer than the lease, and the sweep gave the message to somebody else."""
    prepared_offer(world)
    seven.will_say(SILENT)
    deliver()
    requeue_lost_leases(now=after(21))

    def clock() -> datetime:
        if len(seven.asked) == 1:
            return after(21)
        if Message.objects.get().lease_until == after(21) + LEASE:
            requeue_lost_leases(now=after(37))
            lease_messages(now=after(37))
        return after(37)

    seven.will_say(Say(200, "[]"))
    deliver_messages(clock=clock, pool=AtOnce())
    assert [asked.method for asked in seven.asked] == ["POST", "GET"]
    assert Message.objects.get().lease_until == after(37) + LEASE


def test_when_the_provider_cannot_be_asked_the_doubt_stays(world: World, seven: Provider) -> None:
    prepared_offer(world)
    seven.will_say(SILENT)
    deliver()
    seven.will_say(Say(500))
    sweep_and_deliver(21)
    message = Message.objects.get()
    assert (message.state, message.attempts, message.doubtful_since) == ("queued", 2, NOON)
    assert [asked.method for asked in seven.asked] == ["POST", "GET"], "without an answer nothing is sent"


def test_a_receipt_while_we_give_up_wins(world: World, gateway: Gateway) -> None:
    offer = prepared_offer(world)
    gateway.sms_fault = GatewayRefused("number")
    reference = Message.objects.get().reference
    gateway.meanwhile = lambda: take_receipt(
        Receipt("programmable", ReceiptOutcome.DELIVERED, reference=reference), now=NOON
    )
    deliver()
    assert (Message.objects.get().state, Offer.objects.get().state) == ("delivered", "open")
    offer.refresh_from_db()
    assert offer.dose is not None
    assert offer.dose.state == "held"


@pytest.mark.parametrize("text", ["\0", "x" * 500])
def test_any_words_of_a_fault_can_be_kept(world: World, gateway: Gateway, text: str) -> None:
    prepared_offer(world)
    gateway.sms_fault = GatewayUncertain(text)
    deliver()
    assert Message.objects.get().attempts == 1


def test_doubt_without_end_ends(world: World, gateway: Gateway) -> None:
    prepared_offer(world)
    gateway.sms_fault = GatewayUncertain("ReadTimeout")
    for turn in range(TRIES + 2):
        sweep_and_deliver(turn * 21)
    assert gateway.attempts == TRIES
    assert Message.objects.get().state == "failed"
    give_up_unsent(now=after(150))
    assert Offer.objects.get().state == "undeliverable"


def test_a_wish_to_be_left_alone_is_kept(world: World, seven: Provider) -> None:
    prepared_offer(world)
    seven.will_say(Say(429, headers={"Retry-After": "30"}))
    deliver()
    message = Message.objects.get()
    assert (message.state, message.due_at, message.doubtful_since) == ("queued", after(30), None)


def test_a_wish_beyond_the_offer_is_a_no(world: World, seven: Provider) -> None:
    world.entry(email="somebody@example.org", priority_group=1)
    prepared_offer(world)
    seven.will_say(Say(429, headers={"Retry-After": "86400"}))
    deliver()
    assert dict(Message.objects.values_list("channel", "state")) == {"sms": "failed", "email": "sent"}


def test_price_and_parts_are_kept(world: World, seven: Provider) -> None:
    prepared_offer(world)
    seven.will_say(taken_by("seven"))
    deliver()
    message = Message.objects.get()
    assert (message.parts, str(message.price), message.currency) == (1, "0.07500", "EUR")
