"""The sweep from the database alone: whatever wake-up was lost, the work is done; and a dead broker holds nobody up."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app

from impfzentrum.models import AuditEvent, Draw, Message, Offer, Release
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.procedures.delivering import deliver_messages
from impfzentrum.procedures.inspecting import find_violations
from impfzentrum.procedures.leasing import LEASE, lease_messages
from impfzentrum.procedures.matching import match_release
from impfzentrum.procedures.sweeping import sweep, tend
from tests.conftest import World
from tests.factories import NOON
from tests.procedures.played import SOON, fresh, open_offer

DEAD_PORT = "redis://127.0.0.1:9/0"
Commit = Callable[[], float]


@pytest.fixture
def dead_broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The broker is gone: nothing listens at the discard port."""
    conf = current_app.conf
    before = {name: conf[name] for name in ("broker_url", "broker_read_url", "broker_write_url")}
    conf.update(dict.fromkeys(before, DEAD_PORT))
    monkeypatch.setattr(current_app, "_pool", None)  # connections that are open already
    monkeypatch.setattr(current_app.amqp, "_producer_pool", None)
    yield
    conf.update(before)


@pytest.mark.usefixtures("dead_broker")
@pytest.mark.django_db(transaction=True)
def test_without_a_broker_release_and_answer_work_at_once_and_the_sweep_does_the_rest(
    committed_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = committed_world.entries(2)
    begun = time.monotonic()
    with caplog.at_level(logging.WARNING):
        release = committed_world.release(doses=1)
    assert time.monotonic() - begun < 3
    assert [record.name for record in caplog.records] == ["impfzentrum.procedures.waking"]
    assert "impfzentrum.match waits for the sweep" in caplog.text
    assert DEAD_PORT not in caplog.text

    sweep(now=NOON)
    deliver_messages(clock=lambda: NOON)
    offer = Offer.objects.get()
    assert (offer.state, offer.entry in (first, second)) == ("open", True)
    begun = time.monotonic()
    accept_offer(fresh(offer), now=SOON)
    assert time.monotonic() - begun < 3
    sweep(now=SOON)
    assert Release.objects.get(pk=release.pk).state == "filled", "nobody told the matcher, so the sweep looked itself"
    deliver_messages(clock=lambda: SOON)
    assert Message.objects.get(template="place_and_time").state == "sent"


def test_one_sweep_takes_a_dose_from_the_silent_to_the_next(world: World) -> None:
    offer = open_offer(world)
    successor = world.entry()
    sweep(now=NOON + timedelta(minutes=15, seconds=1))
    assert fresh(offer).state == "expired"
    assert Offer.objects.exclude(pk=offer.pk).get().entry == successor


def test_a_sweep_gives_up_what_no_gateway_took_and_brings_back_lost_leases(world: World) -> None:
    world.entries(1)
    world.release()
    sweep(now=NOON)
    [message] = lease_messages(now=NOON)
    sweep(now=NOON + LEASE + timedelta(seconds=1))
    message.refresh_from_db()
    assert message.state == "queued"
    sweep(now=NOON + timedelta(minutes=2, seconds=1))
    assert Offer.objects.get().state == "undeliverable"


def test_a_sweep_over_a_finished_day_changes_nothing_more(world: World) -> None:
    world.entries(2)
    release = world.release(doses=2)
    sweep(now=NOON)
    sweep(now=release.use_by)
    events = AuditEvent.objects.count()
    for _ in range(3):
        sweep(now=release.use_by + timedelta(minutes=1))
    assert AuditEvent.objects.count() == events
    assert Release.objects.get().state == "ended"
    assert list(find_violations()) == []


def test_tending_draws_once_a_day_ends_pauses_and_seals(world: World) -> None:
    entry = world.entry(state="paused", paused_until=NOON)
    tend(now=NOON)
    tend(now=NOON + timedelta(minutes=1))
    entry.refresh_from_db()
    assert entry.state == "waiting"
    assert Draw.objects.filter(drawn_at__isnull=False).count() == 1
    assert not AuditEvent.objects.filter(position=None).exists()
    tend(now=NOON + timedelta(days=1))
    assert Draw.objects.filter(drawn_at__isnull=False).count() == 2


@pytest.mark.expects_errors
@pytest.mark.django_db
def test_one_release_that_fails_does_not_keep_the_others_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world.entries(3)
    broken, sound = world.release(), world.release()

    def fail_for_one(release_id: int, **named: Any) -> int:
        if release_id == broken.pk:
            raise ValueError("planted")
        return match_release(release_id, **named)

    monkeypatch.setattr("impfzentrum.procedures.sweeping.match_release", fail_for_one)
    sweep(now=NOON)
    assert sound.offers.count() == 1
    assert f"could not match release {broken.pk}" in caplog.text
