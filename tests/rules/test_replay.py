"""Replaying an order: changes count for a pick exactly when it saw them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from impfzentrum.rules.replay import WHILE_LOCKED, Change, Pick, Replay, Standing
from impfzentrum.rules.snapshot import Snapshot

VACCINE = 1
HERE = Standing(group=1, place_class=7, travel=5, ticket=0, ready=True, rests_until=0, availability=1, ready_until=0)
PICK = Pick(
    at=100.0,
    vaccine=VACCINE,
    tiers=[[1], [2]],
    classes=frozenset({7}),
    longest=30,
    touched=1,
    arrive_from=100.0,
    wanted=1,
    asked={3: (3, 1)},
    seen=Snapshot.read("10:20:12,15"),
    ended=100.0,
)


def places(*standings: Standing) -> list[tuple[int, int, Standing]]:
    """Person n (from 1) has ticket n."""
    return [(n, VACCINE, replace(one, ticket=n)) for n, one in enumerate(standings, start=1)]


def skipped(pick: Pick, *changes: Change, people: int = 4, asked_before: frozenset[int] = frozenset()) -> list[int]:
    replay = Replay(iter(places(*[HERE] * people)), iter(changes))
    return [one.entry for one in replay.find_skipped(pick, asked_before=set(asked_before))]


def change(entry: int, transaction: int, *, at: float = 99.0, number: int = 1, **now: object) -> Change:
    standing = replace(HERE, ticket=entry, **now)  # type: ignore[arg-type]
    return Change(number, at, transaction, entry, VACCINE, standing)


def test_a_snapshot_sees_what_was_over() -> None:
    seen = Snapshot.read("10:20:12,15")
    assert [one for one in (9, 10, 12, 13, 15, 19, 20, 21) if seen.sees(one)] == [9, 10, 13, 19]
    assert Snapshot.read("10:10:").sees(9)


def test_everybody_in_front_of_the_last_one_asked_was_skipped() -> None:
    assert skipped(PICK) == [1, 2]
    assert skipped(PICK, asked_before=frozenset({1})) == [2]


def test_when_too_few_were_asked_everybody_was_in_front() -> None:
    assert skipped(replace(PICK, wanted=2)) == [1, 2, 4]
    assert skipped(replace(PICK, asked={})) == [1, 2, 3, 4]


def test_a_later_tier_lets_all_of_the_tiers_above_be_in_front() -> None:
    assert skipped(replace(PICK, asked={9: (0, 2)})) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "now",
    [
        {"ready": False},
        {"place_class": 8},
        {"travel": 31},
        {"rests_until": 101.0},
        {"availability": 2},
        {"group": 3},
        {"ticket": 99},
    ],
    ids=str,
)
def test_who_could_not_be_asked_was_not_skipped(now: dict[str, object]) -> None:
    assert skipped(PICK, Change(1, 99.0, 9, 1, VACCINE, replace(HERE, **{"ticket": 1, **now}))) == [2]  # type: ignore[arg-type]


def test_who_said_today_that_they_are_ready_could_be_asked_at_other_hours() -> None:
    ready = Change(1, 99.0, 9, 1, VACCINE, replace(HERE, ticket=1, availability=2, ready_until=100.5))
    assert skipped(PICK, ready) == [1, 2]


def test_who_has_no_place_any_more_was_not_skipped() -> None:
    assert skipped(PICK, Change(1, 99.0, 9, 1, VACCINE, None)) == [2]


def test_who_joined_stands_where_the_ticket_says() -> None:
    joined = Change(1, 99.0, 9, 7, VACCINE, replace(HERE, ticket=-4))
    assert skipped(PICK, joined) == [7, 1, 2]


def test_whose_change_was_not_seen_is_excused_until_it_was() -> None:
    under_way = change(1, 15)
    assert skipped(PICK, under_way) == [2]
    replay = Replay(iter(places(*[HERE] * 4)), iter([under_way]))
    list(replay.find_skipped(PICK, asked_before=set()))
    later = replace(PICK, seen=Snapshot.read("30:30:"), ended=200.0)
    assert [one.entry for one in replay.find_skipped(later, asked_before=set())] == [1, 2], "ready before and after"


def test_what_is_logged_long_after_the_pick_excuses_nothing() -> None:
    assert skipped(PICK, change(1, 25, at=PICK.ended + WHILE_LOCKED, ready=False)) == [2]
    assert skipped(PICK, change(1, 25, at=PICK.ended + WHILE_LOCKED + 0.1, ready=False)) == [1, 2]


def test_what_was_logged_first_and_seen_last_does_not_undo_what_came_after_it() -> None:
    first, second = change(1, 15, number=1, ready=False), change(1, 9, number=2)
    replay = Replay(iter(places(*[HERE] * 4)), iter([first, second]))
    list(replay.find_skipped(PICK, asked_before=set()))
    later = replace(PICK, seen=Snapshot.read("30:30:"), ended=200.0)
    assert [one.entry for one in replay.find_skipped(later, asked_before=set())] == [1, 2]
