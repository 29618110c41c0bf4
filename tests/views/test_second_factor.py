"""The second step of the login: demanded everywhere, set up by the person, codes on paper for lost phones."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from pytest_django import Settings

from impfzentrum.models import AuditEvent, Authenticator, RecoveryCodes
from impfzentrum.procedures.second_factor import reset_second_factor
from impfzentrum.vocabulary import Role
from tests.conftest import World
from tests.factories import NOON
from tests.views.cells import address_of, ask
from tests.views.matrix import Scope, row_of
from tests.views.routes import list_routes
from tests.views.scene import GENERAL, set_scene
from tests.views.second_steps import CODE, LOGIN, SET_UP, code_of, equip, send_code, send_password, wrong_code
from tests.views.staff import log_in, make_member

pytestmark = pytest.mark.usefixtures("saturday_noon")

TODAY = "/zentrum/korbach/"


@pytest.fixture(autouse=True)
def demanded(settings: Settings) -> None:
    settings.SECOND_FACTOR = "required"


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def test_no_page_of_staff_opens_with_a_password_alone(world: World) -> None:
    """Every route of the site but the public ones, for every role, with a session that has seen no code."""
    scene, tried = set_scene(world), 0
    for route in list_routes(settings.ROOT_URLCONF):
        row = row_of(route.name, route.namespaces)
        if row is None or row.scope not in {Scope.CENTRE, Scope.COUNTY, Scope.LOGGED_IN, Scope.ADMIN}:
            continue
        address = address_of(route, row, scene.places[0])
        for person in scene.people:
            if person.role in {Role.CENTRE_STAFF, Role.COUNTY_ADMIN} or person.superuser:
                got, _written = ask(person, "GET", address)
                assert got.value in {"to the login", "405"}, f"{route.name} as {person.name}: {got.value}"
                tried += 1
    assert tried > 250
    assert GENERAL


def test_the_way_of_a_new_person(world: World, client: Client) -> None:
    response = send_password(client, address=f"{LOGIN}?next={TODAY}")
    assert response.headers["Location"] == SET_UP
    page = client.get(SET_UP).content.decode()
    device = Authenticator.objects.get(user=world.staff, confirmed=False)
    assert 'src="data:image/svg+xml' in page
    assert device.secret[:4] in page
    assert client.get(TODAY).status_code == 302, "half a login opens nothing"

    wrong = client.post(SET_UP, {"code": wrong_code(device)})
    assert wrong.status_code == 422
    with time_machine.travel(NOON + timedelta(seconds=5), tick=False):
        shown = client.post(SET_UP, {"code": code_of(device)})
    codes = re.findall(r"<li>(\w{5}-\w{5})</li>", shown.content.decode())
    assert len(set(codes)) == 10
    assert f'href="{TODAY}"' in shown.content.decode()
    assert client.get(TODAY).status_code == 200
    assert actions() == ["second_factor_set", "logged_in"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret, digests::text FROM impfzentrum_authenticator, impfzentrum_recoverycodes")
        stored = "".join(map(str, cursor.fetchone()))
    assert device.secret not in stored, "a dump must not hold the secret"
    assert not any(code.replace("-", "") in stored for code in codes)


def test_the_two_steps(world: World, client: Client) -> None:
    device, _codes = equip(world.staff)
    assert send_password(client, address=f"{LOGIN}?next={TODAY}").headers["Location"] == CODE
    assert client.get(TODAY).status_code == 302
    assert send_code(client, wrong_code(device)).status_code == 422
    with time_machine.travel(NOON + timedelta(seconds=60), tick=False):
        assert send_code(client, code_of(device)).headers["Location"] == TODAY
        assert client.get(TODAY).status_code == 200
    assert actions()[-2:] == ["second_factor_failed", "logged_in"]


def test_a_code_counts_once(world: World, client: Client) -> None:
    device, _codes = equip(world.staff)
    send_password(client)
    response = send_code(client, code_of(device))  # the very code that confirmed the app
    assert response.status_code == 422
    assert "schon verbraucht" in response.content.decode()


def test_guessing_slows_down(world: World, client: Client, saturday_noon: time_machine.Traveller) -> None:
    device, _codes = equip(world.staff)
    send_password(client)
    for wait in (0, 1, 2, 4):
        saturday_noon.shift(wait + 0.01)
        assert send_code(client, wrong_code(device)).status_code == 422
    saturday_noon.shift(5)
    response = send_code(client, code_of(device))
    assert response.status_code == 429, "eight seconds after the fourth, even the right one waits"
    assert "noch 3 Sekunden" in response.content.decode()
    saturday_noon.shift(60)
    assert send_code(client, code_of(device)).status_code == 302


def test_a_recovery_code_opens_once(world: World, client: Client) -> None:
    _device, codes = equip(world.staff)
    send_password(client)
    assert send_code(client, f" {codes[3][:5].lower()}-{codes[3][5:]} ").status_code == 302
    assert client.get(TODAY).status_code == 200
    assert len(RecoveryCodes.objects.get().digests) == 9
    again = Client()
    send_password(again)
    assert send_code(again, codes[3]).status_code == 422
    assert "recovery_code_used" in actions()


def test_half_a_login_ends_after_ten_minutes(
    world: World, client: Client, saturday_noon: time_machine.Traveller
) -> None:
    device, _codes = equip(world.staff)
    send_password(client)
    saturday_noon.shift(601)
    assert send_code(client, code_of(device)).headers["Location"] == LOGIN


def test_codes_of_another_person_open_nothing(world: World, client: Client) -> None:
    other = make_member(world.centre, Role.CENTRE_LEAD)
    device, codes = equip(other)
    equip(world.staff)
    send_password(client)
    assert send_code(client, codes[0]).status_code == 422
    with time_machine.travel(NOON + timedelta(seconds=60), tick=False):
        assert send_code(client, code_of(device)).status_code == 422


def test_a_reset_ends_the_sessions_and_begins_anew(world: World, client: Client) -> None:
    device, _codes = equip(world.staff)
    send_password(client)
    with time_machine.travel(NOON + timedelta(seconds=60), tick=False):
        send_code(client, code_of(device))
        assert client.get(TODAY).status_code == 200
        admin = make_member(world.centre, Role.COUNTY_ADMIN)
        reset_second_factor(world.staff.membership, by=admin, now=NOON)
        assert client.get(TODAY).status_code == 302
        assert send_password(client).headers["Location"] == SET_UP
    event = AuditEvent.objects.get(action="second_factor_reset")
    assert (event.actor, event.subject) == (admin, f"account:{world.staff.pk}")


def test_new_codes_and_another_phone(world: World, client: Client) -> None:
    device, codes = equip(world.staff)
    send_password(client)
    send_code(client, codes[0])
    assert "Noch 9 Codes übrig" in client.get("/intern/zweiter-schritt/").content.decode()
    page = client.post("/intern/zweiter-schritt/ersatzcodes/").content.decode()
    assert len(re.findall(r"<li>\w{5}-\w{5}</li>", page)) == 10
    assert client.post("/intern/zweiter-schritt/app/").headers["Location"] == SET_UP
    fresh = Authenticator.objects.get(confirmed=False)
    assert client.post(SET_UP, {"code": code_of(fresh)}).status_code == 200
    assert client.get(TODAY).status_code == 200
    assert Authenticator.objects.get(user=world.staff).secret == fresh.secret != device.secret


def test_off_in_the_demo_and_says_so(world: World, client: Client, settings: Settings) -> None:
    settings.SECOND_FACTOR = "off"
    assert (
        "Der zweite Schritt der Anmeldung (Code aus einer App) ist ausgeschaltet." in client.get(LOGIN).content.decode()
    )
    assert send_password(client).headers["Location"] == "/intern/"
    assert log_in(world.staff).get(TODAY).status_code == 200
    equip(world.staff)
    assert send_password(Client()).headers["Location"] == CODE, "who has one is asked for it"
