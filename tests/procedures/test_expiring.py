"""What the clock does: offers end, unsent ones are given up, silence leads to peace, doses lapse, pauses end."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from impfzentrum.models import AuditEvent, Dose, Message, Offer, Release, StandbyEntry
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.procedures.expiring import (
    end_pauses,
    end_releases,
    expire_offers,
    give_up_unsent,
    releases_to_match,
)
from impfzentrum.procedures.inspecting import find_violations
from impfzentrum.procedures.matching import match_release
from tests import factories
from tests.conftest import World
from tests.factories import NOON
from tests.procedures.played import SOON, accepted_offer, fresh, open_offer, prepared_offer

QUARTER_PAST = NOON + timedelta(minutes=15)


def test_an_offer_holds_through_its_last_moment(world: World) -> None:
    offer = open_offer(world)
    assert expire_offers(now=QUARTER_PAST) == 0
    assert expire_offers(now=QUARTER_PAST + timedelta(microseconds=1)) == 1
    assert (fresh(offer).state, Dose.objects.get().state, fresh(offer).entry.state) == ("expired", "free", "waiting")
    assert expire_offers(now=QUARTER_PAST + timedelta(hours=1)) == 0


def test_the_next_person_is_asked_for_the_same_dose(world: World) -> None:
    offer = open_offer(world)
    successor = world.entry()
    expire_offers(now=QUARTER_PAST + timedelta(seconds=1))
    [passed_on] = factories.ask(offer.release, now=QUARTER_PAST + timedelta(seconds=2))
    assert (passed_on.entry, passed_on.dose_id) == (successor, offer.dose_id)


def be_silent(world: World, now: datetime) -> StandbyEntry:
    [offer] = factories.ask(world.release(now=now, doses=1), now=now)
    expire_offers(now=now + timedelta(minutes=16))
    return fresh(offer).entry


def test_silence_brings_peace_and_the_third_time_a_pause_with_a_message(world: World) -> None:
    world.entry()
    for times in (1, 2):
        now = NOON + timedelta(days=times)
        entry = be_silent(world, now)
        over = now + timedelta(minutes=16)
        assert (entry.state, entry.unanswered, entry.cool_down_until) == ("waiting", times, over + timedelta(hours=4))
        assert factories.ask(world.release(now=over), now=over) == []
    entry = be_silent(world, NOON + timedelta(days=3))
    assert (entry.state, entry.unanswered, entry.paused_until) == ("paused", 0, None)
    assert Message.objects.filter(template="paused").count() == 1
    assert AuditEvent.objects.filter(action="paused_for_silence", subject=str(entry.public_id)).count() == 1


def test_an_answer_in_between_starts_the_count_anew(world: World) -> None:
    world.entry(unanswered=2)
    [offer] = factories.ask(world.release())
    accept_offer(offer, now=SOON)
    assert fresh(offer).entry.unanswered == 0


def test_a_message_that_no_gateway_took_does_not_keep_the_dose_and_is_nobodys_fault(world: World) -> None:
    offer = prepared_offer(world)
    assert give_up_unsent(now=NOON + timedelta(minutes=2)) == 0
    assert give_up_unsent(now=NOON + timedelta(minutes=2, seconds=1)) == 1
    entry = fresh(offer).entry
    assert (fresh(offer).state, Dose.objects.get().state) == ("undeliverable", "free")
    assert (entry.state, entry.unanswered, entry.cool_down_until) == ("waiting", 0, None)


def test_at_use_by_what_is_free_lapses_and_what_was_promised_stays(world: World) -> None:
    world.entries(3, travel_minutes=0)
    release = world.release(doses=3)
    accepted, open_one, _ = factories.ask(release)
    accept_offer(accepted, now=SOON)
    Offer.objects.exclude(pk=accepted.pk).update(answer_by=release.use_by)
    assert end_releases(now=release.use_by - timedelta(microseconds=1)) == 0
    assert end_releases(now=release.use_by) == 1
    assert end_releases(now=release.use_by) == 0
    assert sorted(Dose.objects.values_list("state", flat=True)) == ["confirmed", "lapsed", "lapsed"]
    assert (fresh(accepted).state, fresh(open_one).state, fresh(open_one).entry.state) == (
        "accepted",
        "expired",
        "waiting",
    )
    assert fresh(open_one).entry.unanswered == 0
    assert AuditEvent.objects.get(action="ended").detail == {"lapsed": 2}
    assert Release.objects.get().state == "ended"
    assert list(find_violations()) == []


def test_a_pause_with_an_end_ends(world: World) -> None:
    short = world.entry(state="paused", paused_until=NOON)
    open_end = world.entry(state="paused")
    assert end_pauses(now=NOON - timedelta(seconds=1)) == 0
    assert end_pauses(now=NOON) == 1
    short.refresh_from_db()
    open_end.refresh_from_db()
    assert (short.state, short.paused_until, open_end.state) == ("waiting", None, "paused")
    assert AuditEvent.objects.filter(action="pause_over", subject=str(short.public_id)).count() == 1


def test_many_offers_end_in_batches(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("impfzentrum.procedures.expiring.BATCH", 2)
    world.entries(5)
    factories.ask(world.release(doses=5))
    assert expire_offers(now=QUARTER_PAST + timedelta(seconds=1)) == 5
    assert Dose.objects.filter(state="free").count() == 5


def test_the_sweep_looks_at_what_changed_since_the_last_look_and_at_what_is_due(world: World) -> None:
    never_seen = world.release()
    full = accepted_offer(world).release
    waiting = open_offer(world).release
    assert set(releases_to_match(now=SOON)) >= {never_seen.pk, full.pk}
    for release in (never_seen, full, waiting):
        match_release(release.pk, now=SOON)
    assert Release.objects.get(pk=full.pk).state == "filled"
    assert releases_to_match(now=SOON + timedelta(seconds=1)) == []
    assert releases_to_match(now=SOON + timedelta(minutes=1)) == [never_seen.pk]
    end_releases(now=waiting.use_by)
    for pk in releases_to_match(now=waiting.use_by):  # their last doses lapsed: looked at once more, and over
        assert match_release(pk, now=waiting.use_by) == 0
    assert releases_to_match(now=waiting.use_by) == []
