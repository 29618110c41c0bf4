"""The draw of the day: everybody of the centre, nobody else, repeatable by anybody who has the seed."""

from __future__ import annotations

from datetime import timedelta

from impfzentrum.models import AuditEvent, StandbyEntry
from impfzentrum.procedures.drawing import ensure_draw, give_ticket
from impfzentrum.rules.draw import commit_to, draw_ticket
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
    assert AuditEvent.objects.get(action="drawn").detail == {"people": 1, "commitment": commit_to(SEED)}


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
