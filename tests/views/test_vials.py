"""The timer of opened vials: noted, released or ended, and warned of."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from impfzentrum.models import AuditEvent, OpenedVials, VaccineRule
from impfzentrum.vocabulary import Role
from tests import factories
from tests.conftest import World
from tests.factories import NOON
from tests.views.citizens import text_of
from tests.views.staff import log_in, make_member
from tests.views.test_checking import RELEASE, hidden

pytestmark = pytest.mark.usefixtures("saturday_noon")

OPEN = "/zentrum/korbach/flaeschchen/"
TODAY = "/zentrum/korbach/"
LEAD = "Petra Amend (Leitung Impfzentrum)"


@pytest.fixture
def client(world: World) -> Client:
    return log_in(world.staff)


def note(client: Client, world: World, opened_at: str = "11:10", vials: int = 1) -> OpenedVials:
    response = client.post(OPEN, {"vaccine": world.vaccine.pk, "vials": vials, "opened_at": opened_at})
    assert response.status_code == 302, response.content.decode()
    return OpenedVials.objects.latest("pk")


def test_the_form_proposes_one_vial_of_the_last_vaccine_right_now(world: World, client: Client) -> None:
    world.release()
    VaccineRule.objects.update(vial_source="Fachinformation")
    page = client.get(OPEN)
    form = page.context["form"]
    assert (form["vials"].value(), form["vaccine"].value()) == (1, world.vaccine.pk)
    assert 'name="opened_at" value="12:00"' in page.content.decode()
    assert "Comirnaty: 6 Dosen je Fläschchen, nach dem Öffnen 6 Stunden Quelle: Fachinformation" in text_of(page)


def test_an_opened_vial_stands_on_the_dashboard(world: World, client: Client) -> None:
    opened = note(client, world)
    assert (opened.doses, opened.usable_until) == (6, NOON.replace(hour=17, minute=10))
    page = text_of(client.get(TODAY))
    assert "Comirnaty: 6 Dosen, verwendbar bis 17:10 Uhr." in page
    assert "Comirnaty, geöffnet um 11:10 Uhr verwendbar bis 17:10 Uhr, noch 5 Stunden 10 Minuten" in page
    assert AuditEvent.objects.get(action="vials_opened").detail == {"vials": 1, "vaccine": "Comirnaty"}


def test_doses_and_hours_are_those_of_the_rule_in_force(world: World, client: Client) -> None:
    VaccineRule.objects.update(doses_per_vial=5, usable_hours=3)
    opened = note(client, world, vials=2)
    assert (opened.doses, opened.usable_until) == (10, NOON.replace(hour=14, minute=10))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"opened_at": "5:55"}, "Um 05:55 Uhr geöffnet wären die Dosen seit 11:55 Uhr verfallen."),
        ({"opened_at": "12:30"}, "Um 12:30 Uhr geöffnet wären die Dosen seit 18:30 Uhr verfallen."),
        ({"opened_at": "x"}, "Das ist keine Uhrzeit."),
        ({"vials": "21"}, "Bitte geben Sie eine Zahl von 1 bis 20 ein."),
        ({"vaccine": ""}, "Bitte wählen Sie den Impfstoff."),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    world: World, client: Client, values: dict[str, str], sentence: str
) -> None:
    page = client.post(OPEN, {"vaccine": world.vaccine.pk, "vials": "1", "opened_at": "11:10", **values})
    assert page.status_code == 422
    assert sentence in text_of(page)
    assert not OpenedVials.objects.exists()


def test_the_rest_is_released_and_the_vial_is_done(world: World, client: Client) -> None:
    opened = note(client, world)
    address = f"{OPEN}{opened.public_id}/"
    assert "Verwendbar bis 17:10 Uhr" in text_of(client.get(address))
    page = client.get(address, {"given": "2"}, follow=True)
    assert "4 Dosen Comirnaty bis 17:10 Uhr" in text_of(page)
    values = hidden(page.content.decode())
    assert client.post(RELEASE, values).status_code == 302
    opened.refresh_from_db()
    release = world.centre.releases.get()
    assert (opened.end, opened.release, opened.ended_by) == ("released", release, world.staff)
    assert (release.doses.count(), release.reason) == (4, "vial")
    assert not client.get(TODAY).context["vials"]
    assert "staff hat um 12:00 Uhr eingetragen: freigegeben. Zur Freigabe 1" in text_of(client.get(address))


def test_a_rest_is_released_once(world: World, client: Client) -> None:
    opened = note(client, world)
    colleague = log_in(make_member(world.centre, Role.CENTRE_LEAD, username="Petra Amend"))
    address = f"{OPEN}{opened.public_id}/"
    mine, theirs = (
        hidden(one.get(address, {"given": "0"}, follow=True).content.decode()) for one in (client, colleague)
    )
    assert colleague.post(RELEASE, theirs).status_code == 302
    page = client.post(RELEASE, mine | {"seen": ""})
    assert "Petra Amend (Leitung Impfzentrum) hat für diese Fläschchen um 12:00 Uhr schon „freigegeben“" in text_of(
        page
    )
    assert world.centre.releases.count() == 1


@pytest.mark.parametrize("given", ["-1", "7", "x", ""])
def test_an_impossible_number_is_told(world: World, client: Client, given: str) -> None:
    assert client.get(f"{OPEN}{note(client, world).public_id}/", {"given": given}).status_code == 422


def test_nothing_left_is_no_release(world: World, client: Client) -> None:
    page = client.get(f"{OPEN}{note(client, world).public_id}/", {"given": "6"})
    assert "Dann ist nichts übrig." in text_of(page)


@pytest.mark.parametrize("end", ["empty", "mistake"])
def test_a_vial_is_ended_once_and_who_comes_second_sees_who_was_first(world: World, client: Client, end: str) -> None:
    address = f"{OPEN}{note(client, world).public_id}/"
    lead = log_in(make_member(world.centre, Role.CENTRE_LEAD, username="Petra Amend"))
    assert lead.post(address, {"end": end}).headers["Location"] == TODAY
    page = text_of(client.post(address, {"end": "empty"}, follow=True))
    label = {"empty": "leer", "mistake": "Irrtum"}[end]
    assert (
        f"Petra Amend (Leitung Impfzentrum) hat für diese Fläschchen um 12:00 Uhr schon „{label}“ eingetragen." in page
    )
    assert OpenedVials.objects.get().end == end
    assert AuditEvent.objects.filter(action="vials_ended").count() == 1


def test_the_same_vial_noted_twice_is_told(world: World, client: Client) -> None:
    note(log_in(make_member(world.centre, Role.CENTRE_LEAD, username="Petra Amend")), world)
    note(client, world)
    assert "Petra Amend (Leitung Impfzentrum) hat um 12:00 Uhr auch ein Fläschchen Comirnaty" in text_of(
        client.get(TODAY)
    )


def test_a_vial_near_its_end_is_warned_of_and_over_it_is_not_released(world: World, client: Client) -> None:
    opened = note(client, world)
    with time_machine.travel(opened.usable_until - timedelta(minutes=20), tick=False):
        assert "Das geöffnete Fläschchen ist noch 20 Min. verwendbar" in text_of(client.get(TODAY))
    with time_machine.travel(opened.usable_until + timedelta(minutes=5), tick=False):
        assert "Die Zeit des geöffneten Fläschchens ist um" in text_of(client.get(TODAY))
        page = client.get(f"{OPEN}{opened.public_id}/", {"given": "0"})
        assert "Die Zeit ist um." in text_of(page)
        assert "Weiter zur Freigabe" not in text_of(page)


def test_the_vial_of_another_centre_is_not_there(world: World, client: Client) -> None:
    neighbour = factories.make_centre(world.county, slug="bad-wildungen", name="Bad Wildungen")
    opened = note(client, world)
    other = log_in(make_member(neighbour, Role.CENTRE_STAFF))
    assert other.get(f"/zentrum/bad-wildungen/flaeschchen/{opened.public_id}/").status_code == 404
    assert other.post(f"/zentrum/bad-wildungen/flaeschchen/{opened.public_id}/", {"end": "empty"}).status_code == 404
