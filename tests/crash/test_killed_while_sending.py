"""500 messages under way, and the worker dies at each step of sending, Redis is flushed, the database goes away.

Every message ends in a final state, none is lost, and twice goes only what the provider had and we had not noted.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import psycopg2
import pytest
from django.db import connection
from django.utils import timezone

from impfzentrum.models import Message, MessageTemplate, Offer
from impfzentrum.procedures.matching import match_release
from impfzentrum.procedures.outbox import queue_for_everybody
from tests.conftest import World
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


def written_down() -> set[str]:
    return {str(one) for one in Message.objects.filter(state="sent").values_list("reference", flat=True)}


def wait_until(holds: Callable[[], bool], *, seconds: float = LIMIT) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, Counter(Message.objects.values_list("template", "state"))
        time.sleep(0.1)


def test_killed_at_each_step_nothing_is_lost(committed_world: World, provider: Provider, workers: Workers) -> None:
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
    assert len(sent) == MESSAGES, "none was lost"
    assert twice <= unknown, "only what the kill left between sending and writing down"
    assert 0 < len(twice) <= 4 * 64, "one batch a kill at most, and always by the same reference"
    assert Offer.objects.filter(state="open").count() == OFFERS


@contextmanager
def database_away() -> Iterator[None]:
    """What a restart of PostgreSQL is for the worker: its sessions end and for a while there are no new ones."""
    name = connection.settings_dict["NAME"]
    admin = psycopg2.connect(
        host=connection.settings_dict["HOST"], user=connection.settings_dict["USER"], dbname="postgres"
    )
    admin.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [own] = cursor.fetchone()
    with admin.cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        try:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> %s", [name, own]
            )
            yield
        finally:
            cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
            admin.close()


def test_without_redis_and_database_for_a_while_nothing_is_lost_or_sent_twice(
    committed_world: World, provider: Provider, workers: Workers
) -> None:
    queue_five_hundred(committed_world)
    workers.start_beat()
    workers.start_worker("--include", "tests.crash.dying")
    wait_until(lambda: len(provider.asked) > 60)
    broker().flushdb()
    with database_away():
        time.sleep(1.5)
        asked = len(provider.asked)
    assert asked < MESSAGES, "it was under way"
    wait_until(lambda: Message.objects.exclude(state="sent").count() == 0)
    assert sorted(sent_references(provider).values()) == [1] * MESSAGES
    assert Offer.objects.filter(state="open").count() == OFFERS
