"""500 messages under way, and the worker dies at each step of sending, Redis is flushed, PostgreSQL is restarted.

Every message ends in a final state, none is lost, and twice goes only what the provider had and we had not noted.
"""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from impfzentrum.models import Message, MessageTemplate, Offer
from impfzentrum.procedures.inspecting import find_violations
from impfzentrum.procedures.matching import match_release
from impfzentrum.procedures.outbox import queue_for_everybody
from tests.conftest import World, build_world
from tests.crash.own_postgres import FAST, IMMEDIATE, OwnPostgres, own_postgres
from tests.gateways.loopback import Provider, Say
from tests.workers import Workers, broker, forget_wake_ups

pytestmark = [pytest.mark.crash, pytest.mark.worker]

OFFERS, MESSAGES = 50, 500
STEPS = ("before lease", "after lease", "after send", "before record")
"""Where tests.crash.dying kills the worker, one after the other."""

LIMIT = 90.0
"""Seconds for what a quiet machine does in three."""


@pytest.fixture
def provider() -> Iterator[Provider]:
    """Takes everything after 30 ms. Its journal is empty: asked in doubt it knows of nothing, the worst case."""
    provider = Provider()
    taken = json.dumps({"success": "100", "messages": [{"id": "1", "parts": 1, "price": 0.07, "success": True}]})
    provider.will_say(Say(200, taken, silence=0.03))
    yield provider
    provider.stop()


@pytest.fixture
def workers(tmp_path: Path, provider: Provider) -> Iterator[Workers]:
    settings = "tests.crash.gateway_settings"
    workers = Workers(tmp_path, DJANGO_SETTINGS_MODULE=settings, GATEWAY_URL=provider.url)
    forget_wake_ups()
    yield workers
    workers.stop()


def queue_five_hundred(world: World) -> None:
    """Fifty offers and nine further messages to each of those who were asked."""
    now = timezone.now()
    world.campaign.rules_as_of = date(2021, 4, 24)
    world.campaign.save()
    people = world.entries(OFFERS)
    match_release(world.release(doses=OFFERS, now=now).pk, now=now)
    others = people * (MESSAGES // OFFERS - 1)
    queue_for_everybody(others, MessageTemplate.WELCOME, now=now, expires_at=now + timedelta(hours=1))


def sent_references(provider: Provider) -> Counter[str]:
    return Counter(str(one.content["foreign_id"]) for one in provider.asked if one.method == "POST")


def sent_letters(provider: Provider) -> dict[str, set[tuple[object, object]]]:
    """What went out under each reference: (number, text)."""
    letters: dict[str, set[tuple[object, object]]] = defaultdict(set)
    for one in provider.asked:
        if one.method == "POST":
            letters[str(one.content["foreign_id"])].add((one.content["to"], one.content["text"]))
    return letters


def written_down() -> set[str]:
    return {str(one) for one in Message.objects.filter(state="sent").values_list("reference", flat=True)}


def wait_until(holds: Callable[[], bool], *, seconds: float = LIMIT) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, Counter(Message.objects.values_list("template", "state"))
        time.sleep(0.1)


def wait_for_the_provider(holds: Callable[[], bool]) -> None:
    """The same without a look into the database, and closer: five hundred go out in few seconds."""
    end = time.monotonic() + LIMIT
    while not holds():
        assert time.monotonic() < end, "the provider was not asked"
        time.sleep(0.01)


def test_killed_at_each_step_nothing_is_lost(
    committed_world: World, provider: Provider, workers: Workers, record_property: Callable[[str, object], None]
) -> None:
    queue_five_hundred(committed_world)
    unknown: set[str] = set()
    workers.start_beat()
    for step in STEPS:
        before = len(provider.asked)
        workers.start_worker("--include", "tests.crash.dying", DIE=step)
        workers.wait_for_end()
        assert len(provider.asked) > before, f"{step}: it was under way when it died"
        time.sleep(0.1)  # what the provider has begun to answer
        unknown |= sent_references(provider).keys() - written_down()
    assert 0 < len(unknown) < MESSAGES
    workers.start_worker("--include", "tests.crash.dying")
    wait_until(lambda: Message.objects.exclude(state="sent").count() == 0)
    sent = sent_references(provider)
    twice = {reference for reference, count in sent.items() if count > 1}
    record_property("killed at four steps", f"{len(twice)} of {MESSAGES} messages went twice, none was lost")
    assert len(sent) == MESSAGES, "none was lost"
    assert twice <= unknown, "only what the kill left between sending and writing down"
    assert 0 < len(twice) <= 4 * 64, "one batch a kill at most"
    assert sum(len(letters) for letters in sent_letters(provider).values()) == MESSAGES, (
        "word for word the same again, so that the provider may drop it by our reference"
    )
    assert Offer.objects.filter(state="open").count() == OFFERS


@pytest.fixture
def postgres(transactional_db: None) -> Iterator[OwnPostgres]:
    with own_postgres() as server:
        yield server


@pytest.fixture
def world_of_its_own(postgres: OwnPostgres) -> Iterator[World]:
    yield build_world()
    assert list(find_violations()) == []


def test_redis_flushed_and_postgresql_restarted_nothing_is_lost_or_sent_twice(
    world_of_its_own: World, postgres: OwnPostgres, provider: Provider, workers: Workers
) -> None:
    """PostgreSQL is stopped and started twice while messages are with the provider: in peace, and without a goodbye."""
    queue_five_hundred(world_of_its_own)
    workers.start_beat()
    workers.start_worker("--include", "tests.crash.dying")
    for how in (FAST, IMMEDIATE):
        begun = len(provider.asked)
        wait_for_the_provider(lambda: len(provider.asked) > begun + 50)  # noqa: B023 - waited for in this very round
        broker().flushdb()
        postgres.stop(how)
        time.sleep(1)  # answers come in that cannot be written down
        assert len(provider.asked) < MESSAGES, f"{how.name}: it was under way"
        postgres.start()
    wait_until(lambda: Message.objects.exclude(state="sent").count() == 0)
    assert sorted(sent_references(provider).values()) == [1] * MESSAGES
    assert Offer.objects.filter(state="open").count() == OFFERS
