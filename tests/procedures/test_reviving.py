"""Staff have failed messages tried once more: the same rows, the same references, and only what still holds."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from impfzentrum.gateways.letters import GatewayRefused
from impfzentrum.models import AuditEvent, DeliveryReceipt, Message
from impfzentrum.procedures.answering import accept_offer, cancel_dose
from impfzentrum.procedures.delivering import deliver_messages
from impfzentrum.procedures.reviving import list_retriable, retry_failed
from tests.conftest import World
from tests.factories import NOON, ask
from tests.gateways.programmable import Gateway
from tests.procedures.played import fresh, open_offer


def deliver(now: datetime = NOON) -> int:
    return deliver_messages(clock=lambda: now)


@pytest.fixture
def failed(world: World, gateway: Gateway) -> Message:
    """The place and time of a yes, which the provider refused."""
    accept_offer(open_offer(world), now=NOON)
    gateway.sms_fault = GatewayRefused("sender not allowed")
    deliver()
    gateway.sms_fault = None
    message = Message.objects.get(template="place_and_time")
    assert message.state == "failed"
    return message


def test_the_same_message_is_tried_once_more_with_its_reference(
    world: World, gateway: Gateway, failed: Message
) -> None:
    assert retry_failed(world.county, by=world.staff, now=NOON) == 1
    assert retry_failed(world.county, by=world.staff, now=NOON) == 0
    deliver()
    assert gateway.sms[-1].letter.reference == str(failed.reference)
    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == ("sent", 1)
    [event] = AuditEvent.objects.filter(action="messages_retried")
    assert (event.actor, event.detail) == (world.staff, {"messages": 1})


def test_what_no_longer_holds_lapses_instead_of_being_sent(world: World, gateway: Gateway, failed: Message) -> None:
    assert failed.offer
    cancel_dose(fresh(failed.offer), now=NOON)
    retry_failed(world.county, by=world.staff, now=NOON)
    deliver()
    failed.refresh_from_db()
    assert failed.state == "lapsed"


def test_what_is_over_or_known_to_a_provider_is_not_tried(world: World, gateway: Gateway, failed: Message) -> None:
    rows = Message.objects.filter(pk=failed.pk)
    assert not list_retriable(world.county, now=failed.expires_at).exists()
    rows.update(handed_over_at=NOON)
    assert not list_retriable(world.county, now=NOON).exists()
    rows.update(handed_over_at=None)
    assert list_retriable(world.county, now=NOON).exists()
    DeliveryReceipt.objects.create(
        message=failed, provider="p", provider_id="1", outcome="undeliverable", received_at=NOON
    )
    assert not list_retriable(world.county, now=NOON).exists()


def test_the_message_of_an_offer_went_another_way_already(world: World, gateway: Gateway) -> None:
    gateway.sms_fault = GatewayRefused("no such number")
    world.entry(email="somebody@example.org")
    ask(world.release())
    assert Message.objects.get(state="failed").template == "offer"
    assert retry_failed(world.county, by=world.staff, now=NOON + timedelta(seconds=1)) == 0
