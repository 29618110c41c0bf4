"""Staff pages in a real browser: they update themselves, fit a phone, and axe finds nothing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from impfzentrum.models import Offer, Release
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.vocabulary import Role
from tests.browser.staff_day import MOMENT, open_vial
from tests.browser.staff_pages import LOGIN, PAGES, Opener, look_at, open_as, saturday
from tests.conftest import World
from tests.views.staff import make_member

__all__ = ["Opener", "look_at", "open_as", "saturday"]
pytestmark = pytest.mark.browser


def test_every_page_is_accessible_and_fits(
    saturday: Release, committed_world: World, open_as: Opener, live_server: LiveServer
) -> None:
    admin = make_member(committed_world.centre, Role.COUNTY_ADMIN, username="Petra Amend")
    look_at(open_as(None, LOGIN), "login")
    page = open_as(admin, PAGES["dashboard"])
    known = {"vaccine": committed_world.vaccine.pk, "vials": open_vial(committed_world).public_id}
    for name, address in PAGES.items():
        page.goto(live_server.url + address.format(**known))
        look_at(page, name)


def test_errors_in_the_form_are_accessible(saturday: Release, committed_world: World, open_as: Opener) -> None:
    page = open_as(committed_world.staff, PAGES["release-form"], width=320)
    page.get_by_label("Dosen", exact=True).fill("10000")
    page.get_by_label("Verwendbar bis").fill("08:00")
    page.get_by_role("button", name="freigeben").click()
    expect(page.get_by_role("link", name="Bitte geben Sie eine Zahl von 1 bis 200 ein.")).to_be_visible()
    expect(page.get_by_label("Dosen", exact=True)).to_have_attribute("aria-invalid", "true")
    look_at(page, "release-errors")


def test_the_live_page_follows_what_happens(saturday: Release, committed_world: World, open_as: Opener) -> None:
    page = open_as(committed_world.staff, PAGES["release"])
    expect(page.get_by_role("heading", name="8 von 12 vergeben")).to_be_visible()
    page.locator("#stop").focus()
    accept_offer(Offer.objects.live().filter(release=saturday)[0], now=MOMENT)
    expect(page.get_by_role("heading", name="9 von 12 vergeben")).to_be_visible()
    expect(page.locator("#announcement")).to_have_text("9 von 12 vergeben")
    expect(page.locator("#stop")).to_be_focused()


def test_a_poll_without_news_leaves_the_page_alone(saturday: Release, committed_world: World, open_as: Opener) -> None:
    page = open_as(committed_world.staff, PAGES["release-filled"])
    page.evaluate("document.getElementById('now').dataset.mark = 'kept'")
    with page.expect_response(lambda response: response.status == 204):
        pass
    assert page.evaluate("document.getElementById('now').dataset.mark") == "kept"


def test_ending_a_release_ends_the_asking(saturday: Release, committed_world: World, open_as: Opener) -> None:
    page = open_as(committed_world.staff, PAGES["release"])
    page.get_by_role("link", name="Freigabe beenden").click()
    page.get_by_role("button", name="Freigabe beenden").click()
    expect(page.get_by_text("Diese Freigabe wurde beendet")).to_be_visible()
    assert page.locator("[hx-trigger]").count() == 0
    expect(page.get_by_text("6 zugesagt")).to_be_visible()


def test_doses_are_added_and_errors_are_told_beside_the_field(
    saturday: Release, committed_world: World, open_as: Opener
) -> None:
    page = open_as(committed_world.staff, PAGES["release"], width=320)
    page.get_by_role("link", name="Dosen dazu").click()
    page.get_by_label("Dosen", exact=True).fill("2")
    page.get_by_role("button", name="Dosen dazu").click()
    expect(page.get_by_role("heading", name="8 von 14 vergeben")).to_be_visible()
    page.get_by_role("link", name="Uhrzeit ändern").click()
    page.get_by_label("Ankunft bis").fill("17:00")
    page.get_by_role("button", name="Zeiten ändern").click()
    expect(page.get_by_label("Ankunft bis")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("link", name="6 Personen haben bis 18:15 Uhr zugesagt bekommen.")).to_be_visible()
    look_at(page, "change-times-errors")


def test_two_taps_from_the_dashboard_to_a_running_release(
    saturday: Release, committed_world: World, open_as: Opener
) -> None:
    page = open_as(committed_world.staff, PAGES["dashboard"], width=375)
    page.get_by_role("button", name="Dosen: eins weniger").click()
    expect(page.get_by_role("spinbutton", name="Dosen")).to_have_value("11")
    page.get_by_role("button", name="Prüfen und freigeben").click()
    expect(page.get_by_role("heading", name="11 Dosen Comirnaty bis 18:30 Uhr")).to_be_visible()
    page.get_by_role("button", name="Jetzt freigeben").click()
    expect(page).to_have_url(re.compile(r"/freigabe/3/$"))


def test_the_form_tells_the_reach_while_typing(saturday: Release, committed_world: World, open_as: Opener) -> None:
    committed_world.entries(4)
    page = open_as(committed_world.staff, PAGES["release-form"])
    expect(page.locator("#reach")).to_contain_text("7 Personen kommen infrage.")
    page.get_by_label("Dosen", exact=True).fill("6")
    expect(page.get_by_role("button", name="6 Dosen freigeben")).to_be_visible()
    page.get_by_label("Verwendbar bis").fill("16:50")
    page.get_by_label("Verwendbar bis").blur()
    expect(page.locator("#reach")).to_contain_text("Zurzeit kommt dafür niemand")


def test_everything_works_without_script(
    saturday: Release, committed_world: World, open_as: Opener, live_server: LiveServer
) -> None:
    committed_world.entries(2)
    page = open_as(committed_world.staff, PAGES["dashboard"], java_script_enabled=False)
    page.get_by_role("link", name="Andere Freigabe …").click()
    page.get_by_label("Dosen", exact=True).fill("2")
    page.get_by_role("button", name="Reichweite prüfen").click()
    expect(page.locator("#reach")).to_contain_text("5 Personen kommen infrage.")
    page.get_by_role("button", name="Dosen freigeben", exact=True).click()
    expect(page.get_by_role("heading", name="Comirnaty, 2 Dosen, bis 18:30 Uhr")).to_be_visible()
    page.goto(f"{live_server.url}{PAGES['dashboard']}")
    page.get_by_role("spinbutton", name="Dosen").fill("3")
    page.get_by_role("button", name="Prüfen und freigeben").click()
    page.get_by_role("button", name="Jetzt freigeben").click()
    expect(page.get_by_role("heading", name="Comirnaty, 3 Dosen, bis 18:30 Uhr")).to_be_visible()
