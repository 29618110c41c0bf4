"""The table of states is told three times: to people (docs/states.md), to the code and to the database. They agree."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from django.db import connection, models

from impfzentrum.models import (
    Attendance,
    Booking,
    BookingImport,
    Campaign,
    County,
    Dose,
    HandPick,
    Message,
    Offer,
    Release,
    StandbyEntry,
)
from impfzentrum.models.moving import IllegalMove, LostRace, Moving
from impfzentrum.states import HELD_BY_SOMEBODY, LEFT_OVER, LIVE_OFFER, CampaignState, EntryState, ListState, OfferState
from impfzentrum.vocabulary import WRITTEN, Channel, HandPickReason, ReportOutcome, Role
from nachruecker.settings.base import BASE_DIR
from tests.conftest import World
from tests.factories import NOON

MODELS: list[type[Moving]] = [
    StandbyEntry,
    Release,
    Dose,
    Offer,
    Attendance,
    HandPick,
    Message,
    Booking,
    BookingImport,
]
Table = dict[str, tuple[str, set[str]]]


def read_document() -> dict[str, Table]:
    """For each model of docs/states.md: state → (name on the screen, states that may follow)."""
    tables: dict[str, Table] = {}
    for section in (BASE_DIR / "docs" / "states.md").read_text(encoding="utf-8").split("\n## ")[1:]:
        name, _, body = section.partition("\n")
        rows = re.findall(r"^\| ([a-z]+) \| (.+?) \| ?(.*?) \|$", body, re.MULTILINE)
        told = [
            (state, label, set(filter(None, after.split(", ")))) for state, label, after in rows if state != "state"
        ]
        tables[name] = {state: (label, after) for state, label, after in told}
    return tables


@pytest.mark.parametrize("model", MODELS)
def test_the_document_tells_the_table_of_the_code(model: type[Moving]) -> None:
    told = read_document()[model.__name__]
    coded = {
        str(state.value): (str(state.label), {str(after.value) for after in following})
        for state, following in model.MOVES.items()
    }
    assert told == coded


def test_the_document_tells_of_every_model_with_a_state() -> None:
    assert set(read_document()) == {model.__name__ for model in Moving.__subclasses__()}


@pytest.mark.parametrize("model", MODELS)
def test_every_state_can_be_reached_and_stands_in_the_table(model: type[Moving]) -> None:
    [field] = [field for field in model._meta.fields if field.name == "state"]
    assert isinstance(field, models.CharField)
    states = {value for value, _ in field.choices or []}
    assert set(model.MOVES) == states
    reached = set().union(*model.MOVES.values())
    assert states - reached == {field.default} - reached


def allowed_by_database(constraint: str) -> set[str]:
    """The values that a check constraint or the condition of an index names."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %(name)s
            UNION ALL SELECT indexdef FROM pg_indexes WHERE indexname = %(name)s
            """,
            {"name": constraint},
        )
        [(definition,)] = cursor.fetchall()
    return set(re.findall(r"'([a-z_]+)'::", definition))


def values(states: Iterable[models.TextChoices]) -> set[str]:
    return {str(state.value) for state in states}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("constraint", "states"),
    [
        ("entry_state_known", StandbyEntry.MOVES),
        ("release_state_known", Release.MOVES),
        ("dose_state_known", Dose.MOVES),
        ("offer_state_known", Offer.MOVES),
        ("attendance_state_known", Attendance.MOVES),
        ("handpick_state_known", HandPick.MOVES),
        ("handpick_reason_known", HandPickReason),
        ("message_state_known", Message.MOVES),
        ("booking_state_known", Booking.MOVES),
        ("booking_released_when_left_over", LEFT_OVER),
        ("bookingimport_state_known", BookingImport.MOVES),
        ("cancelreport_outcome_known", ReportOutcome),
        ("campaign_state_known", CampaignState),
        ("county_list_state_known", ListState),
        ("membership_role_known", Role),
        ("message_channel_known", Channel),
        ("proof_channel_known", WRITTEN),
        ("offer_one_live_a_person", LIVE_OFFER),
        ("offer_one_live_a_dose", (*LIVE_OFFER, OfferState.ACCEPTED)),
        ("dose_holder_goes_with_state", HELD_BY_SOMEBODY),
    ],
)
def test_the_database_knows_the_same_states(constraint: str, states: Iterable[models.TextChoices]) -> None:
    assert allowed_by_database(constraint) == values(states)


def test_an_arrow_that_is_not_in_the_table_is_refused(world: World) -> None:
    entry = world.entry(state="left", given_name="", birth_date=None)
    with pytest.raises(IllegalMove):
        entry.move(EntryState.LEFT, EntryState.WAITING, now=NOON)
    entry.refresh_from_db()
    assert entry.state == "left"


def test_a_move_from_a_state_that_is_over_changes_nothing_and_says_so(world: World) -> None:
    entry = world.entry(state="paused")
    assert not entry.move(EntryState.WAITING, EntryState.OFFERED, now=NOON)
    entry.refresh_from_db()
    assert entry.state == "paused"
    with pytest.raises(LostRace):
        entry.move_for_sure(EntryState.WAITING, EntryState.OFFERED, now=NOON)


@pytest.mark.parametrize("model", [Campaign, County])
def test_what_has_no_arrows_has_at_least_its_states_in_the_database(model: type[models.Model]) -> None:
    """A county's list and a campaign are switched by people in any order."""
    checks = [one for one in model._meta.constraints if isinstance(one, models.CheckConstraint)]
    assert any(check.name.endswith("state_known") for check in checks)
