"""Set-up and record in a real browser: axe at every width, light and dark; one page of each kind."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from impfzentrum.models import RecordCheck
from impfzentrum.procedures.setting_up import Setting, change_setting
from impfzentrum.vocabulary import Role, SettingKind
from tests.browser.staff_pages import Opener, look_at, open_as
from tests.conftest import World
from tests.factories import NOON, ask
from tests.views.staff import make_member, make_neighbour

__all__ = ["open_as"]
pytestmark = pytest.mark.browser

ROOT = "/kreis/waldeck-frankenberg/"


@pytest.fixture
def county(committed_world: World) -> World:
    """A change in the list, a release with somebody asked and somebody not, a check that found something."""
    world = committed_world
    make_neighbour(world)
    setting = Setting(SettingKind.LIST, world.county, world.county)
    values = {name: getattr(world.county, name) for name in setting.fields}
    wanted = values | {"list_cap": 8000, "list_text": "Am Montag geht es weiter."}
    change_setting(setting, wanted, stand=setting.stamp, form_key=uuid.uuid4(), by=world.staff, now=NOON)
    world.entries(2)
    ask(world.release())
    RecordCheck.objects.create(
        county=world.county,
        requested_by=world.staff,
        requested_at=NOON,
        started_at=NOON,
        finished_at=NOON,
        events=1234,
        faults=["Protokolleintrag 900 passt nicht zu seiner Prüfsumme"],
    )
    return world


def test_every_page_is_accessible_and_fits(county: World, open_as: Opener, live_server: LiveServer) -> None:
    admin = make_member(county.centre, Role.COUNTY_ADMIN, username="Petra Amend")
    page = open_as(admin, f"{ROOT}einrichtung/")
    people = [str(one.public_id) for one in county.campaign.entries.order_by("pk")]
    why = f"?centre={county.centre.pk}&number=1&person={people[0]}&other={people[1]}"
    pages = {
        "setup": "einrichtung/",
        "setup-list": "einrichtung/liste/",
        "setup-groups": "einrichtung/gruppen/",
        "setup-vaccine": f"einrichtung/impfstoffe/{county.vaccine.pk}/",
        "record": "protokoll/?start=1.1.2021&end=30.6.2021",
        "record-why": f"protokoll/warum/{why}",
    }
    for name, address in pages.items():
        page.goto(live_server.url + ROOT + address)
        look_at(page, name)
    page.goto(f"{live_server.url}{ROOT}einrichtung/gruppen/")
    page.get_by_label("Offen ab").fill("gestern")
    page.get_by_role("button", name="Weiter").last.click()
    expect(page.get_by_role("group", name="Bitte prüfen Sie")).to_be_focused()
