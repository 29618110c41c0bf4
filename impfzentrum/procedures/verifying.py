"""Does the record hold? Chains, draws, picks, steps down, and the ticket of everybody who was asked.

What each part proves, and what it cannot, is told in docs/decisions/0008 and 0014.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from impfzentrum.models import AuditEvent, County, Draw, HandPick, Offer, StandbyEntry
from impfzentrum.models.offer import BY_HAND
from impfzentrum.procedures.auditing import find_broken_links
from impfzentrum.procedures.hand_picking import digest_note
from impfzentrum.procedures.repeating_draws import find_false_draws, read_late
from impfzentrum.procedures.repeating_picks import CentrePicks
from impfzentrum.procedures.sealing_places import find_changed_log
from impfzentrum.rules.draw import arrival_ticket, draw_ticket, put_first
from impfzentrum.states import HandPickState
from impfzentrum.vocabulary import OrderPolicy


@dataclass(frozen=True, slots=True)
class Verification:
    """How much was looked at, and what did not hold, in sentences."""

    events: int
    draws: int
    picks: int
    offers: int
    faults: list[str]


def verify_record(county: County) -> Verification:
    """Walk the county's chain; repeat each draw, each pick and the ticket of everybody who was asked.

    Who was given a dose by hand has no place in a draw to show; there the record must name two people and a reason.
    """
    offers = Offer.objects.filter(release__centre__county=county)
    late = read_late(county)
    faults = [*find_broken_links(county), *find_changed_log(county)]
    picks = 0
    for centre in county.centres.all():
        repeated = CentrePicks(centre)
        faults += [*find_false_draws(centre, late), *repeated.find_faults()]
        picks += repeated.count
    faults += _find_false_tickets(offers.select_related("entry", "draw__centre").order_by("pk").iterator(1_000), late)
    faults += _find_unconsented(county)
    return Verification(
        events=AuditEvent.objects.filter(county=county, position__isnull=False).count(),
        draws=Draw.objects.filter(centre__county=county, drawn_at__isnull=False).count(),
        picks=picks,
        offers=offers.count(),
        faults=faults,
    )


def _find_false_tickets(offers: Iterator[Offer], late: dict[int, set[str]]) -> Iterator[str]:
    for offer in offers:
        if offer.by_hand:  # no lot decided: what it rests on is the second person's consent (_find_unconsented)
            continue
        draw = offer.draw
        if draw is None or draw.drawn_at is None:
            yield f"Angebot {offer.public_id}: Vorher wurde nicht gelost"
        elif offer.ticket != _ticket_in(draw, offer.entry, late.get(draw.pk, set())):
            yield f"Angebot {offer.public_id}: Die Losnummer ist nicht die der Auslosung {draw}"


def _ticket_in(draw: Draw, entry: StandbyEntry, late: set[str]) -> int:
    by_lot = draw.policy == OrderPolicy.DRAW
    ticket = draw_ticket(bytes(draw.seed), entry.public_id) if by_lot else arrival_ticket(entry.created_at)
    return put_first(ticket) if entry.public_id.hex in late else ticket


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
