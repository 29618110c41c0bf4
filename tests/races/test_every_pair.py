"""Every pair of what may happen at the same moment, laid into one another at every statement: as if in some order.

For each pair the scene is one in which both want the same row. The outcome must be that of one of the two orders, down
to messages and audit; besides, no invariant is broken and nothing but a refusal is raised. Here are the pairs with
matching and with answers, in test_every_other_pair.py the rest. The negative controls are in
test_every_pair_unguarded.py, the guards in docs/locking.md.
"""

from __future__ import annotations

import re
from itertools import combinations_with_replacement

import pytest

from nachruecker.settings.base import BASE_DIR
from tests.conftest import World
from tests.races.pairs import NINE, PAIRS, WITH_ANSWERS, Pair
from tests.races.rounds import assert_as_if_in_order


@pytest.mark.race
@pytest.mark.parametrize("pair", WITH_ANSWERS, ids=lambda pair: pair.id)
def test_at_once_is_as_if_one_after_the_other(committed_world: World, pair: Pair) -> None:
    assert_as_if_in_order(pair, committed_world)


def test_no_pair_is_missing() -> None:
    played = {frozenset((pair.first.name, pair.second.name)) for pair in PAIRS}
    nine = {frozenset(names) for names in combinations_with_replacement(NINE, 2)}
    assert len(nine) == 45
    assert nine - played == set()


def test_the_document_tells_every_pair_and_its_guard() -> None:
    document = (BASE_DIR / "docs" / "locking.md").read_text(encoding="utf-8")
    section = document.split("\n## Every pair\n")[1].split("\n## ")[0]
    told = [line for line in section.splitlines() if re.match(r"\| [a-z ]+ × ", line)]
    assert told == [pair.told for pair in PAIRS]
