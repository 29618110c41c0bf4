"""The drawing of lots: repeatable, the same in Python and in the database, and fair enough to show."""

from __future__ import annotations

import hashlib
import random
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from impfzentrum.rules.draw import SEED_BYTES, commit_to, draw_ticket, hmac_pads

SEEDS = st.binary(min_size=SEED_BYTES, max_size=SEED_BYTES)


@given(seed=SEEDS, person=st.uuids())
def test_a_ticket_is_repeatable_and_fits_a_bigint(seed: bytes, person: UUID) -> None:
    assert draw_ticket(seed, person) == draw_ticket(bytes(seed), UUID(str(person)))
    assert 0 <= draw_ticket(seed, person) < 2**63


@given(seed=SEEDS, person=st.uuids())
def test_the_pads_make_the_database_draw_the_same(seed: bytes, person: UUID) -> None:
    inner, outer = hmac_pads(seed)
    digest = hashlib.sha256(outer + hashlib.sha256(inner + person.bytes).digest()).digest()
    assert int.from_bytes(digest[:8], "big") & (2**63 - 1) == draw_ticket(seed, person)


@pytest.mark.django_db
def test_postgres_itself_draws_the_same_over_many_people() -> None:
    numbers = random.Random(7)
    people = [UUID(int=numbers.getrandbits(128)) for _ in range(2000)]
    seed = numbers.randbytes(SEED_BYTES)
    inner, outer = hmac_pads(seed)
    sql = """
        SELECT ('x' || encode(substring(sha256(%s || sha256(%s || uuid_send(id))) from 1 for 8), 'hex'))
            ::bit(64)::bigint & 9223372036854775807
        FROM unnest(%s::uuid[]) WITH ORDINALITY AS people (id, place) ORDER BY place
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [outer, inner, people])
        drawn = [row[0] for row in cursor.fetchall()]
    assert drawn == [draw_ticket(seed, person) for person in people]


def test_another_seed_is_another_order_and_the_same_seed_the_same() -> None:
    people = [UUID(int=number) for number in range(50)]

    def order(seed: bytes) -> list[UUID]:
        return sorted(people, key=lambda person: draw_ticket(seed, person))

    assert order(b"a" * 32) == order(b"a" * 32)
    assert order(b"a" * 32) != order(b"b" * 32)
    assert order(b"a" * 32) != people


def test_over_many_days_everybody_is_first_about_equally_often() -> None:
    people = [UUID(int=number) for number in range(10)]
    first = [0] * 10
    for day in range(2000):
        seed = hashlib.sha256(str(day).encode()).digest()
        first[min(range(10), key=lambda index: draw_ticket(seed, people[index]))] += 1
    # Binomial with 2000 days and one in ten: a standard deviation is 13.4; five of them are 67.
    assert all(abs(times - 200) < 67 for times in first), first


def test_tickets_spread_evenly_over_their_range() -> None:
    seed = bytes(range(32))
    tenths = [0] * 10
    for number in range(5000):
        tenths[draw_ticket(seed, UUID(int=number)) * 10 // 2**63] += 1
    assert all(abs(count - 500) < 107 for count in tenths), tenths  # five standard deviations


@given(seed=SEEDS)
def test_the_commitment_is_the_plain_hash_that_anybody_can_compute(seed: bytes) -> None:
    assert commit_to(seed) == hashlib.sha256(seed).hexdigest()
