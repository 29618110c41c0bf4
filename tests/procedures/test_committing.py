"""The hash of a seed is in the audit before the list is read, and the draw uses that very seed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from impfzentrum.errors import NewDayBegun, ReasonMissing
from impfzentrum.models import AuditEvent, Draw, DrawRecord, StandbyEntry
from impfzentrum.procedures import drawing
from impfzentrum.procedures.committing import commit_for_tomorrow
from impfzentrum.procedures.drawing import LEFT_BEHIND, ensure_draw, finish_redraws, order_in_force, redraw
from impfzentrum.procedures.sweeping import tend
from impfzentrum.rules.draw import commit_to
from impfzentrum.rules.draw_record import read_line, unpack
from tests.conftest import World
from tests.factories import NOON, SEED

TOMORROW = NOON + timedelta(days=1)
REASON = "Liste neu eingelesen"


def test_tending_fixes_the_seed_of_the_next_day_once_and_that_day_is_drawn_by_it(world: World) -> None:
    for minutes in range(2):
        tend(now=NOON + timedelta(minutes=minutes))
    prepared = Draw.objects.get(drawn_at=None)
    assert (prepared.day, prepared.committed_at) == (TOMORROW.date(), NOON)
    event = AuditEvent.objects.get(action="committed", subject=prepared.subject)
    assert event.detail == {
        "day": TOMORROW.date().isoformat(),
        "commitment": commit_to(bytes(prepared.seed)),
        "announced": True,
    }
    drawn = ensure_draw(world.centre, now=TOMORROW, seed=SEED)
    assert drawn == prepared
    assert bytes(drawn.seed) == bytes(prepared.seed), "a given seed never replaces the announced one"
    assert drawn.drawn_at == TOMORROW


def test_a_day_that_nobody_prepared_says_so_and_still_commits_first(world: World) -> None:
    draw = ensure_draw(world.centre, now=NOON)
    committed, drawn = AuditEvent.objects.order_by("pk")
    assert (committed.action, committed.detail["announced"]) == ("committed", False)
    assert (drawn.action, drawn.detail["commitment"]) == ("drawn", draw.commitment)


def test_the_policy_of_the_day_holds_not_the_one_of_the_day_before(world: World) -> None:
    commit_for_tomorrow(world.centre, now=NOON)
    type(world.county).objects.update(order_policy="first_come")
    assert ensure_draw(world.centre, now=TOMORROW).policy == "first_come"


@pytest.mark.parametrize("reason", ["", "   ", "weil", "  a  b  c  "])
def test_drawing_anew_needs_a_reason(world: World, reason: str) -> None:
    with pytest.raises(ReasonMissing, match="mindestens 10 Zeichen"):
        redraw(world.centre, reason=reason, by=world.staff, now=NOON)
    assert not Draw.objects.exists()


def test_drawing_anew_commits_before_it_draws_and_names_who_asked(world: World) -> None:
    draw = redraw(world.centre, reason=f"  {REASON} ", by=world.staff, now=NOON)
    events = AuditEvent.objects.filter(subject=draw.subject).order_by("pk")
    assert [event.action for event in events] == ["committed", "drawn"]
    for event in events:
        assert (event.actor, event.detail["reason"]) == (world.staff, REASON)
        assert event.detail["commitment"] == draw.commitment
    assert draw.round == 2, "the draw of the day itself is never passed over"
    assert order_in_force(world.centre, now=NOON) == draw


def test_what_broke_off_after_the_commitment_is_drawn_by_the_next_tending(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ensure_draw(world.centre, now=NOON)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("planted")

    with monkeypatch.context() as patch:
        patch.setattr("impfzentrum.procedures.drawing.place_everybody", fail)
        with pytest.raises(RuntimeError):
            redraw(world.centre, reason=REASON, by=world.staff, now=NOON)
    left = Draw.objects.get(round=2)
    assert left.drawn_at is None
    assert finish_redraws(world.centre, now=NOON) == 0, "somebody may still be at it"
    later = NOON + LEFT_BEHIND
    assert finish_redraws(world.centre, now=later) == 1
    assert order_in_force(world.centre, now=later) == left
    assert finish_redraws(world.centre, now=later) == 0


def test_a_redraw_of_yesterday_does_not_take_the_place_of_today(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    carry_out = drawing._carry_out_redraw

    def midnight_comes(draw: Draw, *, now: object) -> Draw:
        ensure_draw(world.centre, now=TOMORROW)
        return carry_out(draw, now=NOON)

    monkeypatch.setattr(drawing, "_carry_out_redraw", midnight_comes)
    with pytest.raises(NewDayBegun):
        redraw(world.centre, reason=REASON, by=world.staff, now=NOON)
    assert order_in_force(world.centre, now=TOMORROW).day == TOMORROW.date()


def test_the_last_draw_is_in_force_also_when_the_clock_of_its_host_is_behind(world: World) -> None:
    ensure_draw(world.centre, now=NOON)
    draw = redraw(world.centre, reason=REASON, by=world.staff, now=NOON - timedelta(seconds=1))
    assert order_in_force(world.centre, now=NOON) == draw


def test_the_record_holds_the_order_of_asking(world: World) -> None:
    world.entries(3, priority_group=2)
    world.entries(2, priority_group=1)
    paused = world.entry(state="paused", priority_group=1)
    resting = world.entry(cool_down_until=NOON + timedelta(hours=1))
    late = world.entry(late_since=NOON)
    draw = ensure_draw(world.centre, now=NOON)
    record = DrawRecord.objects.get(draw=draw)
    lines = [read_line(line) for line in unpack(bytes(record.compressed))]
    assert [one.group for one in lines] == [1, 1, 1, 2, 2, 2, 2, 2]
    assert record.places == 8
    assert lines == sorted(lines, key=lambda one: (one.group, one.ticket))
    by_person = {one.public_id: one for one in lines}
    assert set(by_person) == {one.public_id.hex for one in StandbyEntry.objects.all()}
    assert not by_person[paused.public_id.hex].waiting
    assert by_person[resting.public_id.hex].rests_until == (NOON + timedelta(hours=1)).timestamp()
    assert lines[3].public_id == late.public_id.hex
