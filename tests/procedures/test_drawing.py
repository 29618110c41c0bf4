"""The draw of the day: everybody of the centre, nobody else, repeatable by anybody who has the seed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from impfzentrum.errors import OfferExpired
from impfzentrum.models import AuditEvent, Draw, DrawRecord, Offer, Place, StandbyEntry
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.procedures.drawing import ensure_draw, order_in_force, redraw
from impfzentrum.procedures.matching import match_release
from impfzentrum.rules.draw import arrival_ticket, commit_to, draw_ticket, late_ticket
from tests import factories
from tests.conftest import World
from tests.factories import NOON, SEED

TOMORROW = NOON + timedelta(days=1)


def tickets(draw: Draw) -> dict[int, int]:
    return dict(Place.objects.filter(draw=draw).values_list("entry", "ticket"))


def test_everybody_of_the_centre_gets_the_ticket_that_the_seed_gives(world: World) -> None:
    people = [world.entry(state=state) for state in ("waiting", "paused", "appointed", "offered")]
    draw = ensure_draw(world.centre, now=NOON, seed=SEED)
    assert tickets(draw) == {entry.pk: draw_ticket(SEED, entry.public_id) for entry in people}
    assert (draw.people, draw.commitment, draw.drawn_at) == (1, commit_to(SEED), NOON)
    order = DrawRecord.objects.get(draw=draw)
    assert AuditEvent.objects.get(action="drawn").detail == {
        "order": order.digest,
        "places": 4,
        "people": 1,
        "commitment": commit_to(SEED),
        "late": [],
        "policy": "draw",
    }


def test_other_centres_and_those_who_are_not_on_the_list_have_no_place(world: World) -> None:
    for state in ("unconfirmed", "vaccinated", "left"):
        world.entry(state=state)
    other = factories.make_centre(world.county, slug="bad-arolsen")
    factories.make_entry(other, world.campaign, world.vaccine)
    assert tickets(ensure_draw(world.centre, now=NOON, seed=SEED)) == {}


def test_who_accepts_two_centres_has_a_place_in_both(world: World) -> None:
    entry = world.entry(travel_minutes=10)
    other = factories.make_centre(world.county, slug="bad-arolsen")
    entry.further_centres.create(centre=other, travel_minutes=35)
    for centre, minutes in [(world.centre, 10), (other, 35)]:
        assert Place.objects.get(draw=ensure_draw(centre, now=NOON)).travel_minutes == minutes


def test_a_day_is_drawn_once_and_the_next_day_anew(world: World) -> None:
    world.entry()
    first = ensure_draw(world.centre, now=NOON)
    assert ensure_draw(world.centre, now=NOON + timedelta(hours=11), seed=SEED) == first
    second = ensure_draw(world.centre, now=NOON + timedelta(hours=12))
    assert second != first
    assert tickets(second) != tickets(first)


def test_who_joins_during_the_day_is_put_in_order_by_the_same_seed(world: World) -> None:
    ensure_draw(world.centre, now=NOON, seed=SEED)
    joined = world.entry()
    assert tickets(order_in_force(world.centre, now=NOON)) == {joined.pk: draw_ticket(SEED, joined.public_id)}


def test_drawing_again_needs_a_reason_and_gives_another_order(world: World) -> None:
    world.entries(20)
    first = ensure_draw(world.centre, now=NOON)
    again = redraw(world.centre, reason="Liste neu eingelesen", by=world.staff, now=NOON + timedelta(hours=1))
    assert (again.round, again.requested_by, again.day) == (2, world.staff, first.day)
    assert tickets(again) != tickets(first)
    assert order_in_force(world.centre, now=NOON + timedelta(hours=2)) == again
    detail = AuditEvent.objects.filter(action="drawn").latest("pk").detail
    assert detail["reason"] == "Liste neu eingelesen"
    with pytest.raises(IntegrityError), transaction.atomic():
        Draw.objects.filter(pk=again.pk).update(reason="")


def test_new_rules_keep_the_order_and_let_others_in(world: World) -> None:
    young = world.entry(birth_date=NOON.date().replace(year=2007))
    old = world.entry()
    first = ensure_draw(world.centre, now=NOON)
    assert set(tickets(first)) == {old.pk}
    world.vaccine.rules.update(age_min=12)
    again = order_in_force(world.centre, now=NOON)
    assert bytes(again.seed) == bytes(first.seed)
    assert set(tickets(again)) == {old.pk, young.pk}
    assert tickets(again)[old.pk] == tickets(first)[old.pk]
    assert order_in_force(world.centre, now=NOON) == again


def test_first_come_first_served_where_the_county_wants_it(world: World) -> None:
    world.county.order_policy = "first_come"
    world.county.save()
    people = [world.entry(created_at=NOON - timedelta(days=days)) for days in (1, 3, 2)]
    unlucky = world.entry(created_at=NOON, late_since=NOON)
    draw = ensure_draw(world.centre, now=NOON)
    assert tickets(draw)[people[0].pk] == arrival_ticket(people[0].created_at)
    release = world.release(doses=4)
    match_release(release.pk, now=NOON)
    asked = [offer.entry for offer in Offer.objects.order_by("ticket")]
    assert asked == [unlucky, people[1], people[2], people[0]]


def test_who_came_too_late_is_first_in_the_next_draw_and_only_in_that(world: World) -> None:
    others = world.entries(20)
    ensure_draw(world.centre, now=NOON, seed=SEED)
    unlucky = others[:2]
    for entry in unlucky:
        StandbyEntry.objects.filter(pk=entry.pk).update(late_since=NOON + timedelta(hours=1))
    draw = ensure_draw(world.centre, now=TOMORROW, seed=SEED)
    for entry in unlucky:
        assert tickets(draw)[entry.pk] == late_ticket(SEED, entry.public_id)
    order = list(Place.objects.filter(draw=draw).order_by("ticket").values_list("entry", flat=True))
    assert set(order[:2]) == {entry.pk for entry in unlucky}
    late = AuditEvent.objects.filter(action="drawn").latest("pk").detail["late"]
    assert late == sorted(str(entry.public_id) for entry in unlucky)

    last = ensure_draw(world.centre, now=TOMORROW + timedelta(days=1), seed=SEED)
    assert min(tickets(last).values()) >= 0


def test_a_late_yes_that_was_committed_while_the_order_was_drawn_is_not_forgotten(world: World) -> None:
    entry = world.entry()
    ensure_draw(world.centre, now=NOON, seed=SEED)
    just_before = NOON - timedelta(seconds=1)  # the draw of NOON could not see it yet
    StandbyEntry.objects.filter(pk=entry.pk).update(late_since=just_before)
    assert tickets(ensure_draw(world.centre, now=TOMORROW, seed=SEED))[entry.pk] < 0


def test_a_change_of_mind_keeps_the_place_of_who_is_first_for_having_been_late(world: World) -> None:
    entry = world.entry(late_since=NOON)
    draw = ensure_draw(world.centre, now=NOON, seed=SEED)
    StandbyEntry.objects.filter(pk=entry.pk).update(travel_minutes=40)
    assert order_in_force(world.centre, now=NOON) == draw
    assert tickets(draw)[entry.pk] == late_ticket(SEED, entry.public_id)


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
    assert StandbyEntry.objects.eligible_for(release, NOON).first() == first_group
