"""The pages of booked appointments in a real browser: the keyboard's way, progress of a file, and axe finds nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from impfzentrum.models import Booking, BookingImport
from impfzentrum.procedures.importing import work_on
from impfzentrum.vocabulary import Role
from tests.browser.staff_pages import Opener, look_at, open_as
from tests.conftest import World
from tests.factories import NOON
from tests.tables import ugly
from tests.views.booked import book, book_day
from tests.views.staff import make_member

__all__ = ["Opener", "look_at", "open_as"]
pytestmark = pytest.mark.browser
DAY = "/zentrum/korbach/termine/"


@pytest.fixture
def noon(committed_world: World) -> Iterator[World]:
    with time_machine.travel(NOON, tick=True):
        book(committed_world, "KB-4711", at=NOON.replace(hour=13), name="Wójcik-Yılmaz, Łucja")
        book_day(committed_world, planned=9, cancelled=3, missed=1, marked_by=committed_world.staff)
        yield committed_world


def test_the_keyboard_finds_marks_and_takes_back(noon: World, open_as: Opener) -> None:
    page = open_as(noon.staff, DAY)
    page.keyboard.press("/")
    expect(page.get_by_label("Nummer, Uhrzeit oder Name")).to_be_focused()
    page.keyboard.type("wojcik")
    expect(page.get_by_text("1 Treffer")).to_be_visible()
    expect(page.get_by_label("Nummer, Uhrzeit oder Name")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="Abgesagt KB-4711")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Termin KB-4711: abgesagt.")).to_be_visible()
    assert Booking.objects.get(reference="KB-4711").state == "cancelled"
    page.get_by_role("button", name="Rückgängig KB-4711").click()
    expect(page.get_by_text("Termin KB-4711 gilt wieder als geplant.")).to_be_visible()
    assert Booking.objects.get(reference="KB-4711").state == "planned"


def test_a_file_shows_its_progress_and_every_page_is_accessible(
    noon: World, open_as: Opener, live_server: LiveServer
) -> None:
    admin = make_member(noon.centre, Role.COUNTY_ADMIN, username="Petra Amend")
    page = open_as(admin, DAY)
    look_at(page, "booked-day")
    page.get_by_role("link", name="4 Dosen Comirnaty freigeben").click()
    look_at(page, "booked-release")
    page.goto(live_server.url + DAY + "einlesen/")
    look_at(page, "booked-bring")
    _bring(page)
    expect(page.get_by_role("heading", name="Die Datei wird gelesen")).to_be_visible()
    work_on(BookingImport.objects.get().pk, now=NOON)
    expect(page.get_by_role("heading", name="2 Zeilen gut, 5 mit Fehlern")).to_be_visible()
    page.get_by_text("Spalten zuordnen").click()
    look_at(page, "booked-preview")
    page.get_by_role("button", name="Ohne die 5 fehlerhaften übernehmen").click()
    expect(page.get_by_role("heading", name="Die Termine werden übernommen")).to_be_visible()
    work_on(BookingImport.objects.get().pk, now=NOON)
    expect(page.get_by_role("heading", name="Die Termine sind übernommen")).to_be_visible()
    look_at(page, "booked-done")
    page.goto(live_server.url + DAY + "schnittstelle/")
    page.get_by_label("Für welches System?").fill("Terminportal des Landes")
    page.get_by_role("button", name="Schlüssel anlegen").click()
    expect(page.locator("#secret")).to_contain_text("nr_")
    look_at(page, "booked-keys")


def _bring(page: Page) -> None:
    file = {"name": "termine.csv", "mimeType": "text/csv", "buffer": ugly.windows_1252()}
    page.get_by_label("Datei").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Datei ansehen").click()
