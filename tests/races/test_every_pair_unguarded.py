"""The negative controls of test_every_pair.py: the same scenes and meetings, and what keeps the two apart is off.

Then at least one meeting must go wrong: a lost race, a broken constraint or invariant, or an outcome that no order of
the two could give. A pair that is safe without its guard would name the wrong guard.
"""

from __future__ import annotations

import pytest
from django.db import connection

from tests.conftest import World
from tests.races.guards import locking_functions, unlocked_functions
from tests.races.pairs import PAIRS, Pair
from tests.races.rounds import Play
from tests.races.schedules import two_runners

pytestmark = pytest.mark.race


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.id)
def test_without_its_guard_the_race_happens(unguarded_world: World, pair: Pair) -> None:
    scene = pair.scene(unguarded_world)
    with two_runners() as two:
        play = Play(pair, scene, two)
        assert any(one.wrong for one in play.meet_everywhere(pair.guard))


@pytest.mark.django_db
def test_a_function_of_the_database_can_be_called_without_its_lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION pick_somebody() RETURNS SETOF bigint LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY"
            " SELECT id FROM impfzentrum_standbyentry AS entry FOR NO KEY UPDATE OF entry SKIP LOCKED; END $$"
        )
    kept = locking_functions()
    assert any("pick_somebody" in definition for definition in kept)
    with unlocked_functions(("person",)):
        assert locking_functions() == []
    assert locking_functions() == kept
