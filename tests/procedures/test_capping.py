"""Nobody is offered more than the county allows, and a rest ends by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from impfzentrum.gateways.letters import GatewayRefused
from impfzentrum.models import County, Offer, StandbyEntry
from impfzentrum.procedures.answering import accept_offer, cancel_dose, decline_offer
from impfzentrum.procedures.capping import BATCH, end_rests
from impfzentrum.procedures.expiring import HAND_OVER_WITHIN, expire_offers, give_up_unsent
from impfzentrum.procedures.matching import match_release
from impfzentrum.procedures.sweeping import sweep
from tests import factories
from tests.conftest import Together, World
from tests.factories import NOON
from tests.gateways.programmable import Gateway
from tests.procedures.played import fresh

HOUR = timedelta(hours=1)
COUNTING = {"cap_per_day", "impfzentrum_standbyentry"}
Ending = Callable[[Offer, datetime], None]


def again(entry: StandbyEntry) -> StandbyEntry:
    return StandbyEntry.objects.get(pk=entry.pk)


def decline(offer: Offer, now: datetime) -> None:
    decline_offer(offer, now=now)


def accept_and_cancel(offer: Offer, now: datetime) -> None:
    accept_offer(offer, now=now)
    cancel_dose(fresh(offer), now=now)


def be_silent(offer: Offer, now: datetime) -> None:
    expire_offers(now=now + timedelta(minutes=16))
    StandbyEntry.objects.update(cool_down_until=None, unanswered=0, state="waiting")


@pytest.mark.parametrize("end", [decline, accept_and_cancel, be_silent])
def test_the_third_offer_in_a_day_is_the_last(world: World, end: Ending) -> None:
    entry = world.entry(email="somebody@example.org")
    for hours in range(3):
        now = NOON + hours * HOUR
        [offer] = factories.ask(world.release(now=now), now=now)
        end(offer, now)
        assert (again(entry).capped_until is None) == (hours < 2)
    assert again(entry).capped_until == NOON + 24 * HOUR
    evening = NOON + 4 * HOUR
    assert factories.ask(world.release(now=evening), now=evening) == []
    tomorrow = NOON + 24 * HOUR
    end_rests(now=tomorrow)
    assert len(factories.ask(world.release(now=tomorrow), now=tomorrow)) == 1


def test_offers_count_together_over_whatever_channel_they_went(world: World, gateway: Gateway) -> None:
    """By SMS, then by e-mail since the number was refused (one offer, two messages), then by e-mail alone."""
    entry = world.entry(email="somebody@example.org")
    for hours, sms_fault in enumerate((None, GatewayRefused("no such number"), None)):
        if hours == 2:
            StandbyEntry.objects.update(mobile_confirmed_at=None)
        now, gateway.sms_fault = NOON + hours * HOUR, sms_fault
        [offer] = factories.ask(world.release(now=now), now=now)
        decline_offer(offer, now=now)
    assert (len(gateway.sms), len(gateway.mails)) == (1, 2)
    assert again(entry).capped_until == NOON + 24 * HOUR
    evening = NOON + 4 * HOUR
    assert factories.ask(world.release(now=evening), now=evening) == []


def test_the_week_has_a_cap_of_its_own(world: World) -> None:
    County.objects.update(cap_per_day=2, cap_per_week=3)
    entry = world.entry()
    for days in range(3):
        now = NOON + timedelta(days=days)
        [offer] = factories.ask(world.release(now=now), now=now)
        decline_offer(offer, now=now)
    assert again(entry).capped_until == NOON + timedelta(days=7)


def test_an_offer_that_no_gateway_took_does_not_count(world: World) -> None:
    County.objects.update(cap_per_day=1)
    entry = world.entry()
    match_release(world.release().pk, now=NOON)
    assert give_up_unsent(now=NOON + HAND_OVER_WITHIN + timedelta(seconds=1)) == 1
    assert again(entry).capped_until is None
    [offer] = factories.ask(world.release())
    decline_offer(offer, now=NOON)
    assert again(entry).capped_until == NOON + 24 * HOUR


def test_one_query_counts_the_offers_of_a_whole_batch(world: World) -> None:
    """As many as people who are capped by it come on top: each by its own end."""
    counts = []
    for people in (1, 10):
        world.entries(people)
        factories.ask(world.release(doses=people))
        with CaptureQueriesContext(connection) as queries:
            expire_offers(now=NOON + timedelta(minutes=16))
        counts.append(sum(all(word in query["sql"] for word in COUNTING) for query in queries))
        StandbyEntry.objects.update(state="left")
    assert counts == [1, 1]


def test_rests_end_by_themselves(world: World) -> None:
    over = world.entry(cool_down_until=NOON, capped_until=NOON)
    lasting = world.entry(cool_down_until=NOON + HOUR, capped_until=NOON + HOUR)
    sweep(now=NOON)
    assert (again(over).cool_down_until, again(over).capped_until) == (None, None)
    assert (again(lasting).cool_down_until, again(lasting).capped_until) == (NOON + HOUR, NOON + HOUR)
    assert end_rests(now=NOON) == 0
    assert end_rests(now=NOON + HOUR) == 2


@pytest.mark.parametrize(("rest", "index"), [("cool_down_until", "entry_cools_down"), ("capped_until", "entry_capped")])
def test_the_clock_finds_rests_by_an_index_of_their_own(world: World, rest: str, index: str) -> None:
    """However long the list is: the index holds only those who rest."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert index in StandbyEntry.objects.filter(**{f"{rest}__lte": NOON}).order_by(rest)[:BATCH].explain()


def test_many_rests_end_in_batches(world: World) -> None:
    first = world.entry(capped_until=NOON)
    rows = [
        StandbyEntry(**{**_columns(first), "mobile_index": "", "capped_until": NOON - timedelta(minutes=number)})
        for number in range(BATCH)
    ]
    for row in rows:
        row.token_hash = row.public_id.hex
    StandbyEntry.objects.bulk_create(rows)
    assert end_rests(now=NOON) == BATCH + 1
    assert not StandbyEntry.objects.exclude(capped_until=None).exists()


def _columns(entry: StandbyEntry) -> dict[str, object]:
    left_out = ("id", "public_id", "token_hash")
    names = [field.attname for field in entry._meta.concrete_fields if field.name not in left_out]
    return {name: getattr(entry, name) for name in names}


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_people_who_are_being_decided_about_are_left_to_the_next_sweep(
    committed_world: World, at_the_same_time: Together
) -> None:
    held, free = (committed_world.entry(capped_until=NOON) for _ in range(2))
    with transaction.atomic():
        StandbyEntry.objects.select_for_update(no_key=True).get(pk=held.pk)
        outcomes = at_the_same_time(lambda now: end_rests(now=now), [NOON])
    assert outcomes == [1]
    assert (again(held).capped_until, again(free).capped_until) == (NOON, None)
    assert end_rests(now=NOON) == 1
