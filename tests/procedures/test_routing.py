"""Two providers: drawn by weight, a retry goes to the other, trouble moves points and calm moves them back."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings as SettingsWrapper

from impfzentrum.models import Message, MessageTemplate, Offer, SmsProvider, WeightChange
from impfzentrum.procedures import delivering
from impfzentrum.procedures.delivering import deliver_messages
from impfzentrum.procedures.matching import match_release
from impfzentrum.procedures.outbox import queue_for_everybody
from impfzentrum.procedures.routing import CALM, STEP_EVERY, note_trouble, read_weights, tend_weights
from tests.conftest import World
from tests.factories import NOON
from tests.gateways.loopback import PATIENCE, Provider, Say, configure, taken_by
from tests.gateways.programmable import Gateway
from tests.procedures.played import prepared_offer


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def carried() -> dict[str, int]:
    return dict(SmsProvider.objects.values_list("name", "weight"))


@pytest.fixture
def two(settings: SettingsWrapper) -> Iterator[tuple[Provider, Provider]]:
    """seven and Twilio, each at its own address and well."""
    seven, twilio = Provider(), Provider()
    configure(settings, seven.url, "seven")
    settings.SMS_GATEWAYS["twilio"]["url"] = twilio.url
    settings.SMS_GATEWAYS["seven"]["seconds"] = settings.SMS_GATEWAYS["twilio"]["seconds"] = "9"
    settings.SMS_BACKENDS = {
        "seven": "impfzentrum.gateways.seven.SevenSmsBackend",
        "twilio": "impfzentrum.gateways.twilio.TwilioSmsBackend",
    }
    seven.will_say(taken_by("seven"))
    twilio.will_say(taken_by("twilio", "SM1"))
    yield seven, twilio
    seven.stop()
    twilio.stop()


def test_one_provider_costs_no_question(
    world: World, gateway: Gateway, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert read_weights() == {}
        note_trouble("programmable", reason="", now=NOON)
        tend_weights(now=NOON)
    assert carried() == {}


def test_messages_are_shared_by_weight(world: World, two: tuple[Provider, Provider]) -> None:
    world.entries(10)
    match_release(world.release(doses=10).pk, now=NOON)
    draws = iter([0.1, 0.9] * 5)
    deliver_messages(clock=lambda: NOON, chance=lambda: next(draws))
    assert Counter(Message.objects.values_list("provider", "state")) == {("seven", "sent"): 5, ("twilio", "sent"): 5}
    assert carried() == {"seven": 50, "twilio": 50}
    assert [len(one.asked) for one in two] == [5, 5]


@pytest.mark.parametrize("chance", [0.0, 0.49, 0.99])
def test_the_first_retry_is_the_fail_over_and_comes_at_once(
    world: World, two: tuple[Provider, Provider], chance: float
) -> None:
    for sick in two:
        sick.will_say(Say(429, headers={"Retry-After": "600"}))
    healthy = two[1] if chance < 0.5 else two[0]
    healthy.will_say(taken_by("twilio" if chance < 0.5 else "seven"))
    prepared_offer(world)
    deliver_messages(clock=lambda: NOON, chance=lambda: chance)
    message = Message.objects.get()
    assert (message.state, message.attempts) == ("sent", 2)
    assert Offer.objects.get().handed_over_at == NOON
    assert [len(one.asked) for one in two] == [1, 1]


def test_trouble_moves_ten_points_once_in_ten_seconds(world: World, two: tuple[Provider, Provider]) -> None:
    read_weights()
    for _ in range(5):
        note_trouble("seven", reason="HTTP 500", now=NOON)
    assert carried() == {"seven": 40, "twilio": 60}
    note_trouble("seven", reason="HTTP 500", now=NOON + STEP_EVERY)
    assert carried() == {"seven": 30, "twilio": 70}
    [first, second] = WeightChange.objects.filter(provider__name="seven").order_by("pk")
    assert (first.before, first.after, first.reason, first.at) == (50, 40, "HTTP 500", NOON)
    assert (second.before, second.after) == (40, 30)


def test_a_wrong_number_is_no_trouble_of_the_provider(world: World, two: tuple[Provider, Provider]) -> None:
    two[0].will_say(Say(200, "202"))
    prepared_offer(world)
    deliver_messages(clock=lambda: NOON, chance=lambda: 0)
    assert Message.objects.get().state == "failed"
    assert carried() == {"seven": 50, "twilio": 50}


def test_calm_brings_the_weights_back(world: World, two: tuple[Provider, Provider]) -> None:
    read_weights()
    for step in range(5):
        note_trouble("seven", reason="HTTP 500", now=NOON + step * STEP_EVERY)
    assert carried() == {"seven": 0, "twilio": 100}
    now = NOON + 4 * STEP_EVERY
    tend_weights(now=now + CALM - timedelta(seconds=1))
    assert carried() == {"seven": 0, "twilio": 100}
    back = []
    for _ in range(7):
        now += CALM
        tend_weights(now=now)
        back.append(carried()["seven"])
    assert back == [10, 20, 30, 40, 50, 50, 50]


@pytest.mark.parametrize(("slow", "weight"), [(2, 50), (3, 40)])
def test_slow_receipts_are_trouble(world: World, two: tuple[Provider, Provider], slow: int, weight: int) -> None:
    world.entries(10)
    match_release(world.release(doses=10).pk, now=NOON)
    deliver_messages(clock=lambda: NOON, chance=lambda: 0)
    ids = list(Message.objects.values_list("pk", flat=True))
    Message.objects.filter(pk__in=ids[slow:]).update(state="delivered", state_since=after(5))
    tend_weights(now=after(61))
    assert carried()["seven"] == weight
    if weight == 40:
        assert WeightChange.objects.filter(provider__name="seven").get().reason == "slow receipts"


def test_a_provider_that_hangs_is_trouble_and_leaves_a_doubt(
    world: World, two: tuple[Provider, Provider], settings: SettingsWrapper
) -> None:
    """In doubt nobody sends through another: the first would then perhaps be the second message."""
    settings.SMS_GATEWAYS["seven"]["seconds"] = str(PATIENCE)
    two[0].will_say(Say(200, silence=PATIENCE * 2))
    prepared_offer(world)
    deliver_messages(clock=lambda: NOON, chance=lambda: 0)
    message = Message.objects.get()
    assert (message.state, message.provider, message.doubtful_since) == ("sending", "seven", NOON)
    assert two[1].asked == []
    assert carried() == {"seven": 40, "twilio": 60}


def test_who_keeps_calls_waiting_loses_weight_before_they_are_given_up(
    world: World, two: tuple[Provider, Provider], settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """seven hangs and says yes in the end: no error, no receipt missing. What comes meanwhile goes to the other."""
    monkeypatch.setattr(delivering, "HANGING", timedelta(seconds=0.8))
    settings.SMS_GATEWAYS["seven"]["seconds"] = "9"
    two[0].will_say(Say(200, taken_by("seven").body, silence=2.0))
    queue_for_everybody([world.entry()] * 11, MessageTemplate.PAUSED, now=NOON, expires_at=after(3600))
    [first, *others] = Message.objects.order_by("pk").values_list("pk", flat=True)
    Message.objects.filter(pk__in=others).update(due_at=after(1.2))
    begun = time.monotonic()
    deliver_messages(clock=lambda: after(time.monotonic() - begun), chance=lambda: 0)  # seven's, where it can be drawn
    assert (len(two[0].asked), len(two[1].asked)) == (1, 10)
    assert Message.objects.get(pk=first).state == "sent"
    assert carried() == {"seven": 40, "twilio": 60}
    assert WeightChange.objects.filter(provider__name="seven").get().reason == "slow answers"


def test_one_provider_fails_from_the_middle_of_a_run(world: World, two: tuple[Provider, Provider]) -> None:
    """Two hundred messages; from the hundredth on seven answers 500. All reach the other within ten seconds."""
    seven, twilio = two
    world.entries(200, travel_minutes=10)
    for _ in range(4):
        match_release(world.release(doses=50).pk, now=NOON)
    asked = 0

    def fail_from_the_middle() -> None:
        nonlocal asked
        asked += 1
        if asked == 100:
            seven.will_say(Say(500))

    seven.meanwhile = twilio.meanwhile = fail_from_the_middle
    begun = time.monotonic()
    clock = partial(passing, begun)
    deliver_messages(clock=clock, chance=random.Random(4).random)
    tries = Counter(Message.objects.values_list("state", "attempts"))
    assert sum(tries.values()) == 200
    assert tries.keys() == {("sent", 1), ("sent", 2)}
    assert carried()["seven"] < 50
    by_seven = {str(one.content["foreign_id"]): one.at for one in seven.asked}
    assert len(by_seven) == len(seven.asked), "nobody is asked twice of the sick one"
    by_twilio = {one.form["StatusCallback"].split("/")[-2]: one.at for one in twilio.asked}
    waits = [by_twilio[reference] - by_seven[reference] for reference in by_seven.keys() & by_twilio.keys()]
    assert len(waits) == tries[("sent", 2)] > 5
    assert max(waits) < 10


def passing(begun: float) -> datetime:
    """Noon, and from then on as fast as the real clock."""
    return NOON + timedelta(seconds=time.monotonic() - begun)


def test_a_new_provider_starts_with_an_equal_share(
    world: World, two: tuple[Provider, Provider], settings: SettingsWrapper
) -> None:
    SmsProvider.objects.create(name="twilio", weight=100, resting=100)
    read_weights()
    assert carried() == {"seven": 50, "twilio": 50}
    settings.SMS_BACKENDS = {**settings.SMS_BACKENDS, "kannel": "impfzentrum.gateways.kannel.KannelSmsBackend"}
    read_weights()
    assert carried() == {"kannel": 34, "seven": 33, "twilio": 33}


def test_the_real_clock_is_not_asked(world: World, two: tuple[Provider, Provider]) -> None:
    note_trouble("seven", reason="x", now=NOON)
    read_weights()
    note_trouble("seven", reason="x", now=NOON)
    assert SmsProvider.objects.get(name="seven").moved_at == NOON < timezone.now()
