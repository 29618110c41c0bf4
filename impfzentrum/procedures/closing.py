"""Closing an offer that brought nothing: the person is back on the list, the dose is free again."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from impfzentrum.models import Dose, Offer, StandbyEntry
from impfzentrum.models.moving import move_rows
from impfzentrum.procedures.capping import note_caps
from impfzentrum.vocabulary import LIVE_OFFER, DoseState, EntryState, OfferState


def close_offers(offers: QuerySet[Offer], new: OfferState, *, now: datetime, skip_locked: bool = False) -> list[Offer]:
    """Take these offers, as far as they are still live, to `new`; return those that were. Needs a transaction.

    Locks in the order of docs/locking.md: doses, people, offers. A live offer changes only under the lock of its person
    and, when a dose is held, of that dose, so what is read after locking stays true. With `skip_locked` rows that
    somebody else is deciding at this moment are left to them: their answer comes first.
    """
    picked = [(offer.pk, offer.dose_id, offer.entry_id) for offer in offers.order_by()]
    doses = Dose.objects.filter(pk__in=[dose for _, dose, _ in picked if dose is not None]).order_by("pk")
    locked = {dose.pk for dose in doses.select_for_update(no_key=True, skip_locked=skip_locked)}
    free_to_close = [(offer, entry) for offer, dose, entry in picked if dose is None or dose in locked]
    people = StandbyEntry.objects.filter(pk__in=[entry for _, entry in free_to_close]).order_by("pk")
    entries = set(people.select_for_update(no_key=True, skip_locked=skip_locked).values_list("pk", flat=True))
    mine = [offer for offer, entry in free_to_close if entry in entries]
    live = list(Offer.objects.filter(pk__in=mine, state__in=LIVE_OFFER))
    _move_all(live, new, now=now)
    note_caps([offer.entry_id for offer in live], now=now)
    return live


def _move_all(live: list[Offer], new: OfferState, *, now: datetime) -> None:
    doses = Dose.objects.filter(pk__in=[offer.dose_id for offer in live if offer.dose_id is not None])
    move_rows(doses, DoseState.HELD, DoseState.FREE, now=now, holder=None)
    people = StandbyEntry.objects.filter(pk__in=[offer.entry_id for offer in live])
    move_rows(people, EntryState.OFFERED, EntryState.WAITING, now=now)
    rows = Offer.objects.filter(pk__in=[offer.pk for offer in live])
    for old in LIVE_OFFER:
        move_rows(rows, old, new, now=now)
