"""Offers played into each of their states, the way the application brings them there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

from impfzentrum.errors import Refusal
from impfzentrum.models import Offer
from impfzentrum.procedures.answering import accept_offer, cancel_dose, decline_offer
from impfzentrum.procedures.attending import AttendanceOrder, note_attendance
from impfzentrum.procedures.expiring import expire_offers, give_up_unsent
from impfzentrum.procedures.matching import match_release
from impfzentrum.procedures.releasing import stop_release
from impfzentrum.states import AttendanceState, OfferState
from tests import factories
from tests.conftest import World
from tests.factories import NOON

SOON = NOON + timedelta(minutes=5)
"""Inside the answer time of every offer made at noon (it ends at 12:15)."""

AFTER_END = NOON + timedelta(minutes=16)


def prepared_offer(world: World) -> Offer:
    """Matched at noon, not handed over yet."""
    world.entry()
    release = world.release()
    match_release(release.pk, now=NOON)
    return release.offers.select_related("entry", "release__centre").get()


def open_offer(world: World) -> Offer:
    world.entry()
    [offer] = factories.ask(world.release())
    return offer


def accepted_offer(world: World) -> Offer:
    offer = open_offer(world)
    accept_offer(offer, now=SOON)
    return fresh(offer)


def _declined(world: World) -> Offer:
    offer = open_offer(world)
    decline_offer(offer, now=SOON)
    return offer


def _expired(world: World) -> Offer:
    offer = open_offer(world)
    expire_offers(now=AFTER_END)
    return offer


def _late(world: World) -> Offer:
    offer = _expired(world)
    with suppress(Refusal):
        accept_offer(offer, now=AFTER_END)
    return offer


def _undeliverable(world: World) -> Offer:
    offer = prepared_offer(world)
    give_up_unsent(now=SOON)
    return offer


def _withdrawn(world: World) -> Offer:
    offer = open_offer(world)
    stop_release(offer.release, by=world.staff, now=NOON)
    return offer


def _cancelled(world: World) -> Offer:
    offer = accepted_offer(world)
    cancel_dose(offer, now=SOON)
    return offer


def _unused(world: World) -> Offer:
    offer = accepted_offer(world)
    order = AttendanceOrder(offer, AttendanceState.MISSED, uuid4(), surely=True)
    note_attendance(order, by=world.staff, now=SOON)
    return offer


PLAY: dict[OfferState, Callable[[World], Offer]] = {
    OfferState.PREPARED: prepared_offer,
    OfferState.OPEN: open_offer,
    OfferState.ACCEPTED: accepted_offer,
    OfferState.DECLINED: _declined,
    OfferState.EXPIRED: _expired,
    OfferState.LATE: _late,
    OfferState.UNDELIVERABLE: _undeliverable,
    OfferState.WITHDRAWN: _withdrawn,
    OfferState.CANCELLED: _cancelled,
    OfferState.UNUSED: _unused,
}


def fresh(offer: Offer) -> Offer:
    """As a link opens it: read anew from the database."""
    return Offer.objects.select_related("entry", "dose", "release__centre").get(pk=offer.pk)
