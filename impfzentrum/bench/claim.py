"""Selecting the next people and asking them: the claim alone, and the whole matching around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from django.db import connection, transaction

from impfzentrum.bench.ground import NOW
from impfzentrum.bench.queue import (
    CLAIMED_BEFORE,
    NEAR_CLASS,
    Target,
    bring_back,
    claim_before,
    count_held,
    fill_queues,
    make_targets,
)
from impfzentrum.bench.timing import Contest, Figure, hold_contest
from impfzentrum.models import County, Release
from impfzentrum.procedures.claiming import Stretch, claim_people, find_stretch
from impfzentrum.procedures.matching import match_release

SIZES = (10_000, 1_000_000, 10_000_000)

FLOOR = """
PREPARE bench_claim (bigint, bigint, bigint, int, int, timestamptz) AS
WITH chosen AS MATERIALIZED (
    SELECT person.id, place.ticket, place.travel_minutes, place.priority_group,
        person.mobile_confirmed_at IS NOT NULL AS mobile
    FROM impfzentrum_place AS place JOIN impfzentrum_standbyentry AS person ON person.id = place.entry_id
    WHERE place.draw_id = $2 AND place.vaccine_id = $3 AND place.place_class = $4 AND place.priority_group = 2
        AND place.ready AND person.state = 'waiting'
    ORDER BY place.ticket, place.entry_id LIMIT $5 FOR NO KEY UPDATE OF person SKIP LOCKED
), numbered AS MATERIALIZED (
    SELECT *, row_number() OVER () AS nth FROM chosen
), doses AS MATERIALIZED (
    SELECT id, row_number() OVER () AS nth FROM (
        SELECT id FROM impfzentrum_dose WHERE release_id = $1 AND state = 'free'
        ORDER BY number LIMIT $5 FOR NO KEY UPDATE SKIP LOCKED
    ) AS free
), held AS (
    UPDATE impfzentrum_dose AS dose SET state = 'held', state_since = $6, holder_id = numbered.id
    FROM doses JOIN numbered USING (nth) WHERE dose.id = doses.id
), asked AS (
    UPDATE impfzentrum_standbyentry SET state = 'offered', state_since = $6
    WHERE id = ANY(ARRAY(SELECT id FROM chosen)) AND state = 'waiting'
), offered AS (
    INSERT INTO impfzentrum_offer (public_id, entry_id, release_id, dose_id, state, state_since, wave, priority_group,
        draw_id, ticket, travel_minutes, created_at, token_hash)
    SELECT gen_random_uuid(), numbered.id, $1, doses.id, 'prepared', $6, 1, priority_group, $2, ticket, travel_minutes,
        $6, encode(sha256(uuid_send(gen_random_uuid())), 'hex')
    FROM numbered JOIN doses USING (nth) RETURNING id, entry_id
), queued AS (
    INSERT INTO impfzentrum_message (reference, entry_id, offer_id, channel, template, state, state_since, created_at,
        due_at, expires_at, attempts, provider, provider_id, parts, last_error)
    SELECT gen_random_uuid(), entry_id, id, 'sms', 'offer', 'queued', $6, $6, $6, $6, 0, '', '', 0, '' FROM offered
)
SELECT count(*) FROM offered
"""
"""One prepared statement that knows the one class to look at, and asks nobody twice by luck."""


def measure_claim(size: int, repeat: int) -> Iterator[Figure]:
    """`size` people wait; one person, ten and a hundred are asked at once, from easy and from hard queues."""
    yield from _measure("claim", size, repeat, lambda target: partial(_claim, target, _find_stretches(target)))


def measure_match(size: int, repeat: int) -> Iterator[Figure]:
    """The same through `match_release`: the decision how many, the record and the next look besides.

    The counties hold each dose for one person, so that it is known how many have to be asked.
    """
    yield from _measure("match", size, repeat, lambda target: partial(_match, target))


def _measure(name: str, size: int, repeat: int, ours: Callable[[Target], Callable[[], int]]) -> Iterator[Figure]:
    targets = make_targets(fill_queues(size))
    County.objects.update(widens=False)
    with connection.cursor() as cursor:
        cursor.execute(FLOOR)
    yield from _measure_all(name, "fresh", size, repeat, ours, targets)
    claim_before(targets)
    stage = f"after {CLAIMED_BEFORE:,} claims or a third of the list"
    yield from _measure_all(name, stage, size, repeat, ours, targets)


def _measure_all(
    name: str, stage: str, size: int, repeat: int, ours: Callable[[Target], Callable[[], int]], targets: list[Target]
) -> Iterator[Figure]:
    for target in targets:
        contest = Contest(
            name,
            f"{target.k} at once, {target.front}, {stage}",
            size,
            target.people,
            ours=ours(target),
            floor=partial(_claim_raw, target),
            prepare=partial(bring_back, target),
        )
        yield hold_contest(contest, repeat=repeat)


def _find_stretches(target: Target) -> list[tuple[Release, Stretch]]:
    """Where in the order each release asks: the matching finds that once a look, and the floor knows it too."""
    releases = Release.objects.filter(pk__in=target.releases).select_related("campaign")
    found = [(release, find_stretch(release, target.draw, now=NOW)) for release in releases]
    return [(release, stretch) for release, stretch in found if stretch is not None]


def _claim(target: Target, stretches: list[tuple[Release, Stretch]]) -> int:
    asked = 0
    for release, stretch in stretches:
        with transaction.atomic():
            claim = claim_people(release, stretch, hold=target.k, race=0, limit=target.k, wave=1, now=NOW)
        asked += len(claim.asked)
    return asked


def _match(target: Target) -> int:
    for release in target.releases:
        match_release(release, now=NOW)
    return count_held(target)


def _claim_raw(target: Target) -> int:
    vaccine = Release.objects.values_list("vaccine_id", flat=True).get(pk=target.releases[0])
    asked = 0
    with connection.cursor() as cursor:
        for release in target.releases:
            values: list[int | datetime] = [release, target.draw.pk, vaccine, NEAR_CLASS, target.k, NOW]
            cursor.execute("EXECUTE bench_claim (%s, %s, %s, %s, %s, %s)", values)
            asked += cursor.fetchone()[0]
    return asked
