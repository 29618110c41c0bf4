"""The last look before doses are given free, and two colleagues who look at the same doses."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.test import Client

from impfzentrum.models import Release
from impfzentrum.procedures.halting import stop_sending
from impfzentrum.vocabulary import Role
from tests.conftest import World
from tests.factories import NOON, make_vaccine
from tests.views.citizens import text_of
from tests.views.staff import log_in, make_member

pytestmark = pytest.mark.usefixtures("saturday_noon")

CHECK = "/zentrum/korbach/freigeben/pruefen/"
RELEASE = "/zentrum/korbach/freigeben/"


@pytest.fixture
def client(world: World) -> Client:
    world.release(doses=6, use_by=NOON + timedelta(hours=5))
    return log_in(world.staff)


def wanted(world: World, **values: str | int) -> dict[str, str | int]:
    return {"vaccine": world.vaccine.pk, "doses": 6, "use_by": "17:00", "reason": "vial", **values}


def hidden(page: str) -> dict[str, str]:
    """What the button of the summary sends."""
    form = re.search(r'<form method="post" action="/zentrum/korbach/freigeben/".*?</form>', page, re.DOTALL)
    assert form, "the summary has a form"
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0]))


def test_the_card_of_the_dashboard_leads_to_a_summary_and_that_to_a_release(world: World, client: Client) -> None:
    world.entries(2)
    page = client.get(CHECK, wanted(world, doses=4))
    text = text_of(page)
    assert "4 Dosen Comirnaty bis 17:00 Uhr" in text
    assert "12:30 bis 16:45 Uhr" in text
    assert "2 Personen kommen infrage." in text
    assert world.centre.releases.count() == 1, "looking gives nothing free"
    values = hidden(page.content.decode())
    for _tap in range(2):
        response = client.post(RELEASE, values)
        assert response.headers["Location"] == "/zentrum/korbach/freigabe/2/"
    release = world.centre.releases.get(number=2)
    assert (release.doses.count(), release.use_by) == (4, NOON.replace(hour=17))


def test_looking_writes_nothing(
    world: World, client: Client, nothing_is_written: Callable[[], AbstractContextManager[None]]
) -> None:
    with nothing_is_written():
        client.get(CHECK, wanted(world))


def test_what_is_wrong_leads_to_the_form(world: World, client: Client) -> None:
    page = client.get(CHECK, wanted(world, use_by="11:00"))
    assert page.status_code == 422
    assert "11:00 Uhr liegt in der Vergangenheit" in text_of(page)
    assert client.get(CHECK).status_code == 422


def test_changing_brings_what_was_chosen_along(world: World, client: Client) -> None:
    page = client.get(CHECK, wanted(world, doses=4, note="Rest & mehr"))
    back = re.search(r'href="(/zentrum/korbach/freigeben/\?[^"]+)"', page.content.decode())
    assert back
    form = client.get(back[1].replace("&amp;", "&")).context["form"]
    assert (form["doses"].value(), form["use_by"].value(), form["note"].value()) == ("4", "17:00", "Rest & mehr")


def test_a_stop_and_a_time_after_closing_are_told(world: World, client: Client) -> None:
    stop_sending(world.county, reason="Probe", by=world.staff, now=NOON)
    text = text_of(client.get(CHECK, wanted(world, use_by="20:30")))
    assert "Der Versand ist angehalten" in text
    assert "Das ist nach Ihrer Schließzeit um 20:00 Uhr." in text


def test_without_a_campaign_there_is_nothing_to_check(world: World, client: Client) -> None:
    world.campaign.state = "closed"
    world.campaign.save()
    assert client.get(CHECK, wanted(world)).status_code == 409


def test_who_comes_second_is_asked_whether_these_are_other_doses(world: World, client: Client) -> None:
    colleague = log_in(make_member(world.centre, Role.CENTRE_LEAD, username="Petra Amend"))
    mine, theirs = (hidden(one.get(CHECK, wanted(world)).content.decode()) for one in (client, colleague))
    assert colleague.post(RELEASE, theirs).status_code == 302
    page = client.post(RELEASE, mine)
    assert page.status_code == 409
    assert "Petra Amend (Leitung Impfzentrum) hat um 12:00 Uhr 6 Dosen Comirnaty freigegeben (Freigabe 2)." in text_of(
        page
    )
    assert world.centre.releases.count() == 2
    assert client.post(RELEASE, hidden(page.content.decode())).headers["Location"].endswith("/freigabe/3/")


def test_another_vaccine_asks_nobody(world: World, client: Client) -> None:
    values = hidden(client.get(CHECK, wanted(world)).content.decode())
    world.release(vaccine=make_vaccine(world.campaign, "Spikevax"))
    assert client.post(RELEASE, values).headers["Location"].endswith("/freigabe/3/")


@pytest.mark.parametrize("seen", ["", "x", "-1"])
def test_a_damaged_stand_loses_nothing(world: World, client: Client, seen: str) -> None:
    values = hidden(client.get(CHECK, wanted(world)).content.decode()) | {"seen": seen}
    assert client.post(RELEASE, values).status_code == 302


def test_one_form_with_other_values_is_no_second_release(world: World, client: Client) -> None:
    values = hidden(client.get(CHECK, wanted(world)).content.decode())
    client.post(RELEASE, values)
    Release.objects.filter(number=2).update(released_at=NOON - timedelta(minutes=1))
    page = client.post(RELEASE, values | {"doses": "9"}, follow=True)
    assert "Dieses Formular war um 11:59 Uhr schon abgeschickt. Es bleibt bei der Freigabe 2." in text_of(page)
