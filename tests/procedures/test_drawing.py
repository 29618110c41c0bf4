"""The draw of the day: everybody of the centre, nobody else, repeatable by anybody who has the seed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from impfzentrum.errors import OfferExpired
from impfzentrum.models import AuditEvent, StandbyEntry
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.procedures.drawing import ensure_draw, give_ticket
from impfzentrum.rules.draw import commit_to, draw_ticket, late_ticket
from tests import factories
from tests.conftest import World
from tests.factories import NOON, SEED


def test_everybody_of_the_centre_gets_the_ticket_that_the_seed_gives(world: World) -> None:
    people = [world.entry(state=state, ticket=0) for state in ("waiting", "paused", "unconfirmed", "appointed")]
    draw = ensure_draw(world.centre, now=NOON, seed=SEED)
    for entry in people:
        entry.refresh_from_db()
        assert entry.ticket == draw_ticket(SEED, entry.public_id)
    assert (draw.people, draw.commitment) == (1, commit_to(SEED))
    assert AuditEvent.objects.get(action="drawn").detail == {
        "people": 1,
        "commitment": commit_to(SEED),
        "late": [],
    }


def test_other_centres_and_those_who_left_keep_their_tickets(world: World) -> None:
    gone = world.entry(state="left", ticket=5)
    other = factories.make_centre(world.county, slug="bad-arolsen")
    elsewhere = factories.make_entry(other, world.campaign, world.vaccine, ticket=7)
    ensure_draw(world.centre, now=NOON, seed=SEED)
    assert list(StandbyEntry.objects.order_by("pk").values_list("ticket", flat=True)) == [5, 7]
    assert gone.pk < elsewhere.pk


def test_a_day_is_drawn_once_and_the_next_day_anew(world: World) -> None:
    world.entry()
    first = ensure_draw(world.centre, now=NOON)
    assert ensure_draw(world.centre, now=NOON + timedelta(hours=11), seed=SEED) == first
    before = StandbyEntry.objects.get().ticket
    assert ensure_draw(world.centre, now=NOON + timedelta(hours=12)) != first
    assert StandbyEntry.objects.get().ticket != before


def test_who_joins_during_the_day_is_put_in_order_by_the_same_seed(world: World) -> None:
    ensure_draw(world.centre, now=NOON, seed=SEED)
    late = world.entry(ticket=0)
    give_ticket(late, now=NOON)
    late.refresh_from_db()
    assert late.ticket == draw_ticket(SEED, late.public_id)


def test_who_came_too_late_is_first_in_the_next_draw_and_only_in_that(world: World) -> None:
    others = world.entries(20)
    unlucky = world.entries(2, late_since=NOON)
    ensure_draw(world.centre, now=NOON, seed=SEED)
    for entry in unlucky:
        entry.refresh_from_db()
        assert (entry.ticket, entry.late_since) == (late_ticket(SEED, entry.public_id), None)
    order = list(StandbyEntry.objects.order_by("ticket").values_list("pk", flat=True))
    assert set(order[:2]) == {entry.pk for entry in unlucky}
    assert AuditEvent.objects.get(action="drawn").detail["late"] == sorted(str(one.public_id) for one in unlucky)

    ensure_draw(world.centre, now=NOON + timedelta(days=1), seed=SEED)
    assert not StandbyEntry.objects.filter(ticket__lt=0).exists()
    assert len(others) == 20


def test_a_late_yes_is_remembered_until_the_next_draw(world: World) -> None:
    world.entry()
    [offer] = factories.ask(world.release())
    with pytest.raises(OfferExpired):
        accept_offer(offer, now=offer.last_answer + timedelta(seconds=1))
    assert StandbyEntry.objects.get().late_since is not None


def test_the_group_still_comes_before_the_luck(world: World) -> None:
    first_group = world.entry(priority_group=1)
    world.entry(priority_group=2, late_since=NOON)
    release = world.release(now=NOON)
    ensure_draw(world.centre, now=NOON + timedelta(days=1), seed=SEED)
    assert StandbyEntry.objects.eligible_for(release, NOON).first() == first_group
