"""Choosing what the team gets before opening."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from impfzentrum.models import AuditEvent, TeamExport
from impfzentrum.vocabulary import Role
from tests.conftest import World
from tests.views.citizens import text_of
from tests.views.staff import log_in, make_member

pytestmark = pytest.mark.usefixtures("saturday_noon")

PAGE = "/zentrum/korbach/tagesliste/versand/"
PASSWORD = "sieben-birken-4711"  # of a test


@pytest.fixture
def lead(world: World) -> Client:
    return log_in(make_member(world.centre, Role.CENTRE_LEAD))


def choose(client: Client, **values: object):  # type: ignore[no-untyped-def]
    defaults = {
        "active": "on",
        "minutes_before": "45",
        "addresses": "team@example.org, Lead@example.org",
        "list_kind": "file",
        "password": PASSWORD,
        "form_key": str(uuid4()),
    }
    return client.post(PAGE, {**defaults, **values})


def test_a_choice_is_kept_and_noted_without_addresses(lead: Client) -> None:
    assert choose(lead).status_code == 302
    export = TeamExport.objects.get()
    assert (export.active, export.minutes_before, export.password) == (True, 45, PASSWORD)
    assert export.addresses.splitlines() == ["team@example.org", "Lead@example.org"]
    detail = AuditEvent.objects.get(action="team_export_changed").detail
    assert (detail["addresses"], detail["new_password"]) == (2, True)
    assert "example.org" not in str(detail)
    page = lead.get(PAGE).content.decode()
    assert PASSWORD not in page
    assert "Ein Kennwort ist gesetzt." in page
    choose(lead, password="", minutes_before="30")
    assert TeamExport.objects.get().password == PASSWORD


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"password": ""}, "Für das PDF fehlt ein Kennwort."),
        ({"password": "kurz"}, "Das Kennwort ist zu kurz"),
        ({"addresses": "team"}, "team: Das ist keine vollständige E-Mail-Adresse."),
        ({"addresses": ""}, "Bitte nennen Sie wenigstens eine Adresse oder ein Konto."),
        ({"minutes_before": "3"}, "Bitte mindestens 5 Minuten"),
        ({"minutes_before": "eine Stunde"}, "Bitte geben Sie eine ganze Zahl ein"),
        ({"list_kind": ""}, "Bitte wählen Sie, wie die Liste mit Namen kommt."),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(lead: Client, values: dict[str, str], sentence: str) -> None:
    response = choose(lead, **values)
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert not TeamExport.objects.exists()


def test_accounts_of_the_team_can_be_chosen(world: World, lead: Client) -> None:
    world.staff.email = "staff@example.org"
    world.staff.save()
    member = world.staff.membership
    assert choose(lead, members=[str(member.pk)], addresses="").status_code == 302
    assert list(TeamExport.objects.get().members.all()) == [member]
    assert "checked" in lead.get(PAGE).content.decode()


@pytest.mark.parametrize(("role", "status"), [(Role.COUNTY_ADMIN, 200), (Role.CENTRE_STAFF, 403), (Role.OPERATOR, 403)])
def test_who_may_choose(world: World, role: Role, status: int) -> None:
    assert log_in(make_member(world.centre, role)).get(PAGE).status_code == status
