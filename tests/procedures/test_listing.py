"""The size of a list is right whoever writes entries, and reading the state of a list does not count."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from impfzentrum.errors import ListNotOpen
from impfzentrum.models import Campaign, County, ListSize, StandbyEntry
from impfzentrum.procedures.listing import count_abandoned, take_place, view_list
from impfzentrum.procedures.staying import leave_list
from impfzentrum.states import ListState
from tests import factories
from tests.conftest import World
from tests.factories import NOON


def size(campaign: Campaign) -> int:
    return ListSize.objects.get(campaign=campaign).people


def test_the_size_follows_every_way_on_and_off_the_list(world: World) -> None:
    people = world.entries(3)
    world.entry(state="left")
    assert size(world.campaign) == 3
    leave_list(people[0], now=NOON)
    assert size(world.campaign) == 2
    people[1].delete()
    assert size(world.campaign) == 1
    StandbyEntry.objects.filter(pk=people[2].pk).update(state="paused")
    assert size(world.campaign) == 1
    copies = [StandbyEntry(**{**_values(people[2]), "mobile": ""}) for _ in range(4)]
    StandbyEntry.objects.bulk_create(copies)
    assert size(world.campaign) == 5
    other = factories.make_campaign(world.county, state="planned")
    StandbyEntry.objects.filter(pk=people[2].pk).update(campaign=other)
    assert (size(world.campaign), size(other)) == (4, 1)


def _values(entry: StandbyEntry) -> dict[str, object]:
    names = {field.attname for field in StandbyEntry._meta.concrete_fields} - {"id", "public_id", "token_hash"}
    public_id = uuid.uuid4()
    return {name: getattr(entry, name) for name in names} | {"public_id": public_id, "token_hash": str(public_id)}


@pytest.mark.parametrize(
    ("kept", "cap", "people", "shown", "takes"),
    [
        ("open", None, 2, ListState.OPEN, True),
        ("open", 3, 2, ListState.OPEN, True),
        ("open", 2, 2, ListState.CAPPED, False),
        ("open", 0, 0, ListState.CAPPED, False),
        ("capped", None, 2, ListState.CAPPED, False),
        ("paused", 9, 2, ListState.PAUSED, False),
        ("closed", None, 2, ListState.CLOSED, False),
    ],
)
def test_what_people_meet(world: World, kept: str, cap: int | None, people: int, shown: ListState, takes: bool) -> None:
    County.objects.update(list_state=kept, list_cap=cap)
    world.entries(people)
    view = view_list(County.objects.get(), now=NOON)
    assert (view.state, view.people, view.takes_people) == (shown, people, takes)


@pytest.mark.parametrize("people", [1, 3])
def test_reading_the_state_is_one_query_and_counts_nobody(world: World, people: int) -> None:
    world.entries(people)
    county = County.objects.get()
    with CaptureQueriesContext(connection) as queries:
        view_list(county, now=NOON)
    assert len(queries) == 1
    assert "standbyentry" not in queries[0]["sql"]


def test_who_never_confirms_holds_a_place_for_two_hours(world: World) -> None:
    County.objects.update(list_cap=2)
    world.entry()
    new = {"state": "unconfirmed", "mobile_confirmed_at": None}
    abandoned = world.entry(**new, consented_at=NOON - timedelta(minutes=119))
    county = County.objects.get()
    assert not view_list(county, now=NOON).takes_people
    with pytest.raises(ListNotOpen), transaction.atomic():
        take_place(world.campaign, now=NOON)
    later = NOON + timedelta(minutes=1)
    assert (view_list(county, now=later).people, view_list(county, now=later).takes_people) == (1, True)
    with transaction.atomic():
        take_place(world.campaign, now=later)
    StandbyEntry.objects.filter(pk=abandoned.pk).update(state="waiting", mobile_confirmed_at=later)
    assert not view_list(county, now=later).takes_people, "who confirms late is on the list and counts again"


@pytest.mark.parametrize("people", [1, 3])
def test_the_state_of_a_capped_list_is_two_queries(world: World, people: int) -> None:
    County.objects.update(list_cap=9)
    world.entries(people)
    county = County.objects.get()
    with CaptureQueriesContext(connection) as queries:
        view_list(county, now=NOON)
    assert len(queries) == 2


def test_abandoned_sign_ups_are_found_by_their_index(world: World) -> None:
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as queries:
        count_abandoned(world.campaign, now=NOON)
        cursor.execute("SET LOCAL enable_seqscan = off")
        # With three rows every index costs the same: the one of the foreign key is out of the way until the rollback.
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = 'impfzentrum_standbyentry'"
            " AND indexname LIKE 'impfzentrum_standbyentry_campaign_id_%'"
        )
        cursor.execute(f"DROP INDEX {cursor.fetchone()[0]}")
        cursor.execute(f"EXPLAIN {queries[0]['sql']}")
        assert "entry_unconfirmed" in str(cursor.fetchall())
