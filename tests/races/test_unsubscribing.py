"""Stopping e-mails while somebody is just being asked: one after the other, nobody waits unreachable."""

from __future__ import annotations

import time
from datetime import timedelta
from functools import partial

import pytest

from impfzentrum.models import Offer, StandbyEntry
from impfzentrum.models.moving import LostRace
from impfzentrum.procedures import unsubscribing
from impfzentrum.procedures.matching import match_release
from impfzentrum.procedures.unsubscribing import stop_email
from impfzentrum.vocabulary import EmailOff
from tests.conftest import World, run_together
from tests.factories import NOON

pytestmark = pytest.mark.race
SOON = NOON + timedelta(minutes=1)


def stop_while_matching(world: World) -> tuple[object, str, str]:
    """Both at once: what stopping raised, the state of the person, and the states of their offers."""
    entry = world.entry(mobile="", email="somebody@example.org")
    release = world.release()

    def match_a_moment_later() -> None:
        time.sleep(0.1)
        match_release(release.pk, now=SOON)

    outcome, _ = run_together([partial(stop_email, entry, EmailOff.UNSUBSCRIBED, now=SOON), match_a_moment_later])
    entry.refresh_from_db()
    return outcome, entry.state, ",".join(Offer.objects.values_list("state", flat=True))


def look_slowly(monkeypatch: pytest.MonkeyPatch, *, locked: bool) -> None:
    """A pause between looking at the person and deciding, with the lock or without it."""
    real = unsubscribing._lock

    def look(entry: StandbyEntry) -> StandbyEntry:
        person = real(entry) if locked else StandbyEntry.objects.select_related("centre").get(pk=entry.pk)
        time.sleep(0.5)
        return person

    monkeypatch.setattr(unsubscribing, "_lock", look)


def test_who_stops_is_not_asked_meanwhile(committed_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    look_slowly(monkeypatch, locked=True)
    assert stop_while_matching(committed_world) == (None, "paused", "")


def test_without_the_lock_they_would_be(committed_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    look_slowly(monkeypatch, locked=False)
    outcome, state, offers = stop_while_matching(committed_world)
    assert isinstance(outcome, LostRace)
    assert (state, offers) == ("offered", "prepared")
