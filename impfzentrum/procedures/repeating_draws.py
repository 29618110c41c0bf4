"""Repeating draws: commitment before draw, seed to commitment, record to audit, order to seed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from impfzentrum.models import AuditEvent, Centre, County, Draw, DrawRecord, StandbyEntry
from impfzentrum.procedures.drawing import RULES_CHANGED
from impfzentrum.procedures.placing import find_order, ticket_in
from impfzentrum.rules.draw import arrival_ticket, commit_to, draw_ticket, put_first
from impfzentrum.rules.draw_record import RecordedPlace, read_line, unpack
from impfzentrum.vocabulary import OrderPolicy


def read_late(county: County) -> dict[int, set[str]]:
    """By draw, the public ids (without dashes) of those whom the audit puts first because they were late."""
    events = AuditEvent.objects.filter(county=county, action="drawn")
    return {_draw_of(event): {UUID(one).hex for one in event.detail.get("late", [])} for event in events}


def _draw_of(event: AuditEvent) -> int:
    return int(event.subject.removeprefix("draw-"))


def find_false_draws(centre: Centre, late: dict[int, set[str]]) -> Iterator[str]:
    """What does not hold of the draws of a centre, also of those that are only prepared."""
    committed = _events_of(centre, "committed")
    drawn = _events_of(centre, "drawn")
    seen: dict[str, AuditEvent] = {}
    for draw in Draw.objects.filter(centre=centre).select_related("centre").order_by("pk").iterator():
        yield from _find_false_commitment(draw, committed.get(draw.pk), drawn.get(draw.pk), seen)
        if draw.drawn_at is not None:
            yield from _find_false_order(draw, drawn.get(draw.pk), late.get(draw.pk, set()))
    yield from _find_passed_over(centre)
    yield from _find_moved_places(centre)


def _events_of(centre: Centre, action: str) -> dict[int, AuditEvent]:
    subjects = [draw.subject for draw in Draw.objects.filter(centre=centre).only("pk")]
    events = AuditEvent.objects.filter(county=centre.county_id, action=action, subject__in=subjects).order_by("-pk")
    return {_draw_of(event): event for event in events}


def _find_false_commitment(
    draw: Draw, committed: AuditEvent | None, drawn: AuditEvent | None, seen: dict[str, AuditEvent]
) -> Iterator[str]:
    if commit_to(bytes(draw.seed)) != draw.commitment:
        yield f"Auslosung {draw}: Der Startwert passt nicht zur veröffentlichten Prüfsumme"
    if committed is not None:
        seen.setdefault(str(committed.detail.get("commitment")), committed)
    elif draw.reason == RULES_CHANGED:
        committed = seen.get(draw.commitment)
    if committed is None or committed.detail.get("commitment") != draw.commitment:
        yield f"Auslosung {draw}: Die Prüfsumme des Startwerts stand nicht vorher im Protokoll"
        return
    if drawn is not None and committed.pk > drawn.pk:
        yield f"Auslosung {draw}: Die Prüfsumme kam erst nach der Auslosung ins Protokoll"
    if committed.detail.get("announced") and timezone.localdate(committed.at) >= draw.day:
        yield f"Auslosung {draw}: Als angekündigt vermerkt, aber nicht vor ihrem Tag"


def _find_false_order(draw: Draw, drawn: AuditEvent | None, late: set[str]) -> Iterator[str]:
    if drawn is None or drawn.detail.get("commitment") != draw.commitment:
        yield f"Auslosung {draw}: Das Protokoll nennt eine andere Prüfsumme oder keine"
        return
    record = DrawRecord.objects.filter(draw=draw).first()
    if record is None:
        yield f"Auslosung {draw}: Die Reihenfolge ist nicht aufgezeichnet"
        return
    try:
        yield from _repeat_order(draw, record, drawn, late)
    except ValueError:
        yield f"Auslosung {draw}: Die Aufzeichnung der Reihenfolge ist nicht lesbar"


def _repeat_order(draw: Draw, record: DrawRecord, drawn: AuditEvent, late: set[str]) -> Iterator[str]:
    digest, places, false, unsorted = hashlib.sha256(), 0, 0, 0
    joined = _read_arrivals(draw)
    before: tuple[int, int, int] = (0, 0, -(2**63))
    for line in unpack(bytes(record.compressed)):
        digest.update(line + b"\n")
        place = read_line(line)
        places += 1
        false += place.ticket != _ticket_of(draw, place, late, joined)
        position = (place.vaccine, place.group, place.ticket)
        unsorted += position < before
        before = position
    if digest.hexdigest() != drawn.detail.get("order") or record.digest != drawn.detail.get("order"):
        yield f"Auslosung {draw}: Die Aufzeichnung der Reihenfolge passt nicht zur Prüfsumme im Protokoll"
    if places != drawn.detail.get("places"):
        yield f"Auslosung {draw}: Aufgezeichnet sind {places} Plätze, im Protokoll stehen andere"
    if false:
        yield f"Auslosung {draw}: {false} Plätze haben eine andere Losnummer, als der Startwert ergibt"
    if unsorted:
        yield f"Auslosung {draw}: Die Aufzeichnung steht nicht in der Reihenfolge der Losnummern"


def _read_arrivals(draw: Draw) -> dict[str, int]:
    """By public id, the tickets of those who come by their sign-up; nothing where lots are drawn."""
    if draw.policy == OrderPolicy.DRAW:
        return {}
    people = StandbyEntry.objects.filter(campaign__county=draw.centre.county_id)
    rows = people.values_list("public_id", "created_at").iterator()
    return {public_id.hex: arrival_ticket(created_at) for public_id, created_at in rows}


def _ticket_of(draw: Draw, place: RecordedPlace, late: set[str], joined: dict[str, int]) -> int | None:
    if draw.policy == OrderPolicy.DRAW:
        ticket: int | None = draw_ticket(bytes(draw.seed), UUID(place.public_id))
    else:
        ticket = joined.get(place.public_id)
    return put_first(ticket) if ticket is not None and place.public_id in late else ticket


def _find_passed_over(centre: Centre) -> Iterator[str]:
    """A day that was drawn by another seed than the one announced for it."""
    drawn = Draw.objects.filter(centre=centre, drawn_at__isnull=False).values("day")
    for draw in Draw.objects.filter(centre=centre, round=1, drawn_at=None, day__in=drawn).select_related("centre"):
        yield f"Auslosung {draw}: Angekündigt, aber gelost wurde mit einem anderen Startwert"


def _find_moved_places(centre: Centre) -> Iterator[str]:
    """Places of the order in force whose ticket is not the one of the draw any more."""
    draw = find_order(centre)
    if draw is None:
        return
    placed = StandbyEntry.objects.filter(places__draw=draw).annotate(
        stands=F("places__ticket"), should_stand=ticket_in(draw)
    )
    moved = placed.exclude(stands=F("should_stand")).count()
    if moved:
        yield f"Auslosung {draw}: {moved} Plätze der geltenden Reihenfolge haben eine falsche Losnummer"
