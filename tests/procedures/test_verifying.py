"""`audit verify` finds what was planted: a changed row, a false seed, a bought place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from impfzentrum.models import AuditEvent, Draw, Offer, StandbyEntry
from impfzentrum.procedures.auditing import seal_events
from impfzentrum.procedures.drawing import ensure_draw
from impfzentrum.procedures.verifying import verify_record
from impfzentrum.rules.draw import commit_to
from tests import factories
from tests.conftest import World, build_world
from tests.factories import NOON, SEED

pytestmark = pytest.mark.django_db(transaction=True)
"""Picks are told apart by the transactions of what they could see, so each must be one of its own."""

Plant = Callable[[], object]


@pytest.fixture
def played(transactional_db: None) -> World:
    """Two days of a centre, the second with somebody who was late on the first."""
    world = build_world()
    world.entries(4)
    late = world.entry(late_since=NOON)
    factories.ask(world.release(doses=2))
    tomorrow = NOON + timedelta(days=1)
    StandbyEntry.objects.filter(pk=late.pk).update(late_since=NOON)
    ensure_draw(world.centre, now=tomorrow, seed=SEED[::-1])
    factories.ask(world.release(doses=1, now=tomorrow), now=tomorrow)
    seal_events(world.county)
    return world


def test_an_untouched_record_holds(played: World) -> None:
    found = verify_record(played.county)
    assert found.faults == []
    assert (found.draws, found.offers) == (2, 3)
    assert found.events == AuditEvent.objects.count()


def tamper_with_an_event() -> None:
    with connection.cursor() as cursor:  # as somebody with full rights on the database could
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE impfzentrum_auditevent DISABLE TRIGGER USER")
        cursor.execute("UPDATE impfzentrum_auditevent SET detail = '{}' WHERE action = 'released'")


def buy_a_place() -> None:
    Offer.objects.filter(pk=Offer.objects.earliest("pk").pk).update(ticket=1)


def swap_the_seed() -> None:
    Draw.objects.filter(pk=Draw.objects.earliest("pk").pk).update(seed=bytes(32))


def draw_again_quietly() -> None:
    Draw.objects.filter(pk=Draw.objects.earliest("pk").pk).update(seed=bytes(32), commitment=commit_to(bytes(32)))


@pytest.mark.parametrize(
    ("plant", "words"),
    [
        (tamper_with_an_event, "passt nicht zu seiner Prüfsumme"),
        (buy_a_place, "Die Losnummer ist nicht die der Auslosung"),
        (swap_the_seed, "passt nicht zur veröffentlichten Prüfsumme"),
        (draw_again_quietly, "Das Protokoll nennt eine andere Prüfsumme"),
    ],
)
def test_what_was_planted_is_found(played: World, plant: Plant, words: str) -> None:
    plant()
    assert any(words in fault for fault in verify_record(played.county).faults)


def verify(*arguments: str) -> str:
    out = StringIO()
    call_command("audit", "verify", *arguments, stdout=out, no_color=True)
    return out.getvalue()


def test_the_command_counts_what_it_looked_at(played: World) -> None:
    assert "2 Auslosungen, 2 Auswahlen, 3 Angebote geprüft, 0 Fehler" in verify(played.county.slug)


def test_the_command_ends_with_an_error_and_the_list(played: World) -> None:
    buy_a_place()
    with pytest.raises(CommandError, match="Losnummer") as refusal:
        verify()
    assert refusal.value.returncode == 1


def test_the_command_refuses_an_unknown_county(played: World) -> None:
    with pytest.raises(CommandError, match="gibt es nicht"):
        verify("atlantis")
