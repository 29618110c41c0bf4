"""Two people give a dose by hand, in a real browser."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from impfzentrum.models import Release
from impfzentrum.vocabulary import Role
from tests.browser.staff_day import MOMENT
from tests.browser.staff_pages import Opener, look_at, open_as, saturday
from tests.conftest import World
from tests.views.staff import make_member

__all__ = ["open_as", "saturday"]
pytestmark = pytest.mark.browser


@pytest.fixture
def counter(saturday: Release, committed_world: World) -> Release:
    """A third release with two free doses, and people at the counter who were born on the same day."""
    born = {"birth_date": date(1950, 4, 1), "travel_minutes": 5}
    committed_world.entry(given_name="Ngọc Anh", family_name="Nguyễn-Oberhauser", **born)
    committed_world.entry(given_name="Wilhelm", family_name="Neumann", **born)
    committed_world.entry(given_name="Sophie", family_name="Nagel", state="paused", **born)
    return committed_world.release(2, now=MOMENT, use_by=MOMENT + timedelta(hours=1))


def find_at_the_counter(page: Page) -> None:
    page.get_by_label("Geburtsdatum").fill("1.4.1950")
    page.get_by_label("Anfang des Familiennamens").fill("n")
    page.get_by_role("button", name="Suchen").click()
    expect(page.get_by_label("Neumann, Wilhelm")).to_be_visible()


def propose_at_the_counter(page: Page) -> None:
    find_at_the_counter(page)
    page.get_by_label("Neumann, Wilhelm").check()
    page.get_by_label("Warum gerade diese Person?").select_option("on_site")
    page.get_by_label("Begründung in einem Satz").fill("War schon da, das Fläschchen ist in zehn Minuten unbrauchbar.")
    page.get_by_label("Die Person weiß davon").check()
    page.get_by_role("button", name="Zur Zustimmung vorlegen").click()


def test_two_people_give_a_dose_by_hand(counter: Release, committed_world: World, open_as: Opener) -> None:
    address = f"/zentrum/korbach/freigabe/{counter.number}/"
    first = open_as(committed_world.staff, address, width=375)
    first.get_by_role("link", name="Von Hand vergeben …").click()
    find_at_the_counter(first)
    look_at(first, "hand-pick-found")
    first.get_by_role("button", name="Zur Zustimmung vorlegen").click()
    expect(first.get_by_role("link", name="Bitte wählen Sie einen Grund.")).to_be_visible()
    look_at(first, "hand-pick-errors")
    propose_at_the_counter(first)
    expect(first.get_by_text("Sie selbst können nicht zustimmen")).to_be_visible()
    look_at(first, "release-proposed")
    first.get_by_role("link", name="Vorschlag ansehen").click()
    look_at(first, "hand-pick-own")
    second = open_as(
        make_member(committed_world.centre, Role.COUNTY_ADMIN, username="Petra Amend"), "/zentrum/korbach/"
    )
    look_at(second, "dashboard-consent")
    second.get_by_role("link", name="Prüfen und entscheiden").click()
    look_at(second, "hand-pick-decide")
    second.get_by_role("button", name="Zustimmen und Dosis vergeben").click()
    expect(second.get_by_role("heading", name="1 von 2 vergeben")).to_be_visible()
    look_at(second, "release-given-by-hand")
    second.get_by_role("link", name="Landkreis", exact=True).click()
    expect(second.get_by_text("War schon da")).to_be_visible()
    look_at(second, "county-hand-picks")


def test_a_dose_is_given_by_hand_without_script(counter: Release, committed_world: World, open_as: Opener) -> None:
    address = f"/zentrum/korbach/freigabe/{counter.number}/"
    page = open_as(committed_world.staff, f"{address}von-hand/", width=320, java_script_enabled=False)
    propose_at_the_counter(page)
    expect(page.get_by_text("Jetzt muss eine zweite Person zustimmen.")).to_be_visible()
