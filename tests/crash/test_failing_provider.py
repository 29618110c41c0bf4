"""One of two providers answers errors from the middle of a run of a thousand: the other one gets them, soon."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings as SettingsWrapper

from impfzentrum.models import Message, MessageTemplate, SmsProvider
from impfzentrum.procedures.delivering import deliver_messages
from impfzentrum.procedures.outbox import queue_for_everybody
from tests.conftest import World
from tests.gateways.loopback import Provider, Say, configure, taken_by

pytestmark = pytest.mark.crash

MESSAGES = 1_000
WITHIN = 10
"""Seconds from the first try with the provider that fails to the hand-over to the other."""


@pytest.fixture
def two(settings: SettingsWrapper) -> Iterator[tuple[Provider, Provider]]:
    seven, twilio = Provider(), Provider()
    configure(settings, seven.url, "seven")
    settings.SMS_GATEWAYS["twilio"]["url"] = twilio.url
    settings.SMS_BACKENDS = {
        "seven": "impfzentrum.gateways.seven.SevenSmsBackend",
        "twilio": "impfzentrum.gateways.twilio.TwilioSmsBackend",
    }
    seven.will_say(taken_by("seven"))
    twilio.will_say(taken_by("twilio", "SM1"))
    yield seven, twilio
    seven.stop()
    twilio.stop()


def test_a_thousand_messages_and_one_provider_fails(world: World, two: tuple[Provider, Provider]) -> None:
    seven, twilio = two
    now = timezone.now()
    people = world.entries(10) * (MESSAGES // 10)
    queue_for_everybody(people, MessageTemplate.PAUSED, now=now, expires_at=now + timedelta(hours=1))

    def fail_from_the_middle() -> None:
        if len(seven.asked) + len(twilio.asked) >= MESSAGES // 2:
            seven.will_say(Say(500))

    seven.meanwhile = twilio.meanwhile = fail_from_the_middle
    end = time.monotonic() + 120
    while Message.objects.exclude(state="sent").exists() and time.monotonic() < end:
        deliver_messages(clock=timezone.now, chance=random.Random(4).random)
    tries = Counter(Message.objects.values_list("state", "attempts"))
    assert tries.keys() == {("sent", 1), ("sent", 2)}, "the first retry is the fail-over"
    first_by_seven = {str(one.content["foreign_id"]): one.at for one in reversed(seven.asked)}
    at_twilio = {one.form["StatusCallback"].split("/")[-2]: one.at for one in twilio.asked}
    waits = [at_twilio[reference] - first_by_seven[reference] for reference in first_by_seven.keys() & at_twilio.keys()]
    assert len(waits) == tries["sent", 2] > 0
    assert sum(wait <= WITHIN for wait in waits) >= len(waits) - MESSAGES // 100
    assert SmsProvider.objects.get(name="seven").weight < 50
