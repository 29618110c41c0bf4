"""A day with people who have accepted, for the tests of the day list and the door."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from django.test import Client

from impfzentrum.models import Offer
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.procedures.opening_list import open_list
from tests.conftest import World
from tests.factories import NOON, ask
from tests.procedures.played import fresh
from tests.views.staff import log_in

LIST = "/zentrum/korbach/tagesliste/"
DOOR = "/zentrum/korbach/einlass/"


def people(world: World) -> list[Offer]:
    """Three who have accepted: Ayşe Yılmaz, Erika von der Schulenburg (needs help), Karl Yildiz."""
    world.entry(given_name="Ayşe", family_name="Yılmaz", priority_group=1, birth_date=date(1950, 4, 1))
    world.entry(
        given_name="Erika", family_name="von der Schulenburg", priority_group=1, interpreter="tr", needs="wheelchair"
    )
    world.entry(given_name="Karl", family_name="Yildiz", priority_group=1)
    return coming(world, 3)


def coming(world: World, count: int) -> list[Offer]:
    """So many of those who wait have accepted."""
    offers = ask(world.release(doses=count))
    for offer in offers:
        accept_offer(offer, now=NOON)
    return sorted((fresh(offer) for offer in offers), key=lambda offer: offer.entry_id)


def at_the_door(world: World) -> Client:
    """Staff of the centre who have opened today's list."""
    open_list(world.centre, by=world.staff, now=NOON)
    return log_in(world.staff)


def code_of(offer: Offer) -> str:
    dose = fresh(offer).dose
    assert dose is not None
    return dose.check_in_code


def page_of(offer: Offer) -> str:
    return f"{DOOR}{offer.public_id}/"


def tap(client: Client, offer: Offer, state: str, **more: Any) -> Any:
    """Press a button on the page of a person."""
    return client.post(page_of(offer), {"state": state, "form_key": str(uuid4()), **more})
