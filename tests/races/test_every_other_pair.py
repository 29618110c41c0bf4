"""The pairs of test_every_pair.py without matching and answers; a file of their own, so that two workers share them."""

from __future__ import annotations

import pytest

from tests.conftest import World
from tests.races.pairs import PAIRS, WITH_ANSWERS, Pair
from tests.races.rounds import assert_as_if_in_order

pytestmark = pytest.mark.race


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if pair not in WITH_ANSWERS], ids=lambda pair: pair.id)
def test_at_once_is_as_if_one_after_the_other(committed_world: World, pair: Pair) -> None:
    assert_as_if_in_order(pair, committed_world)
