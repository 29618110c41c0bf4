"""Each trouble with each provider, from the outbox over real HTTP to the end: sent once, and known by one reference."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from pytest_django.fixtures import Settings as SettingsWrapper

from impfzentrum.models import Message, Offer
from impfzentrum.procedures.delivering import deliver_messages
from impfzentrum.procedures.leasing import requeue_lost_leases
from tests.conftest import World
from tests.factories import NOON
from tests.gateways.loopback import PATIENCE, Asked, Provider, Say, configure, taken_by
from tests.gateways.programmable import AtOnce
from tests.procedures.played import prepared_offer

PROVIDERS = ("seven", "kannel", "twilio")
SURE = {
    "429": dict.fromkeys(PROVIDERS, Say(429)),
    "500": dict.fromkeys(PROVIDERS, Say(500)),
    "error in a 200": {
        "seven": Say(200, '{"success":"101","messages":[{"id":null,"success":false,"error":"600"}]}'),
        "kannel": Say(202, "2: Temporal failure"),
        "twilio": Say(201, '{"sid":"SM1","status":"failed","error_code":30001}'),
    },
}
"""The provider surely has nothing: tried again, under the same reference."""

DOUBTFUL = {
    "timeout": Say(200, silence=PATIENCE * 2),
    "slow bytes": Say(200, "x" * 99, drip=PATIENCE / 10),
    "an answer cut short": Say(202, "0: Accepted for delivery", cut=40),
}
"""It may have it: asked where it can be asked."""


@pytest.fixture(params=PROVIDERS)
def name(request: pytest.FixtureRequest, settings: SettingsWrapper, provider: Provider) -> str:
    configure(settings, provider.url, request.param)
    return str(request.param)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def deliver(seconds: float = 0) -> None:
    requeue_lost_leases(now=after(seconds))
    deliver_messages(clock=lambda: after(seconds), pool=AtOnce())


def references(provider: Provider) -> list[str]:
    """Our reference in every order that the provider got."""
    orders = [f"{one.headers} {one.body.decode()}" for one in provider.asked if one.method == "POST"]
    found = [set(re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", order)) for order in orders]
    assert all(len(one) == 1 for one in found)
    return [one.pop() for one in found]


def fate() -> tuple[str, int, str]:
    message, offer = Message.objects.get(), Offer.objects.get()
    return message.state, message.attempts, offer.state


@pytest.mark.parametrize("trouble", SURE)
def test_what_it_surely_has_not_is_tried_again(world: World, provider: Provider, name: str, trouble: str) -> None:
    prepared_offer(world)
    provider.will_say(SURE[trouble][name], taken_by(name))
    deliver()
    assert fate() == ("queued", 1, "prepared")
    assert Message.objects.get().doubtful_since is None
    deliver(10)
    assert fate() == ("sent", 2, "open")
    assert references(provider) == [str(Message.objects.get().reference)] * 2


def journal_of(name: str, order: Asked) -> Say:
    """The provider has the message that was ordered."""
    if name == "seven":
        return Say(200, json.dumps([{"id": "77", "foreign_id": order.content["foreign_id"], "price": "0.075"}]))
    sms = {"sid": "SM77", "body": order.form["Body"], "num_segments": "1"}
    return Say(200, json.dumps({"messages": [sms]}))


@pytest.mark.parametrize("trouble", DOUBTFUL)
def test_what_it_may_have_is_not_sent_twice_where_it_can_tell(
    world: World, provider: Provider, name: str, trouble: str
) -> None:
    prepared_offer(world)
    provider.will_say(DOUBTFUL[trouble])
    deliver()
    assert fate() == ("sending", 1, "prepared")
    assert Message.objects.get().doubtful_since == NOON
    can_tell = name != "kannel"
    provider.will_say(journal_of(name, provider.asked[0]) if can_tell else taken_by(name))
    deliver(21)
    assert fate() == ("sent", 2, "open")
    assert [one.method for one in provider.asked] == ["POST", "GET" if can_tell else "POST"]
    assert len(set(references(provider))) == 1


WRONG_NUMBER: dict[str, Callable[[], Say]] = {
    "seven": lambda: Say(200, "202"),
    "kannel": lambda: Say(400, "Empty receiver number not allowed, rejected"),
    "twilio": lambda: Say(400, '{"code":21211}'),
}


def test_a_final_no_asks_the_next_person_at_once(world: World, provider: Provider, name: str) -> None:
    prepared_offer(world)
    provider.will_say(WRONG_NUMBER[name]())
    deliver()
    assert fate() == ("failed", 1, "undeliverable")
    assert Message.objects.get().last_error != ""
    deliver(60)
    assert len(provider.asked) == 1
