"""The pages of calls: tasks on the dashboard, name and number only for who has taken the call."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from impfzentrum.models import Message, Offer
from impfzentrum.procedures.hand_picking import consent_to_hand_pick, propose_hand_pick
from impfzentrum.procedures.phoning import note_not_reached, take_call
from impfzentrum.procedures.sweeping import sweep
from impfzentrum.vocabulary import Role
from tests.conftest import World
from tests.factories import NOON
from tests.procedures.calling import LANDLINE, ask_by_phone, callable_entry, the_call
from tests.procedures.picking import order
from tests.views.staff import ROLES, find_version, log_in, make_member, make_neighbour, make_stranger

pytestmark = pytest.mark.usefixtures("saturday_noon")

TODAY = "/zentrum/korbach/"
HTMX = {"HX-Request": "true"}
NUMBER = "069 90009123"


@pytest.fixture
def client(world: World) -> Client:
    return log_in(world.staff)


def page_of(call: Message) -> str:
    return f"{TODAY}anruf/{call.reference}/"


def see(client: Client, page: str) -> str:
    return client.get(page).content.decode()


def press(client: Client, call: Message, action: str) -> str:
    return client.post(page_of(call), {"action": action}, follow=True).content.decode()


def test_a_call_stands_on_the_dashboard_without_the_person(world: World, client: Client) -> None:
    offer = ask_by_phone(world)
    text = see(client, TODAY)
    assert "Bitte anrufen" in text
    assert "Angebot Comirnaty, Gruppe 2" in text
    assert "bitte bis 12:02 Uhr übernehmen, noch 2 Minuten" in text
    assert page_of(the_call()) in text
    for private in (offer.entry.family_name, LANDLINE, NUMBER):
        assert private not in text
    assert "Bitte anrufen" in see(client, f"{TODAY}freigabe/1/"), "who has just released looks at this page"


def test_name_and_number_are_there_for_who_takes_the_call(world: World, client: Client, colleague: Client) -> None:
    offer = ask_by_phone(world, second_phone="+496990009124", call_hint="lange klingeln lassen")
    call = the_call()
    before = see(client, page_of(call))
    assert "Ich rufe jetzt an" in before
    after = press(client, call, "take")
    for told in (offer.entry.family_name, NUMBER, "069 90009124", "lange klingeln lassen", "noch kein Termin"):
        assert told in after
        assert told not in before
        assert told not in see(colleague, page_of(call))
    assert "12:15 Uhr" in after
    assert "staff ruft seit 12:00 Uhr an" in see(colleague, page_of(call))
    assert "staff ruft seit 12:00 Uhr an" in see(colleague, TODAY)
    second = colleague.post(page_of(call), {"action": "take"})
    assert second.status_code == 409
    assert "staff (Impfzentrum) ruft diese Person seit 12:00 Uhr an." in second.content.decode()


def test_after_a_yes_place_time_and_code_are_read_out(world: World, client: Client, colleague: Client) -> None:
    offer = ask_by_phone(world)
    call = the_call()
    press(client, call, "take")
    text = press(client, call, "yes")
    code = Offer.objects.get(pk=offer.pk).dose.check_in_code  # type: ignore[union-attr]
    for told in (code, "Südring 2", "12:30 und 17:45 Uhr", "Bitte lesen Sie jetzt vor"):
        assert told in text
    assert code not in see(colleague, page_of(call))
    assert "Bitte anrufen" not in see(client, TODAY)
    with time_machine.travel(NOON + timedelta(hours=6), tick=False):
        assert offer.entry.family_name not in see(client, page_of(call)), "later this page names nobody"


@pytest.mark.parametrize(
    ("action", "state", "sentence"),
    [
        ("no", "declined", "Eingetragen: Absage."),
        ("not_reached", "open", "Eingetragen: nicht erreicht."),
        ("wrong_number", "undeliverable", "Eingetragen: falsche Nummer."),
    ],
)
def test_every_other_outcome_leads_back_to_the_day(
    world: World, client: Client, action: str, state: str, sentence: str
) -> None:
    offer = ask_by_phone(world)
    call = the_call()
    press(client, call, "take")
    assert sentence in press(client, call, action)
    assert Offer.objects.get(pk=offer.pk).state == state
    second = client.post(page_of(call), {"action": action})
    assert second.status_code == (302 if action == "no" else 409), "twice no is one no, the rest is done"


def test_a_yes_that_comes_too_late_says_so(world: World, client: Client) -> None:
    ask_by_phone(world)
    call = the_call()
    press(client, call, "take")
    with time_machine.travel(NOON + timedelta(minutes=16), tick=False):
        answer = client.post(page_of(call), {"action": "yes"})
    assert answer.status_code == 409
    assert "Dieses Angebot galt bis 12:15 Uhr." in answer.content.decode()


def test_a_given_dose_and_a_pause_are_told(world: World, client: Client, colleague: Client) -> None:
    second = make_member(world.centre, Role.CENTRE_LEAD, username="lead")
    entry = callable_entry(world)
    pick = propose_hand_pick(order(world.release(), entry), by=world.staff, now=NOON)
    consent_to_hand_pick(pick, by=second, now=NOON)
    call = the_call(template="place_and_time")
    assert "Termin mitteilen, Comirnaty" in see(client, TODAY)
    text = press(client, call, "take")
    assert "Sie haben heute einen Impftermin." in text
    assert "Eingetragen: Die Person weiß Bescheid." in press(client, call, "told")


def test_who_was_not_reached_three_times_is_asked_whether_to_go_on(world: World, client: Client) -> None:
    world.county.unanswered_limit = 1
    world.county.save()
    offer = ask_by_phone(world)
    take_call(the_call(offer), by=world.staff, now=NOON)
    note_not_reached(the_call(offer), by=world.staff, now=NOON)
    with time_machine.travel(NOON + timedelta(minutes=16), tick=False):
        sweep(now=NOON + timedelta(minutes=16))
        call = the_call(template="paused")
        assert "Sollen wir Sie weiter anrufen" in press(client, call, "take")
        press(client, call, "resume")
    offer.entry.refresh_from_db()
    assert offer.entry.state == "waiting"


def test_the_day_says_how_many_were_not_called(world: World, client: Client) -> None:
    ask_by_phone(world)
    sweep(now=NOON + timedelta(minutes=3))
    assert "1 Person bekam heute kein Angebot, weil niemand angerufen hat." in see(client, TODAY)


@pytest.mark.parametrize("role", ROLES)
def test_only_staff_of_the_centre_see_its_calls(world: World, role: Role) -> None:
    ask_by_phone(world)
    call = the_call()
    own = log_in(make_member(world.centre, role))
    expected = 200 if role in (Role.CENTRE_STAFF, Role.CENTRE_LEAD, Role.COUNTY_ADMIN) else 403
    assert own.get(page_of(call)).status_code == expected
    assert own.get(f"{TODAY}anmelden/").status_code == expected


def test_a_call_of_another_centre_is_not_there(world: World, client: Client) -> None:
    ask_by_phone(world)
    call = the_call()
    neighbour = log_in(make_member(make_neighbour(world), Role.CENTRE_STAFF))
    stranger = log_in(make_member(make_stranger()[0], Role.CENTRE_LEAD))
    for other in (neighbour, stranger):
        assert other.get(page_of(call)).status_code == 404
        assert other.post(page_of(call), {"action": "take"}).status_code == 404
        assert other.post(f"{TODAY}anmelden/", {}).status_code == 404
    assert neighbour.get(f"/zentrum/bad-wildungen/anruf/{call.reference}/").status_code == 404
    assert the_call().state == "queued"
    assert client.get(f"{TODAY}anruf/{uuid4()}/").status_code == 404
    assert Client().get(page_of(call)).status_code == 302


def test_looking_at_a_call_changes_nothing(
    world: World, client: Client, nothing_is_written: Callable[[], AbstractContextManager[None]]
) -> None:
    ask_by_phone(world)
    with nothing_is_written():
        client.get(page_of(the_call()))
        client.get(TODAY)
    assert client.post(page_of(the_call()), {"action": "nonsense"}).status_code == 200
    assert the_call().state == "queued"


def test_the_poll_of_a_call_brings_no_button_and_nothing_twice(world: World, client: Client, colleague: Client) -> None:
    ask_by_phone(world)
    call = the_call()
    part = client.get(page_of(call), headers=HTMX).content.decode()
    assert "csrfmiddlewaretoken" not in part
    assert client.get(page_of(call), {"stand": find_version(part)}, headers=HTMX).status_code == 204
    colleague.post(page_of(call), {"action": "take"})
    assert client.get(page_of(call), {"stand": find_version(part)}, headers=HTMX).status_code == 200


@pytest.mark.parametrize("tasks", [1, 3])
def test_queries_do_not_grow_with_the_calls(
    world: World, client: Client, django_assert_num_queries: Callable[[int], AbstractContextManager[object]], tasks: int
) -> None:
    for _ in range(tasks):
        callable_entry(world)
    release = world.release(doses=3)
    sweep(now=NOON)
    assert release.offers.count() == tasks
    with django_assert_num_queries(26):
        response = client.get(TODAY)
    assert len(response.context["calls"]) == tasks
    with django_assert_num_queries(18):
        client.get(TODAY, headers=HTMX)
