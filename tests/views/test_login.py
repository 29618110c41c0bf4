"""Logging in and out, and where it leads."""

from __future__ import annotations

import pytest
from django.test import Client

from impfzentrum.vocabulary import Role
from tests.conftest import World
from tests.views.staff import log_in, make_member, make_neighbour

LOGIN = "/intern/anmelden/"
PASSWORD = "demo-password"


def send(client: Client, name: str = "staff", password: str = PASSWORD, address: str = LOGIN) -> str:
    response = client.post(address, {"username": name, "password": password})
    return response.headers["Location"] if response.status_code == 302 else response.content.decode()


def test_login_leads_to_the_own_centre(world: World, client: Client) -> None:
    assert send(client) == "/intern/"
    assert client.get("/intern/").headers["Location"] == "/zentrum/korbach/"


@pytest.mark.parametrize("role", [Role.COUNTY_ADMIN, Role.COUNTY_AUDITOR])
def test_the_county_begins_with_its_table(world: World, role: Role) -> None:
    client = log_in(make_member(world.centre, role))
    assert client.get("/intern/").headers["Location"] == "/kreis/waldeck-frankenberg/"


def test_who_works_at_two_centres_chooses(world: World) -> None:
    world.staff.membership.centres.add(make_neighbour(world))
    page = log_in(world.staff).get("/intern/").content.decode()
    assert "/zentrum/korbach/" in page
    assert "/zentrum/bad-wildungen/" in page


def test_operators_come_to_the_sending(world: World) -> None:
    response = log_in(make_member(world.centre, Role.OPERATOR, named=False)).get("/intern/")
    assert response.headers["Location"] == "/betrieb/waldeck-frankenberg/"


def test_who_has_no_centre_is_told(world: World) -> None:
    client = log_in(make_member(world.centre, Role.CENTRE_STAFF, named=False))
    assert "Ihr Konto hat noch keinen Platz" in client.get("/intern/").content.decode()


def test_who_has_no_role_is_refused(world: World) -> None:
    world.staff.membership.delete()
    assert log_in(world.staff).get("/intern/").status_code == 403


@pytest.mark.parametrize(
    ("name", "password"), [("staff", "wrong"), ("nobody", "demo-password"), ("STAFF", "demo-password")]
)
def test_a_wrong_login_never_says_what_was_wrong(world: World, client: Client, name: str, password: str) -> None:
    page = send(client, name, password)
    assert "Name und Passwort passen nicht zusammen." in page
    assert f'value="{name}"' in page, "the name stays in its field"
    assert password not in page


def test_empty_fields_are_named(world: World, client: Client) -> None:
    page = send(client, "", "")
    assert "Bitte geben Sie Ihren Benutzernamen ein." in page
    assert "Bitte geben Sie Ihr Passwort ein." in page


def test_login_returns_to_the_page_that_was_wanted(world: World, client: Client) -> None:
    assert send(client, address=f"{LOGIN}?next=/zentrum/korbach/freigabe/1/") == "/zentrum/korbach/freigabe/1/"


@pytest.mark.parametrize("target", ["https://example.org/", "//example.org", "javascript:alert(1)", "http:example.org"])
def test_login_never_leads_elsewhere(world: World, client: Client, target: str) -> None:
    assert send(client, address=f"{LOGIN}?next={target}") == "/intern/"


def test_who_is_logged_in_skips_the_login(world: World) -> None:
    assert log_in(world.staff).get(LOGIN).headers["Location"] == "/intern/"


def test_logout_is_a_post(world: World) -> None:
    client = log_in(world.staff)
    assert client.get("/intern/abmelden/").status_code == 405
    assert client.get("/zentrum/korbach/").status_code == 200
    assert "Sie sind abgemeldet" in client.post("/intern/abmelden/").content.decode()
    assert client.get("/zentrum/korbach/").status_code == 302
