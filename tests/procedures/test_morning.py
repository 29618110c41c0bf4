"""The morning mail: once a day, to those who want it and can be asked, and never after noon."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from impfzentrum.models import Centre, County, Message, StandbyEntry
from impfzentrum.procedures.delivering import deliver_messages
from impfzentrum.procedures.morning import ask_who_is_ready
from impfzentrum.procedures.staying import pause_entry
from impfzentrum.procedures.sweeping import tend
from tests.conftest import Together, World
from tests.factories import NOON

SEVEN = NOON.replace(hour=7)
MAIL = "erika@example.org"


def wants(world: World, **values: Any) -> StandbyEntry:
    return world.entry(**{"email": MAIL, "morning_mail": True, **values})


def test_it_goes_out_an_hour_before_opening_and_once_a_day(world: World) -> None:
    entry = wants(world)
    tend(now=SEVEN - timedelta(seconds=1))
    assert Message.objects.count() == 0
    for minutes in (0, 1, 60, 240):
        tend(now=SEVEN + timedelta(minutes=minutes))
    message = Message.objects.get()
    assert (message.entry, message.template, message.channel) == (entry, "ready_today", "email")
    assert message.expires_at == NOON
    tend(now=SEVEN + timedelta(days=1))
    assert Message.objects.count() == 2


def test_it_leads_to_the_status_page(world: World) -> None:
    entry = wants(world)
    tend(now=SEVEN)
    deliver_messages(clock=lambda: SEVEN)
    [letter] = mail.outbox
    assert letter.subject == "Sind Sie heute bereit?"
    assert f"/s/{entry.token}/" in str(letter.body)
    assert "noch kein Angebot" in str(letter.body)


AGAINST: dict[str, Callable[[], dict[str, Any]]] = {
    "did not ask for it": lambda: {"morning_mail": False},
    "address not confirmed": lambda: {"email_confirmed_at": None},
    "has a pause": lambda: {"state": "paused"},
    "has an appointment": lambda: {"state": "appointed"},
    "group not open": lambda: {"priority_group": 4},
    "is ready already": lambda: {"ready_until": NOON},
    "asked today": lambda: {"morning_asked_on": SEVEN.date()},
}


@pytest.mark.parametrize("reason", AGAINST)
def test_one_reason_is_enough_not_to_be_asked(world: World, reason: str) -> None:
    wants(world, **AGAINST[reason]())
    twin = wants(world)
    assert ask_who_is_ready(world.centre, now=SEVEN) == 1
    assert Message.objects.get().entry == twin


@pytest.mark.parametrize("now", [NOON, NOON + timedelta(hours=3), SEVEN - timedelta(minutes=1)])
def test_outside_the_morning_nobody_is_asked(world: World, now: datetime) -> None:
    wants(world)
    assert ask_who_is_ready(world.centre, now=now) == 0


def test_quiet_hours_hold_in_the_morning_too(world: World) -> None:
    County.objects.update(quiet_from=time(20), quiet_until=time(8))
    wants(world)
    centre = Centre.objects.get()
    assert ask_who_is_ready(centre, now=SEVEN) == 0
    assert ask_who_is_ready(centre, now=SEVEN.replace(hour=8)) == 1


def test_what_waited_until_noon_or_while_people_went_on_is_not_sent(world: World) -> None:
    paused, late = wants(world), wants(world)
    tend(now=SEVEN)
    pause_entry(paused, until=None, now=SEVEN)
    Message.objects.filter(entry=late).update(due_at=NOON)
    deliver_messages(clock=lambda: NOON)
    assert mail.outbox == []
    assert set(Message.objects.values_list("state", flat=True)) == {"lapsed"}


def test_it_is_never_an_sms(world: World) -> None:
    entry = wants(world)
    tend(now=SEVEN)
    with pytest.raises(IntegrityError, match="message_of_the_morning_is_no_sms"):
        Message.objects.filter(entry=entry).update(channel="sms")


@pytest.mark.parametrize("people", [1, 3])
def test_the_number_of_queries_is_fixed(world: World, people: int) -> None:
    for _ in range(people):
        wants(world)
    centre = Centre.objects.select_related("county").get()
    with CaptureQueriesContext(connection) as queries:
        ask_who_is_ready(centre, now=SEVEN)
    assert len(queries) == 7, [query["sql"][:80] for query in queries]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_tenders_ask_everybody_once(committed_world: World, at_the_same_time: Together) -> None:
    for _ in range(20):
        wants(committed_world)
    outcomes = at_the_same_time(ask_who_is_ready, [committed_world.centre] * 4, now=SEVEN)
    assert sum(outcomes) == 20
    assert Message.objects.values("entry").distinct().count() == Message.objects.count() == 20


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_people_would_be_asked_twice(
    committed_world: World, at_the_same_time: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(20):
        wants(committed_world)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_named: rows)
    outcomes = at_the_same_time(ask_who_is_ready, [committed_world.centre] * 4, now=SEVEN)
    assert sum(outcomes) > 20
