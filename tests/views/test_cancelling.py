"""A person who is called cannot open a link: staff cancel for them, once, and it is known who did."""

from __future__ import annotations

import pytest
from django.test import Client

from impfzentrum.models import AuditEvent, Message, Offer
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.states import DoseState, EntryState, OfferState
from impfzentrum.vocabulary import Role
from tests.conftest import World
from tests.factories import NOON, ask
from tests.procedures.calling import ask_by_phone
from tests.views.staff import log_in, make_member, make_neighbour

pytestmark = pytest.mark.usefixtures("saturday_noon")

PAGE = "/zentrum/korbach/freigabe/1/dosis/1/absage/"


@pytest.fixture
def client(world: World) -> Client:
    return log_in(world.staff)


@pytest.fixture
def promised(world: World) -> Offer:
    offer = ask_by_phone(world)
    accept_offer(offer, now=NOON)
    return Offer.objects.select_related("entry", "dose").get(pk=offer.pk)


def test_the_page_is_found_from_today_and_shows_who_it_is(client: Client, promised: Offer) -> None:
    assert PAGE in client.get("/zentrum/korbach/").content.decode()
    page = client.get(PAGE).content.decode()
    assert promised.dose is not None
    for told in (promised.entry.family_name, promised.dose.check_in_code, "Ja, Termin absagen"):
        assert told in page
    promised.refresh_from_db()
    assert promised.state == OfferState.ACCEPTED, "looking changes nothing"


def test_the_dose_is_given_back_once_and_it_is_known_by_whom(world: World, client: Client, promised: Offer) -> None:
    sent = {"offer": str(promised.public_id)}
    for _tap in range(2):
        answer = client.post(PAGE, sent, follow=True)
        assert "Eingetragen: Absage." in answer.content.decode()
    promised.refresh_from_db()
    promised.entry.refresh_from_db()
    assert promised.dose is not None
    assert (promised.state, promised.dose.state) == (OfferState.CANCELLED, DoseState.FREE)
    assert promised.entry.state == EntryState.WAITING
    [event] = AuditEvent.objects.filter(action="cancelled")
    assert event.actor == world.staff
    assert not Message.objects.filter(template="cancelled").exclude(state="lapsed").exists(), "nobody calls about it"
    assert client.get(PAGE).status_code == 404


def test_an_old_page_does_not_take_the_dose_of_the_next_person(world: World, client: Client) -> None:
    world.entries(2)
    release = world.release(doses=1)
    [first] = ask(release)
    accept_offer(first, now=NOON)
    old = {"offer": str(first.public_id)}
    client.post(PAGE, old)
    [second] = ask(release)
    accept_offer(second, now=NOON)
    client.post(PAGE, old)
    second.refresh_from_db()
    assert second.state == OfferState.ACCEPTED


def test_who_is_in_already_cannot_cancel(client: Client, promised: Offer) -> None:
    assert promised.dose is not None
    type(promised.dose).objects.filter(pk=promised.dose.pk).update(state=DoseState.ARRIVED)
    answer = client.post(PAGE, {"offer": str(promised.public_id)})
    assert (answer.status_code, "schon im Impfzentrum angemeldet" in answer.content.decode()) == (409, True)


def test_others_may_not(world: World, promised: Offer) -> None:
    auditor = log_in(make_member(world.centre, Role.COUNTY_AUDITOR))
    assert auditor.get(PAGE).status_code == 403
    assert (
        log_in(make_member(make_neighbour(world), Role.CENTRE_STAFF, username="nebenan"))
        .post(PAGE, {"offer": str(promised.public_id)})
        .status_code
        == 404
    )
    assert Client().get(PAGE).status_code == 302
    promised.refresh_from_db()
    assert promised.state == OfferState.ACCEPTED
