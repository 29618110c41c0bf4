"""`audit verify` finds what was planted: a changed row, a false seed, a bought place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from impfzentrum.models import AuditEvent, Draw, DrawRecord, HandPick, Offer, Place, StandbyEntry
from impfzentrum.models.offer import BY_HAND
from impfzentrum.procedures.auditing import seal_events
from impfzentrum.procedures.drawing import ensure_draw
from impfzentrum.procedures.hand_picking import consent_to_hand_pick
from impfzentrum.procedures.verifying import verify_record
from impfzentrum.rules.draw import commit_to
from impfzentrum.rules.draw_record import Packer, unpack
from tests import factories
from tests.conftest import World, build_world
from tests.factories import NOON, SEED
from tests.procedures.picking import propose

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
    named = propose(world, world.release(doses=1), world.entry())
    consent_to_hand_pick(named, by=factories.make_staff(world.centre, "second"), now=NOON)
    seal_events(world.county)
    return world


def test_an_untouched_record_holds(played: World) -> None:
    found = verify_record(played.county)
    assert found.faults == []
    assert (found.draws, found.offers) == (2, 4)
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


@contextmanager
def past_the_triggers() -> Iterator[None]:
    tables = ("impfzentrum_drawrecord", "impfzentrum_auditevent", "impfzentrum_place")
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def first_record() -> DrawRecord:
    return DrawRecord.objects.earliest("draw")


def rewrite_record(change: Callable[[list[bytes]], list[bytes]], *, digest_too: bool = False) -> None:
    record, packer = first_record(), Packer()
    for line in change(list(unpack(bytes(record.compressed)))):
        packer.write(line + b"\n")
    compressed = packer.close()
    digest = packer.digest if digest_too else record.digest
    with past_the_triggers():
        DrawRecord.objects.filter(pk=record.pk).update(compressed=compressed, digest=digest)


def take_somebody_out_of_the_record() -> None:
    rewrite_record(lambda lines: lines[1:])


def scribble_over_the_record() -> None:
    with past_the_triggers():
        DrawRecord.objects.filter(pk=first_record().pk).update(compressed=b"nothing of the kind")


def swap_two_tickets_everywhere() -> None:
    """A reordered draw: in the places, in the record and in its digest in the audit, all as if it had been drawn so."""
    first, second = (line.split(b"\t") for line in list(unpack(bytes(first_record().compressed)))[:2])

    def swap(lines: list[bytes]) -> list[bytes]:
        first[5], second[5] = second[5], first[5]
        return [b"\t".join(first), b"\t".join(second), *lines[2:]]

    rewrite_record(swap, digest_too=True)
    with past_the_triggers():
        drawn = AuditEvent.objects.get(action="drawn", subject=first_record().draw.subject)
        AuditEvent.objects.filter(pk=drawn.pk).update(detail={**drawn.detail, "order": first_record().digest})


def swap_two_places_in_force() -> None:
    one, other = Place.objects.filter(draw=Draw.objects.latest("pk")).order_by("ticket")[:2]
    with past_the_triggers():
        for place, ticket in [(one, other.ticket), (other, one.ticket)]:
            Place.objects.filter(draw=place.draw_id, entry=place.entry_id).update(ticket=ticket)


def commit_only_afterwards() -> None:
    committed = AuditEvent.objects.filter(action="committed").earliest("pk")
    with past_the_triggers():
        late = AuditEvent.objects.latest("pk").pk + 1
        AuditEvent.objects.filter(pk=committed.pk).update(id=late)


def commit_to_nothing() -> None:
    with past_the_triggers():
        AuditEvent.objects.filter(action="committed").update(detail={})


def pass_over_what_was_announced() -> None:
    draw = Draw.objects.earliest("pk")
    Draw.objects.filter(pk=draw.pk).update(round=2, reason="Probe im Test")
    draw.pk, draw.drawn_at = None, None
    draw.save(force_insert=True)


def pick_quietly_by_hand() -> None:
    Offer.objects.filter(pk=Offer.objects.earliest("pk").pk).update(wave=BY_HAND, ticket=1)


def take_the_consent_away() -> None:
    HandPick.objects.update(state="refused", offer=None)


def hide_who_consented() -> None:
    HandPick.objects.update(decided_by=User.objects.create_user("third"))


def tell_another_story() -> None:
    HandPick.objects.update(note="Das war ganz anders, als es damals hieß.")


@pytest.mark.parametrize(
    ("plant", "words"),
    [
        (pick_quietly_by_hand, "von Hand vergeben ohne Zustimmung einer zweiten Person"),
        (take_the_consent_away, "von Hand vergeben ohne Zustimmung einer zweiten Person"),
        (hide_who_consented, "Das Protokoll nennt andere Beteiligte oder einen anderen Grund"),
        (tell_another_story, "Das Protokoll nennt andere Beteiligte oder einen anderen Grund"),
        (tamper_with_an_event, "passt nicht zu seiner Prüfsumme"),
        (buy_a_place, "Die Losnummer ist nicht die der Auslosung"),
        (swap_the_seed, "passt nicht zur veröffentlichten Prüfsumme"),
        (draw_again_quietly, "Das Protokoll nennt eine andere Prüfsumme"),
        (take_somebody_out_of_the_record, "passt nicht zur Prüfsumme im Protokoll"),
        (scribble_over_the_record, "nicht lesbar"),
        (swap_two_tickets_everywhere, "2 Plätze haben eine andere Losnummer, als der Startwert ergibt"),
        (swap_two_places_in_force, "2 Plätze der geltenden Reihenfolge haben eine falsche Losnummer"),
        (commit_only_afterwards, "kam erst nach der Auslosung ins Protokoll"),
        (commit_to_nothing, "stand nicht vorher im Protokoll"),
        (pass_over_what_was_announced, "gelost wurde mit einem anderen Startwert"),
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
    assert "2 Auslosungen, 2 Auswahlen, 4 Angebote geprüft, 0 Fehler" in verify(played.county.slug)


def test_the_command_ends_with_an_error_and_the_list(played: World) -> None:
    buy_a_place()
    with pytest.raises(CommandError, match="Losnummer") as refusal:
        verify()
    assert refusal.value.returncode == 1


def test_the_command_refuses_an_unknown_county(played: World) -> None:
    with pytest.raises(CommandError, match="gibt es nicht"):
        verify("atlantis")
