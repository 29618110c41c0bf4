"""Scopes of the roles, beside the matrix of all of them (test_matrix.py)."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client

from impfzentrum.access import centre_for, county_for
from impfzentrum.models import Dose
from impfzentrum.procedures.changing import stamp_doses
from impfzentrum.procedures.retiming import Times
from impfzentrum.vocabulary import Role
from tests.conftest import World
from tests.views.staff import log_in, make_member, make_neighbour, make_stranger

pytestmark = pytest.mark.usefixtures("saturday_noon")

CHANGES = ["freigabe/1/dosen-dazu/", "freigabe/1/dosen-zurueck/", "freigabe/1/uhrzeit/", "freigabe/1/beenden/"]


@pytest.mark.parametrize("role", [Role.CENTRE_STAFF, Role.COUNTY_ADMIN, Role.OPERATOR])
def test_another_county_looks_like_nothing(world: World, role: Role) -> None:
    make_stranger()
    client = log_in(make_member(world.centre, role))
    there, nowhere = client.get("/zentrum/soltau/"), client.get("/zentrum/gibt-es-nicht/")
    assert there.status_code == nowhere.status_code == (403 if role == Role.OPERATOR else 404)
    assert "Soltau" not in there.content.decode()


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("page", ["freigeben/", *CHANGES])
def test_nothing_is_written_in_another_county(world: World, role: Role, page: str) -> None:
    stranger, release = make_stranger()
    before = list(stranger.releases.values()), list(Dose.objects.order_by("pk").values())
    client = log_in(make_member(world.centre, role))
    values = {"vaccine": release.vaccine.pk, "doses": "1", "use_by": "19:00", "reason": "vial", "form_key": release.pk}
    values["stand"] = Times.of(release).stamp() if "uhrzeit" in page else stamp_doses(release)
    assert client.post(f"/zentrum/soltau/{page}", values).status_code in (403, 404)
    assert (list(stranger.releases.values()), list(Dose.objects.order_by("pk").values())) == before


def test_without_login_to_the_login(world: World, client: Client) -> None:
    page = "/zentrum/korbach/freigabe/1/"
    assert client.get(page).headers["Location"] == f"/intern/anmelden/?next={page}"


def test_a_poll_after_the_session_reloads_the_page(world: World, client: Client) -> None:
    response = client.get("/zentrum/korbach/", headers={"HX-Request": "true"})
    assert response.headers["HX-Refresh"] == "true"


def test_a_county_role_in_one_county_reaches_all_its_centres(world: World) -> None:
    make_neighbour(world)
    admin = make_member(world.centre, Role.COUNTY_ADMIN, named=False)
    assert centre_for(admin, "korbach").name == "Impfzentrum Korbach"
    assert centre_for(admin, "bad-wildungen").name == "Impfzentrum Bad Wildungen"
    assert county_for(admin, "waldeck-frankenberg") == world.county


def test_a_centre_of_another_county_in_the_list_of_centres_opens_nothing(world: World) -> None:
    stranger, _release = make_stranger()
    world.staff.membership.centres.add(stranger)
    with pytest.raises(Http404):
        centre_for(world.staff, "soltau")


def test_who_has_no_role_is_refused_everywhere(world: World) -> None:
    world.staff.membership.delete()
    nobody = type(world.staff).objects.get(pk=world.staff.pk)
    for user in (nobody, AnonymousUser()):
        with pytest.raises(PermissionDenied):
            centre_for(user, "korbach")
        with pytest.raises(PermissionDenied):
            county_for(user, "waldeck-frankenberg")


def test_a_locked_account_is_logged_out(world: World) -> None:
    client = log_in(world.staff)
    world.staff.is_active = False
    world.staff.save()
    assert client.get("/zentrum/korbach/").status_code == 302
