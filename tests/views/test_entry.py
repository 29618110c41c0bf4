"""Proving the contact, and the personal page: what it tells and what it lets people do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from impfzentrum.models import ContactProof, StandbyEntry
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.procedures.proving import start_proof
from impfzentrum.states import EntryState
from impfzentrum.vocabulary import Channel
from tests.conftest import World
from tests.factories import NOON, ask
from tests.views.citizens import error_beside, text_of

NothingWritten = Callable[[], AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def new(world: World) -> StandbyEntry:
    """Somebody who has signed up with both contacts and proved none."""
    both = {"mobile_confirmed_at": None, "email": "erika@example.org", "email_confirmed_at": None}
    return world.entry(state=EntryState.UNCONFIRMED, **both)


@pytest.fixture
def by_sms(new: StandbyEntry) -> ContactProof:
    return start_proof(new, Channel.SMS, now=NOON)


@pytest.fixture
def by_email(new: StandbyEntry) -> ContactProof:
    return start_proof(new, Channel.EMAIL, now=NOON)


def status_of(entry: StandbyEntry, step: str = "") -> str:
    return f"/s/{entry.token}/{step}"


def state_of(entry: StandbyEntry) -> str:
    return StandbyEntry.objects.get(pk=entry.pk).state


# --- the code of the SMS


def test_the_right_code_leads_to_the_personal_page(client: Client, by_sms: ContactProof) -> None:
    page = client.post(f"/b/{by_sms.token}/", {"code": f" {by_sms.code[:3]} {by_sms.code[3:]} "}, follow=True)
    assert page.redirect_chain == [(status_of(by_sms.entry), 303)]
    assert "Ihr Kontakt ist bestätigt" in text_of(page)
    assert state_of(by_sms.entry) == "waiting"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("", "Bitte geben Sie den Code aus der SMS ein."),
        ("12345", "Der Code hat sechs Ziffern."),
        ("abcdef", "Der Code hat sechs Ziffern."),
        ("١٢٣٤٥٦", "Der Code"),
        ("🙂" * 300, "Der Code hat sechs Ziffern."),
    ],
)
def test_what_is_no_code(client: Client, by_sms: ContactProof, code: str, expected: str) -> None:
    page = client.post(f"/b/{by_sms.token}/", {"code": code})
    assert (page.status_code, expected in error_beside(page, "code")) == (422, True)


def test_a_wrong_code_counts_the_tries(client: Client, by_sms: ContactProof) -> None:
    wrong = {"code": "000000" if by_sms.code != "000000" else "111111"}
    sentences = [error_beside(client.post(f"/b/{by_sms.token}/", wrong), "code") for _try in range(6)]
    assert sentences[0] == "Der Code stimmt nicht. Übrige Versuche: 4."
    assert sentences[-1] == "Dieser Code gilt nicht mehr. Bitte fordern Sie einen neuen an."
    assert state_of(by_sms.entry) == "unconfirmed"


def test_a_new_code(client: Client, by_sms: ContactProof, clock: time_machine.Traveller) -> None:
    again = f"/b/{by_sms.token}/neu/"
    assert "Den nächsten gibt es frühestens in 6" in text_of(client.post(again, follow=True))
    clock.shift(timedelta(minutes=2))
    page = client.post(again, follow=True)
    fresh = ContactProof.objects.latest("created_at")
    assert page.redirect_chain == [(f"/b/{fresh.token}/", 303)]
    assert fresh != by_sms


# --- the link of the e-mail


def test_opening_the_link_proves_nothing(
    client: Client, by_email: ContactProof, nothing_is_written: NothingWritten
) -> None:
    with nothing_is_written():
        page = client.get(f"/b/{by_email.token}/")
    assert "Bestätigen" in text_of(page)
    assert state_of(by_email.entry) == "unconfirmed"


def test_the_button_behind_the_link_proves(client: Client, by_email: ContactProof) -> None:
    for _twice in range(2):
        assert client.post(f"/b/{by_email.token}/")["Location"] == status_of(by_email.entry)
    assert state_of(by_email.entry) == "waiting"


def test_an_old_link_offers_a_new_one(client: Client, by_email: ContactProof, clock: time_machine.Traveller) -> None:
    clock.shift(timedelta(days=3))
    page = client.post(f"/b/{by_email.token}/")
    assert (page.status_code, "Dieser Link gilt nicht mehr" in text_of(page)) == (409, True)
    page = client.post(f"/b/{by_email.token}/neu/", follow=True)
    assert page.redirect_chain == [("/waldeck-frankenberg/anmelden/post/", 303)]
    assert ContactProof.objects.latest("created_at").token not in page.content.decode()


# --- the personal page


def test_the_page_tells_what_it_knows(client: Client, world: World, nothing_is_written: NothingWritten) -> None:
    kita = world.campaign.rule_set.criteria.get(code="kita_grundschule")
    entry = world.entry(criterion=kita, email="erika@example.org", email_confirmed_at=None)
    with nothing_is_written():
        page = client.get(status_of(entry))
    words = text_of(page)
    assert "no-store" in page["Cache-Control"]
    for part in (
        "Sie stehen auf der Liste",
        "Ihre Gruppe ist an der Reihe",
        "Sie gehören zu Gruppe 2",
        "§ 3 CoronaImpfV",
        "Ausweis und Bescheinigung Ihrer Einrichtung",
        "4. Januar 1950",
        "0171 39",
        "erika@example.org, noch nicht bestätigt",
        "Impfzentrum Korbach, 20 Minuten von Ihnen",
    ):
        assert part in words


def test_a_group_by_age_and_a_group_that_waits(client: Client, world: World) -> None:
    old = world.entry(criterion=world.campaign.rule_set.criteria.get(code="alter_70"))
    assert "Wegen Ihres Alters" in text_of(client.get(status_of(old)))
    later = world.entry(priority_group=4)
    assert "Ihre Gruppe ist noch nicht an der Reihe" in text_of(client.get(status_of(later)))


def test_an_open_offer_and_an_appointment_are_linked(client: Client, world: World) -> None:
    entry = world.entry()
    offer = ask(world.release())[0]
    page = client.get(status_of(entry))
    assert ("12:15 Uhr" in text_of(page), f"/a/{offer.token}/" in page.content.decode()) == (True, True)
    accept_offer(offer, now=NOON)
    page = client.get(status_of(entry))
    assert "Comirnaty im Impfzentrum Korbach, heute zwischen 12:30 und 17:45 Uhr" in text_of(page)
    refused = client.post(status_of(entry, "pause/"), {"days": "3"})
    assert (refused.status_code, "steht auf „hat zugesagt“" in text_of(refused)) == (409, True)


def test_pausing_and_coming_back(client: Client, world: World) -> None:
    entry = world.entry()
    page = client.post(status_of(entry, "pause/"), {"days": "3"}, follow=True)
    assert "Bis Dienstag, 27. April, 12:00 Uhr, fragen wir Sie nicht" in text_of(page)
    assert "Schön, dass Sie wieder dabei sind" in text_of(client.post(status_of(entry, "weiter/"), follow=True))
    assert state_of(entry) == "waiting"
    page = client.post(status_of(entry, "pause/"), {"days": "0"}, follow=True)
    assert "erst wieder, wenn Sie sich melden" in text_of(page)


@pytest.mark.parametrize("days", ["", "5", "x", "-1"])
def test_a_pause_that_is_none(client: Client, world: World, days: str) -> None:
    entry = world.entry()
    assert client.post(status_of(entry, "pause/"), {"days": days}).status_code == 422
    assert state_of(entry) == "waiting"


def test_leaving_wipes_the_person(client: Client, world: World, nothing_is_written: NothingWritten) -> None:
    entry = world.entry()
    with nothing_is_written():
        assert "Möchten Sie von der Liste gehen?" in text_of(client.get(status_of(entry, "abmelden/")))
    words = text_of(client.post(status_of(entry, "abmelden/"), follow=True))
    assert "Sie sind abgemeldet" in words
    assert "Muster" not in words
    assert state_of(entry) == "left"


def test_already_vaccinated(client: Client, world: World, nothing_is_written: NothingWritten) -> None:
    entry = world.entry()
    with nothing_is_written():
        client.get(status_of(entry, "geimpft/"))
    assert "Sie sind geimpft" in text_of(client.post(status_of(entry, "geimpft/"), follow=True))


def test_the_second_contact_can_be_confirmed_later(client: Client, world: World) -> None:
    entry = world.entry(email="erika@example.org", email_confirmed_at=None)
    page = client.post(status_of(entry, "bestaetigen/"), {"channel": "email"}, follow=True)
    assert "Link per E-Mail geschickt" in text_of(page)
    again = client.post(status_of(entry, "bestaetigen/"), {"channel": "email"})
    assert (again.status_code, "Bitte warten Sie" in text_of(again)) == (409, True)
    assert client.post(status_of(entry, "bestaetigen/"), {"channel": "fax"}).status_code == 303


@pytest.mark.parametrize("step", ["weiter/", "bestaetigen/"])
def test_steps_that_need_a_button_have_no_page(client: Client, world: World, step: str) -> None:
    assert client.get(status_of(world.entry(), step)).status_code == 405


@pytest.mark.parametrize("path", ["/s/x/", "/s/x/pause/", "/s/x/geimpft/", "/s/x/abmelden/", "/b/x/"])
def test_a_forged_link_helps(client: Client, world: World, path: str) -> None:
    page = client.get(path)
    assert (page.status_code, "Diesen Link kennen wir nicht" in text_of(page)) == (404, True)


@pytest.mark.parametrize("state", [state for state in EntryState if state not in {"offered", "appointed"}])
def test_every_state_has_its_words(client: Client, world: World, state: EntryState) -> None:
    entry = world.entry(state=state)
    assert client.get(status_of(entry)).status_code == 200
