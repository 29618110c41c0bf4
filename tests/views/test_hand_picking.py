"""The pages of a dose given by hand: finding, proposing, consenting, and who may not."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from impfzentrum.models import AuditEvent, Dose, HandPick, Offer, Release, StandbyEntry
from impfzentrum.procedures.hand_picking import consent_to_hand_pick
from impfzentrum.procedures.releasing import stop_release
from impfzentrum.vocabulary import Role
from tests import factories
from tests.conftest import World
from tests.factories import NOON, ask
from tests.procedures.picking import NOTE, SECOND, propose
from tests.views.staff import log_in, make_member, make_neighbour, make_stranger

TODAY, LIVE = "/zentrum/korbach/", "/zentrum/korbach/freigabe/1/"
PICK = f"{LIVE}von-hand/"
BORN = "4.1.1950"


@pytest.fixture(autouse=True)
def saturday_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def client(world: World) -> Client:
    return log_in(world.staff)


@pytest.fixture
def colleague(world: World) -> Client:
    return log_in(make_member(world.centre, Role.CENTRE_STAFF, username=SECOND))


def see(client: Client, page: str) -> str:
    return client.get(page).content.decode()


def search(client: Client, birth_date: str = BORN, letters: str = "") -> str:
    return client.post(PICK, {"birth_date": birth_date, "letters": letters, "action": "search"}).content.decode()


def proposal(entry: StandbyEntry, **typed: str) -> dict[str, str]:
    values = {
        "action": "propose",
        "birth_date": BORN,
        "letters": "",
        "person": str(entry.public_id),
        "reason": "on_site",
        "note": NOTE,
        "agreed": "on",
        "form_key": str(uuid.uuid4()),
    }
    return values | typed


def decision_page(pick: HandPick) -> str:
    return reverse("centre:decide_hand_pick", args=["korbach", pick.release.number, pick.public_id])


def test_the_whole_way(world: World, client: Client, colleague: Client) -> None:
    person = world.entry(family_name="Yılmaz")
    world.release()
    assert f'href="{PICK}"' in see(client, LIVE)
    page = search(client, letters="yil")
    assert "Yılmaz, Erika, Gruppe 2, 1. Impfung, 20 Minuten entfernt" in page
    assert f'value="{person.public_id}"' in page
    sent = client.post(PICK, proposal(person), follow=True)
    assert sent.redirect_chain == [(LIVE, 302)]
    assert "Jetzt muss eine zweite Person zustimmen." in sent.content.decode()
    address = decision_page(HandPick.objects.get())
    for page in (TODAY, LIVE):
        assert "Sie selbst können nicht zustimmen" in see(client, page)
        assert "schlägt das seit 12:00 Uhr vor" in see(colleague, page)
        assert address in see(colleague, page)
    shown = see(colleague, address)
    for words in ("Yılmaz, Erika", "04.01.1950", "Gruppe 2", NOTE, "staff, 12:00 Uhr", "12:15 Uhr"):
        assert words in shown
    given = colleague.post(address, {"decision": "consent"}, follow=True).content.decode()
    assert "Die Dosis ist vergeben." in given
    assert "1 von 1 vergeben" in given
    assert "Dosis 1 zu zweit von Hand vergeben: ist vor Ort, die Dosis verfällt sonst in Minuten" in given
    assert "Yılmaz, Erika" in see(client, TODAY)
    assert "Zustimmung nötig" not in see(colleague, TODAY) + see(colleague, LIVE)


def test_who_proposed_sees_that_they_cannot_consent_and_cannot(world: World, client: Client) -> None:
    pick = propose(world, world.release(), world.entry())
    page = see(client, decision_page(pick))
    assert "Sie selbst können nicht zustimmen" in page
    assert 'value="consent"' not in page
    assert 'value="refuse"' not in page
    for decision in ("consent", "refuse"):
        response = client.post(decision_page(pick), {"decision": decision})
        assert response.status_code == 409
        assert "Entscheiden muss eine zweite Person." in response.content.decode()
    assert not Offer.objects.exists()
    withdrawn = client.post(decision_page(pick), {"decision": "withdraw"}, follow=True).content.decode()
    assert "Ihr Vorschlag ist zurückgezogen." in withdrawn


def test_a_colleague_refuses(world: World, client: Client, colleague: Client) -> None:
    pick = propose(world, world.release(), world.entry())
    assert 'value="withdraw"' not in see(colleague, decision_page(pick))
    assert colleague.post(decision_page(pick), {"decision": "withdraw"}).status_code == 409
    page = colleague.post(decision_page(pick), {"decision": "refuse"}, follow=True).content.decode()
    assert "Der Vorschlag ist abgelehnt." in page
    assert "Vergabe von Hand abgelehnt: ist vor Ort" in see(client, LIVE)


def test_who_comes_second_hears_what_was_decided(world: World, colleague: Client) -> None:
    pick = propose(world, world.release(), world.entry())
    third = make_member(world.centre, Role.CENTRE_LEAD)
    consent_to_hand_pick(pick, by=third, now=NOON)
    response = colleague.post(decision_page(pick), {"decision": "consent"}, follow=True)
    assert "Über diesen Vorschlag ist schon entschieden: vergeben." in response.content.decode()
    assert colleague.get(decision_page(pick)).headers["Location"] == LIVE


def test_two_taps_on_each_button_are_one_step(world: World, client: Client, colleague: Client) -> None:
    world.release(doses=2)
    sent = proposal(world.entry())
    for _tap in range(2):
        assert client.post(PICK, sent).headers["Location"] == LIVE
    pick = HandPick.objects.get()
    for _tap in range(2):
        page = colleague.post(decision_page(pick), {"decision": "consent"}, follow=True).content.decode()
        assert "Die Dosis ist vergeben." in page
    assert Dose.objects.filter(state="confirmed").count() == 1
    assert AuditEvent.objects.filter(action__startswith="hand_pick").count() == 2


def test_who_is_not_eligible_is_shown_with_why_and_cannot_be_chosen(world: World, client: Client) -> None:
    paused = world.entry(family_name="Abend", state="paused")
    world.entry(family_name="Morgen")
    world.release()
    page = search(client)
    assert f'value="{paused.public_id}"' not in page
    assert page.index("Morgen, Erika") < page.index("Abend, Erika")
    assert "wartet gerade nicht (gefragt, zugesagt oder pausiert)" in page
    response = client.post(PICK, proposal(paused))
    assert response.status_code == 422
    assert "Diese Person kommt nicht mehr infrage." in response.content.decode()
    assert not HandPick.objects.exists()


def test_the_only_person_is_no_longer_eligible(world: World, client: Client) -> None:
    person = world.entry()
    world.release()
    StandbyEntry.objects.update(state="paused")
    page = client.post(PICK, proposal(person)).content.decode()
    assert "Diese Person kommt nicht mehr infrage" in page
    assert "wartet gerade nicht" in page


@pytest.mark.parametrize(
    ("letters", "found"),
    [
        ("", ["Groß", "Müller-Lüdenscheidt", "von der Schulenburg", "Wójcik"]),
        ("mu", ["Müller-Lüdenscheidt"]),
        ("LÜD", ["Müller-Lüdenscheidt"]),
        ("schul", ["von der Schulenburg"]),
        ("von der", ["von der Schulenburg"]),
        ("GROSS", ["Groß"]),
        ("woj", ["Wójcik"]),
        ("x", []),
    ],
)
def test_names_are_found_by_their_beginning(world: World, client: Client, letters: str, found: list[str]) -> None:
    for name in ("von der Schulenburg", "Müller-Lüdenscheidt", "Wójcik", "Groß"):
        world.entry(family_name=name)
    world.entry(family_name="Gross", birth_date=date(1951, 1, 4))
    world.release()
    response = client.post(PICK, {"birth_date": BORN, "letters": letters})
    assert [one.entry.family_name for one in response.context["found"].people] == found
    assert ("Auf der Liste steht niemand mit diesen Angaben" in response.content.decode()) == (not found)


def test_of_many_born_on_one_day_letters_are_asked_for(world: World, client: Client) -> None:
    world.entries(21)
    world.release()
    assert "Bitte geben Sie auch den Anfang des Familiennamens ein." in search(client)
    assert len(client.post(PICK, {"birth_date": BORN}).context["found"].people) == 20


def test_only_this_centres_list_is_searched(world: World, client: Client) -> None:
    stranger, _release = make_stranger()
    neighbour = make_neighbour(world)
    factories.make_entry(neighbour, world.campaign, world.vaccine)
    factories.make_entry(stranger, stranger.county.campaigns.get(), world.vaccine)
    world.entry(state="left")
    world.entry(state="unconfirmed", mobile_confirmed_at=None)
    world.release()
    assert "Auf der Liste steht niemand mit diesen Angaben" in search(client)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"birth_date": ""}, "Bitte geben Sie das Geburtsdatum ein."),
        ({"birth_date": "31.2.1950"}, "Diesen Tag gibt es nicht"),
        ({"birth_date": "gestern"}, "Bitte schreiben Sie das Datum so: 1.4.1950."),
        ({"letters": "M1"}, "In diesem Feld stehen Ziffern."),
        ({"person": ""}, "Bitte wählen Sie eine Person."),
        ({"person": "x"}, "Diese Person kommt nicht mehr infrage."),
        ({"reason": ""}, "Bitte wählen Sie einen Grund."),
        ({"reason": "sympathy"}, "Bitte wählen Sie einen Grund aus der Liste."),
        ({"note": ""}, "Bitte begründen Sie es in einem Satz."),
        ({"note": "  ja  bitte "}, "Bitte schreiben Sie mindestens 10 Zeichen."),
        ({"note": "x" * 201}, "Bitte höchstens 200 Zeichen."),
        ({"agreed": ""}, "Bitte fragen Sie zuerst die Person"),
    ],
)
def test_bad_input_is_told_and_nothing_typed_is_lost(
    world: World, client: Client, typed: dict[str, str], sentence: str
) -> None:
    person = world.entry()
    world.release()
    sent = proposal(person, **typed)
    if typed.get("agreed") == "":
        del sent["agreed"]
    response = client.post(PICK, sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert "Fehler:" in page
    if not response.context["search"].errors:
        assert f">\n{sent['note']}</textarea>" in page
        assert f'name="birth_date" value="{sent["birth_date"]}"' in page
        assert ("checked" in page) == (sent["person"] == str(person.public_id) or "agreed" in sent)
    assert not HandPick.objects.exists()


@pytest.mark.parametrize("form_key", ["", "x", "a\x00b"])
def test_a_damaged_form_key_loses_nothing(world: World, client: Client, form_key: str) -> None:
    world.release()
    assert client.post(PICK, proposal(world.entry(), form_key=form_key)).headers["Location"] == LIVE
    assert HandPick.objects.count() == 1


@pytest.mark.parametrize("field", ["birth_date", "letters", "person", "reason", "note"])
def test_a_null_byte_is_refused_kindly(world: World, client: Client, field: str) -> None:
    world.release()
    assert client.post(PICK, proposal(world.entry(), **{field: "a\x00b"})).status_code == 422


def test_without_a_free_dose_the_page_says_so(world: World, client: Client) -> None:
    world.entry(birth_date=date(1940, 1, 1))
    ask(world.release())
    assert "Zurzeit ist keine Dosis frei, ein Vorschlag geht erst, wenn eine frei wird." in see(client, PICK)
    response = client.post(PICK, proposal(world.entry()))
    assert response.status_code == 422
    assert "Zurzeit ist keine Dosis frei." in response.content.decode()


def test_consent_that_is_no_longer_possible_says_why(world: World, colleague: Client) -> None:
    person = world.entry()
    pick = propose(world, world.release(), person)
    StandbyEntry.objects.filter(pk=person.pk).update(cool_down_until=NOON + timedelta(hours=1))
    response = colleague.post(decision_page(pick), {"decision": "consent"})
    assert response.status_code == 409
    assert "Diese Person darf die Dosis nicht bekommen: wurde gerade erst gefragt." in response.content.decode()


@pytest.mark.parametrize("decision", ["", "perhaps"])
def test_an_unknown_decision_decides_nothing(world: World, colleague: Client, decision: str) -> None:
    pick = propose(world, world.release(), world.entry())
    assert colleague.post(decision_page(pick), {"decision": decision}).status_code == 200
    pick.refresh_from_db()
    assert pick.state == "proposed"


def test_a_release_that_is_over_is_shown_instead(world: World, client: Client, colleague: Client) -> None:
    release = world.release()
    pick = propose(world, release, world.entry())
    stop_release(release, by=world.staff, now=NOON)
    assert client.get(PICK).headers["Location"] == LIVE
    assert colleague.get(decision_page(pick)).headers["Location"] == LIVE
    page = colleague.post(decision_page(pick), {"decision": "consent"}, follow=True).content.decode()
    assert "Diese Freigabe läuft nicht mehr." in page
    assert "Zustimmung nötig" not in see(colleague, TODAY)


@pytest.mark.parametrize("role", Role)
def test_nobody_from_elsewhere_proposes_or_consents(world: World, role: Role) -> None:
    person = world.entry()
    pick = propose(world, world.release(), person)
    stranger, _release = make_stranger()
    away = [make_member(stranger, role, username="stranger")]
    if role != Role.COUNTY_ADMIN:  # who runs the county works in all its centres
        away.append(make_member(make_neighbour(world), role, username="neighbour"))
    for user in away:
        client = log_in(user)
        answers = [
            client.get(PICK),
            client.post(PICK, proposal(person)),
            client.get(decision_page(pick)),
            *(client.post(decision_page(pick), {"decision": one}) for one in ("consent", "refuse", "withdraw")),
        ]
        assert {answer.status_code for answer in answers} == {
            404 if role in (Role.CENTRE_STAFF, Role.CENTRE_LEAD, Role.COUNTY_ADMIN) else 403
        }
        assert not any(b"Muster" in answer.content for answer in answers)
    assert HandPick.objects.get().state == "proposed"


@pytest.mark.parametrize("role", [Role.COUNTY_AUDITOR, Role.OPERATOR])
def test_roles_without_a_centre_do_not_decide(world: World, role: Role) -> None:
    pick = propose(world, world.release(), world.entry())
    client = log_in(make_member(world.centre, role))
    assert client.post(decision_page(pick), {"decision": "consent"}).status_code == 403


def test_a_proposal_is_found_only_under_its_own_release(world: World, colleague: Client) -> None:
    pick = propose(world, world.release(), world.entry())
    world.release()
    wrong = reverse("centre:decide_hand_pick", args=["korbach", 2, pick.public_id])
    assert colleague.get(wrong).status_code == colleague.post(wrong, {"decision": "consent"}).status_code == 404
    gone = reverse("centre:decide_hand_pick", args=["korbach", 1, uuid.uuid4()])
    assert colleague.get(gone).status_code == 404


def test_a_forged_post_is_refused(world: World) -> None:
    pick = propose(world, world.release(), world.entry())
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_member(world.centre, Role.CENTRE_STAFF, username=SECOND))
    for page, sent in ((PICK, proposal(world.entry())), (decision_page(pick), {"decision": "consent"})):
        assert client.post(page, sent).status_code == 403
    assert HandPick.objects.get().state == "proposed"


def test_no_address_and_no_log_holds_personal_data(
    world: World, client: Client, colleague: Client, caplog: pytest.LogCaptureFixture
) -> None:
    person = world.entry(family_name="Sonderbar")
    world.release()
    with caplog.at_level(logging.DEBUG):
        page = search(client, letters="Sonder")
        client.post(PICK, proposal(person))
        shown = see(colleague, decision_page(HandPick.objects.get()))
    for text in (page, shown):
        links = [part.split('"')[0] for name in ('href="', 'action="', 'hx-get="') for part in text.split(name)[1:]]
        assert not any("Sonder" in link or "1950" in link or str(person.public_id) in link for link in links)
    assert "Sonderbar" not in caplog.text
    assert "1950" not in caplog.text


def test_looking_writes_nothing(
    world: World, client: Client, colleague: Client, nothing_is_written: Callable[[], AbstractContextManager[None]]
) -> None:
    pick = propose(world, world.release(), world.entry())
    with nothing_is_written():
        client.get(PICK)
        search(client)
        colleague.get(decision_page(pick))


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow(
    world: World,
    client: Client,
    colleague: Client,
    django_assert_num_queries: Callable[[int], AbstractContextManager[object]],
    rows: int,
) -> None:
    release: Release = world.release(doses=rows)
    people = world.entries(rows)
    with django_assert_num_queries(14):
        search(client)
    for person in people:
        propose(world, release, person)
    with django_assert_num_queries(18):
        assert len(colleague.get(TODAY).context["open_hand_picks"]) == rows
    with django_assert_num_queries(9):
        assert len(colleague.get(LIVE).context["open_hand_picks"]) == rows
