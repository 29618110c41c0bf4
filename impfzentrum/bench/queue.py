"""Long queues with hard fronts, and releases that ask from them: what `claim` and `match` are measured on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from impfzentrum.bench.copying import copy_rows, sweep_out, tidy
from impfzentrum.bench.ground import EVERYBODY_ELIGIBLE, NEAR, NOW, Front, Ground, draw_orders, lay_ground, put_on_lists
from impfzentrum.models import Dose, Draw, Message, Offer, Place, Release, StandbyEntry
from impfzentrum.rules.places import ALL_PARTS, find_class
from impfzentrum.vocabulary import ReleaseReason

FRONTS = (
    EVERYBODY_ELIGIBLE,
    *(Front(reason, share) for reason in ("vaccine", "age", "travel") for share in (0.5, 0.95)),
)
"""One after the other they are the queues of the first centres; in all further ones everybody is eligible."""

LAST_IN_LINE = 300
"""So many eligible people come after each front at least: a short list would have none left to ask."""

CLAIMED_BEFORE = 60_000
ROUNDS = {1: 20, 10: 5, 100: 2}
"""How many claims of so many people are timed together."""

NEAR_CLASS = find_class(NEAR, ALL_PARTS)
"""The class of everybody whom nothing hinders."""

USE_BY = NOW + timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Target:
    """Releases of one centre that ask `k` people each."""

    front: Front
    draw: Draw
    k: int
    releases: list[int]

    @property
    def people(self) -> int:
        return self.k * len(self.releases)


def fill_queues(size: int) -> Ground:
    """`size` people on the lists of fifty centres, all in their order."""
    ground = lay_ground()
    put_on_lists(ground, range(size), fronts=FRONTS)
    _add_last_in_line(ground, size)
    draw_orders(ground, ground.centres)
    return ground


def _add_last_in_line(ground: Ground, size: int) -> None:
    """Where the lists are short: people whom nothing hinders, behind everybody else."""
    centres = len(ground.centres)
    if size // centres < 20 * LAST_IN_LINE:
        numbers = range(size, size + LAST_IN_LINE * centres)
        behind = [number for number in numbers if number % centres < len(FRONTS)]
        put_on_lists(ground, behind, signed_up=NOW - timedelta(days=1))


def make_targets(ground: Ground) -> list[Target]:
    """Releases with as many free doses as people are to be asked, for each front and each k."""
    targets, pk = [], 1
    for front, centre in zip(FRONTS, ground.centres, strict=False):
        for k, rounds in ROUNDS.items():
            releases = list(range(pk, pk + rounds))
            pk += rounds
            _make_releases(ground, Target(front, ground.draws[centre.pk], k, releases))
            targets.append(Target(front, ground.draws[centre.pk], k, releases))
    tidy(Release, Dose)
    return targets


def _make_releases(ground: Ground, target: Target) -> None:
    centre = target.draw.centre
    common = Release(
        centre=centre,
        campaign=ground.campaign_of(centre),
        draw=target.draw,
        state_since=NOW,
        vaccine=ground.vaccine,
        use_by=USE_BY,
        arrive_from=NOW,
        arrive_until=USE_BY,
        reason=ReleaseReason.VIAL,
        released_by=ground.staff,
        released_at=NOW,
    )
    copy_rows(common, ["id", "number", "form_key"], ((pk, pk, UUID(int=pk)) for pk in target.releases))
    doses = ((pk, number) for pk in target.releases for number in range(1, target.k + 1))
    copy_rows(Dose(state_since=NOW), ["release_id", "number"], doses)


def claim_before(targets: Sequence[Target]) -> None:
    """Take the first people of each queue out of it, as a long day of claims does; at most a third of them.

    In one statement, which leaves the same dead rows and dead entries of the index as claims do.
    """
    for draw in {target.draw for target in targets}:
        eligible = Place.objects.filter(draw=draw, ready=True, place_class=NEAR_CLASS).count()
        values: dict[str, int | datetime] = {
            "draw": draw.pk,
            "class": NEAR_CLASS,
            "count": min(CLAIMED_BEFORE, eligible // 3),
            "now": NOW,
        }
        with connection.cursor() as cursor:
            cursor.execute(_TAKE_FIRST, values)


_TAKE_FIRST = """
UPDATE impfzentrum_standbyentry SET state = 'appointed', state_since = %(now)s
WHERE id = ANY(ARRAY(
    SELECT entry_id FROM impfzentrum_place
    WHERE draw_id = %(draw)s AND place_class = %(class)s AND ready ORDER BY ticket LIMIT %(count)s
))
"""


def bring_back(target: Target) -> None:
    """Undo what these releases asked."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE impfzentrum_auditevent, impfzentrum_message, impfzentrum_placechange CASCADE")
        values = {"releases": target.releases}
        cursor.execute(
            "UPDATE impfzentrum_standbyentry SET state = 'waiting' WHERE state = 'offered' AND id = ANY(ARRAY("
            "SELECT entry_id FROM impfzentrum_offer WHERE release_id = ANY(%(releases)s)))",
            values,
        )
        cursor.execute("DELETE FROM impfzentrum_offer WHERE release_id = ANY(%(releases)s)", values)
        cursor.execute(
            "UPDATE impfzentrum_dose SET state = 'free', holder_id = NULL WHERE release_id = ANY(%(releases)s)", values
        )
        cursor.execute(
            "UPDATE impfzentrum_release SET state = 'running', looked_at = NULL, look_again_at = NULL,"
            " lowest_group = NULL, nobody_left_since = NULL WHERE id = ANY(%(releases)s)",
            values,
        )
    tidy(Offer, Dose, Release, Message)
    sweep_out(StandbyEntry, Place)


def count_held(target: Target) -> int:
    """How many of the doses are held: the work that was to be done."""
    return Dose.objects.filter(release__in=target.releases, state="held").count()
