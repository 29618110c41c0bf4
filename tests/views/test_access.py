"""Who gets to which staff page: every role, every place, every staff address."""

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
CENTRE_PAGES = ["", "freigeben/", "freigeben/reichweite/", "freigabe/1/", "freigabe/1/von-hand/", *CHANGES]
COUNTY_PAGES = ["", "rueckmeldungen/", "freigaben.csv", "von-hand.csv", "texte/", "texte/sms/offer/de/"]
AT_CENTRE = {Role.CENTRE_STAFF, Role.CENTRE_LEAD, Role.COUNTY_ADMIN}
AT_COUNTY = {Role.COUNTY_ADMIN, Role.COUNTY_AUDITOR}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("page", CENTRE_PAGES)
def test_own_centre(world: World, role: Role, page: str) -> None:
    world.release()
    client = log_in(make_member(world.centre, role))
    assert client.get(f"/zentrum/korbach/{page}").status_code == (200 if role in AT_CENTRE else 403)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("page", CENTRE_PAGES)
def test_another_centre_of_the_county(world: World, role: Role, page: str) -> None:
    neighbour = make_neighbour(world)
    world.release()
    client = log_in(make_member(neighbour, role))
    expected = {Role.CENTRE_STAFF: 404, Role.CENTRE_LEAD: 404, Role.COUNTY_ADMIN: 200}.get(role, 403)
    assert client.get(f"/zentrum/korbach/{page}").status_code == expected


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("page", CENTRE_PAGES)
@pytest.mark.parametrize("slug", ["soltau", "gibt-es-nicht"])
def test_another_county_looks_like_nothing(world: World, role: Role, page: str, slug: str) -> None:
    make_stranger()
    client = log_in(make_member(world.centre, role))
    response = client.get(f"/zentrum/{slug}/{page}")
    assert response.status_code == (404 if role in AT_CENTRE else 403)
    assert "Soltau" not in response.content.decode()


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


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("page", COUNTY_PAGES)
def test_county_pages(world: World, role: Role, page: str) -> None:
    make_stranger()
    client = log_in(make_member(world.centre, role))
    own, other = client.get(f"/kreis/waldeck-frankenberg/{page}"), client.get(f"/kreis/heidekreis/{page}")
    assert (own.status_code, other.status_code) == ((200, 404) if role in AT_COUNTY else (403, 403))


@pytest.mark.parametrize(
    "page", [*(f"/zentrum/korbach/{page}" for page in CENTRE_PAGES), *(f"/kreis/heidekreis/{p}" for p in COUNTY_PAGES)]
)
def test_without_login_to_the_login(world: World, client: Client, page: str) -> None:
    response = client.get(page)
    assert response.status_code == 302
    assert response.headers["Location"] == f"/intern/anmelden/?next={page}"


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
