"""Repeating what the record says: chains, draws, and the place that everybody who was asked had in their draw.

What this cannot show yet: that nobody who was eligible was passed over. For that the record would have to hold who was
eligible at each pick (docs/decisions/0008).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from impfzentrum.models import AuditEvent, County, Draw, HandPick, Offer, StandbyEntry
from impfzentrum.models.offer import BY_HAND
from impfzentrum.procedures.auditing import find_broken_links
from impfzentrum.procedures.hand_picking import digest_note
from impfzentrum.rules.draw import arrival_ticket, commit_to, draw_ticket, put_first
from impfzentrum.vocabulary import HandPickState, OrderPolicy


@dataclass(frozen=True, slots=True)
class Verification:
    """How much was looked at, and what did not hold, in sentences."""

    events: int
    draws: int
    offers: int
    faults: list[str]


def verify_record(county: County) -> Verification:
    """Walk the county's chain, repeat each draw's commitment and the ticket of everybody who was asked.

    Who was given a dose by hand has no place in a draw to show; there the record must name two people and a reason.
    """
    draws = list(Draw.objects.filter(centre__county=county).select_related("centre").order_by("drawn_at"))
    offers = Offer.objects.filter(release__centre__county=county)
    late = _read_late(county)
    faults = [
        *find_broken_links(county),
        *_find_false_draws(county, draws),
        *_find_false_tickets(offers.select_related("entry", "draw__centre").order_by("pk").iterator(), late),
        *_find_unconsented(county),
    ]
    events = AuditEvent.objects.filter(county=county, position__isnull=False).count()
    return Verification(events=events, draws=len(draws), offers=offers.count(), faults=faults)


def _read_late(county: County) -> dict[int, set[str]]:
    """By draw, the public ids of those whom the record puts first because they were late."""
    events = AuditEvent.objects.filter(county=county, action="drawn")
    return {int(event.subject): set(event.detail.get("late", [])) for event in events}


def _find_false_draws(county: County, draws: list[Draw]) -> Iterator[str]:
    events = AuditEvent.objects.filter(county=county, action="drawn")
    recorded = {int(event.subject): event.detail["commitment"] for event in events}
    for draw in draws:
        if commit_to(bytes(draw.seed)) != draw.commitment:
            yield f"Auslosung {draw}: Der Startwert passt nicht zur veröffentlichten Prüfsumme"
        if recorded.get(draw.pk) != draw.commitment:
            yield f"Auslosung {draw}: Das Protokoll nennt eine andere Prüfsumme oder keine"


def _find_false_tickets(offers: Iterator[Offer], late: dict[int, set[str]]) -> Iterator[str]:
    for offer in offers:
        if offer.by_hand:  # no lot decided: what it rests on is the second person's consent (_find_unconsented)
            continue
        draw = offer.draw
        if draw is None or draw.drawn_at is None or draw.drawn_at > offer.created_at:
            yield f"Angebot {offer.public_id}: Vorher wurde nicht gelost"
        elif offer.ticket != _ticket_in(draw, offer.entry, late.get(draw.pk, set())):
            yield f"Angebot {offer.public_id}: Die Losnummer ist nicht die der Auslosung {draw}"


def _ticket_in(draw: Draw, entry: StandbyEntry, late: set[str]) -> int:
    by_lot = draw.policy == OrderPolicy.DRAW
    ticket = draw_ticket(bytes(draw.seed), entry.public_id) if by_lot else arrival_ticket(entry.created_at)
    return put_first(ticket) if str(entry.public_id) in late else ticket


def _find_unconsented(county: County) -> Iterator[str]:
    """Doses given by hand whose consent is missing, or stands otherwise in the record than in the database."""
    events = AuditEvent.objects.filter(county=county, action="hand_pick_consented")
    recorded = {event.detail.get("offer"): event.detail for event in events}
    consented = HandPick.objects.filter(release__centre__county=county, state=HandPickState.CONSENTED)
    picks = {pick.offer_id: pick for pick in consented}
    for offer in Offer.objects.filter(release__centre__county=county, wave=BY_HAND).order_by("pk"):
        pick, told = picks.get(offer.pk), recorded.get(str(offer.public_id))
        if pick is None or told is None:
            yield f"Angebot {offer.public_id}: von Hand vergeben ohne Zustimmung einer zweiten Person"
        elif told["proposed_by"] == told["decided_by"] or not _agrees(pick, told):
            yield f"Angebot {offer.public_id}: Das Protokoll nennt andere Beteiligte oder einen anderen Grund"


def _agrees(pick: HandPick, told: Mapping[str, object]) -> bool:
    return (told["proposed_by"], told["decided_by"], told["reason"], told["note_digest"]) == (
        pick.proposed_by_id,
        pick.decided_by_id,
        pick.reason,
        digest_note(pick.note),
    )
