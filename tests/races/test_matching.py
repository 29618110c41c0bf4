"""Several matchers on one release: every dose is offered once, to the first people in the order."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from impfzentrum.models import Offer, Release, ReleaseDue
from impfzentrum.procedures import matching
from impfzentrum.procedures.matching import match_release
from tests import factories
from tests.conftest import Together, World
from tests.factories import NOON
from tests.races.unlocked import claim_without_locks

pytestmark = pytest.mark.race


def test_four_matchers_ask_each_person_once(committed_world: World, at_the_same_time: Together) -> None:
    people = sorted(committed_world.entries(20), key=factories.ticket_of)
    release = committed_world.release(doses=5)
    asked = at_the_same_time(match_release, [release.pk] * 4, now=NOON)
    assert sorted(asked) == [0, 0, 0, 5]
    offers = Offer.objects.order_by("ticket")
    assert [offer.entry_id for offer in offers] == [person.pk for person in people[:5]]
    assert len({offer.dose_id for offer in offers}) == 5


def test_without_locks_matchers_ask_for_the_same_dose(
    unguarded_world: World, at_the_same_time: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded_world.entries(20)
    release = unguarded_world.release(doses=5)

    def read_release(release_id: int) -> Release:
        return Release.objects.select_related("centre__county", "campaign__rule_set", "vaccine").get(pk=release_id)

    monkeypatch.setattr(matching, "lock_release", read_release)
    ReleaseDue.objects.all().delete()  # taking notes away makes a second matcher wait as well
    with claim_without_locks():
        outcomes = at_the_same_time(match_release, [release.pk] * 4, now=NOON)
    assert any(isinstance(outcome, IntegrityError) for outcome in outcomes)


def test_two_releases_share_the_people_without_asking_anybody_twice(
    committed_world: World, at_the_same_time: Together
) -> None:
    committed_world.entries(8)
    releases = [committed_world.release(doses=5), committed_world.release(doses=5)]
    asked = at_the_same_time(match_release, [release.pk for release in releases], now=NOON)
    # Who is locked by the other release is passed by; the sweep comes back for the rest.
    for release in releases:
        match_release(release.pk, now=NOON)
    assert sum(asked) <= 8
    assert Offer.objects.count() == 8
    assert Offer.objects.values("entry").distinct().count() == 8
