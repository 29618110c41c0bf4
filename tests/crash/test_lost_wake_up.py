"""Redis flushed, the worker killed, between a release and its offers: people are asked all the same."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone

from impfzentrum.gateways.postfach import read_postfach
from impfzentrum.models import Dose, Offer, Release
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.procedures.finding import find_offer
from tests.conftest import World
from tests.workers import broker, running_workers

pytestmark = [pytest.mark.crash, pytest.mark.worker]

SHORT_LEASES = ("--include", "tests.crash.dying")
LIMIT = 30.0
"""Seconds within which offers must be out."""


def wait_until(holds: Callable[[], bool], *, seconds: float = LIMIT) -> float:
    """Wait for something to become true; the seconds it took. Fails after `seconds`."""
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < seconds, "did not come true in time"
        time.sleep(0.1)
    return time.monotonic() - begun


def offers_handed_over(release: Release) -> int:
    return release.offers.filter(state="open").count()


def release_now(world: World, doses: int) -> Release:
    world.campaign.rules_as_of = date(2021, 4, 24)
    world.campaign.save()
    return world.release(doses=doses, now=timezone.now())


def test_offers_go_out_after_a_flush_and_a_killed_worker(committed_world: World, tmp_path: Path) -> None:
    committed_world.entries(6)
    with running_workers(tmp_path) as workers:
        workers.kill_worker()
        release = release_now(committed_world, doses=4)
        broker().flushdb()
        begun = time.monotonic()
        workers.start_worker()
        wait_until(lambda: offers_handed_over(release) == 4)
        assert time.monotonic() - begun < LIMIT
        sent = [message for message in read_postfach() if "Angebot, noch kein Termin" in message.text]
        assert len(sent) == 4
        assert len({message.to for message in sent}) == 4
        assert workers.logged_errors() == []


def test_a_yes_during_the_outage_is_kept(committed_world: World, tmp_path: Path) -> None:
    committed_world.entries(2)
    with running_workers(tmp_path) as workers:
        release = release_now(committed_world, doses=2)
        wait_until(lambda: offers_handed_over(release) == 2)
        workers.kill_worker()
        broker().flushdb()
        offer = find_offer(Offer.objects.filter(release=release)[0].token)
        dose = accept_offer(offer, now=timezone.now())
        workers.start_worker()
        wait_until(lambda: any("Zugesagt" in message.text for message in read_postfach()))
        assert Dose.objects.get(pk=dose.pk).state == "confirmed"


def test_a_worker_killed_while_it_sends_leaves_no_message_behind(committed_world: World, tmp_path: Path) -> None:
    committed_world.entries(40)
    with running_workers(tmp_path, *SHORT_LEASES) as workers:
        release = release_now(committed_world, doses=40)
        wait_until(lambda: offers_handed_over(release) > 0)
        workers.kill_worker()
        workers.start_worker(*SHORT_LEASES)
        wait_until(lambda: offers_handed_over(release) == 40)
    assert Offer.objects.filter(state="prepared").count() == 0
