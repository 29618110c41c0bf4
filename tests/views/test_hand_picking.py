"""The pages of a dose given by hand: finding, proposing, consenting, and who may not."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from impfzentrum.models import AuditEvent, Dose, HandPick, Offer, Release, StandbyEntry
from impfzentrum.procedures.hand_picking import consent_to_hand_pick
from impfzentrum.procedures.releasing import stop_release
from impfzentrum.vocabulary import Role
from tests.conftest import World
from tests.factories import NOON
from tests.procedures.picking import NOTE, SECOND, propose
from tests.views.hand_picks import LIVE, PICK, TODAY, decision_page, proposal, search, see
from tests.views.staff import log_in, make_member, make_neighbour, make_stranger

pytestmark = pytest.mark.usefixtures("saturday_noon")


@pytest.fixture
def client(world: World) -> Client:
    return log_in(world.staff)


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
    with django_assert_num_queries(13):
        search(client)
    for person in people:
        propose(world, release, person)
    with django_assert_num_queries(26):
        assert len(colleague.get(TODAY).context["open_hand_picks"]) == rows
    with django_assert_num_queries(11):
        assert len(colleague.get(LIVE).context["open_hand_picks"]) == rows
