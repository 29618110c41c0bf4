"""The day list and the door in a real browser: thirty people by a reader, paper, phone, and axe."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from impfzentrum.models import Attendance, Release
from impfzentrum.models.sealed import derive_check_in_code
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.procedures.opening_list import open_list
from tests.browser.staff_day import MOMENT
from tests.browser.staff_pages import Opener, keep_picture, look_at, open_as, saturday
from tests.conftest import World
from tests.factories import ask

__all__ = ["Opener", "look_at", "open_as", "saturday"]
pytestmark = pytest.mark.browser

LIST, DOOR = "/zentrum/korbach/tagesliste/", "/zentrum/korbach/einlass/"
PEOPLE = 30
A_GLANCE = 2.0
"""Seconds from the reader's beep to the person's page, on average: nobody waits for the next one in the queue."""


def type_as_a_reader(page: Page, code: str) -> None:
    """A reader types fast and ends with Enter; it finds the focus in the field."""
    expect(page.locator("#typed")).to_be_focused()
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def test_thirty_people_are_checked_in_by_a_reader(saturday: Release, committed_world: World, open_as: Opener) -> None:
    committed_world.entries(PEOPLE, priority_group=1)
    offers = ask(committed_world.release(PEOPLE, now=MOMENT, use_by=MOMENT + timedelta(hours=3)), now=MOMENT)
    for offer in offers:
        accept_offer(offer, now=MOMENT)
    open_list(committed_world.centre, by=committed_world.staff, now=MOMENT)
    page = open_as(committed_world.staff, DOOR)
    begin = time.monotonic()
    for offer in offers:
        with page.expect_navigation():
            type_as_a_reader(page, derive_check_in_code(str(offer.public_id)))
        expect(page.get_by_role("heading", name=offer.entry.family_name)).to_be_visible()
        expect(page.locator("#typed")).to_be_focused()
    seconds = time.monotonic() - begin
    assert len(offers) == PEOPLE
    assert Attendance.objects.filter(offer__in=offers, state="arrived").count() == PEOPLE
    assert seconds < PEOPLE * A_GLANCE, f"{seconds:.1f} s"
    page.locator("h1").click()
    expect(page.locator("#typed")).to_be_focused()


def test_the_pages_are_accessible_and_fit(saturday: Release, committed_world: World, open_as: Opener) -> None:
    page = open_as(committed_world.staff, LIST)
    page.get_by_role("button", name="Liste von heute öffnen").click()
    expect(page.get_by_role("heading", name="13 Personen kommen heute")).to_be_visible()
    look_at(page, "day-list")
    page.get_by_role("row", name="angekommen").get_by_role("link").first.click()
    page.get_by_role("button", name="Nachweis geprüft und geimpft").click()
    expect(page.get_by_label("Charge")).to_be_focused()
    look_at(page, "door-batch-missing")
    page.get_by_label("Charge").fill("EX3599")
    page.get_by_role("button", name="Nachweis geprüft und geimpft").click()
    expect(page.get_by_text("„geimpft“ rückgängig machen")).to_be_visible()
    type_as_a_reader(page, "7K7K7K")
    expect(page.get_by_text("kennen wir nicht")).to_be_visible()
    keep_picture(page, "door-unknown")
    type_as_a_reader(page, "Yılmaz")
    page.get_by_role("button", name="Kommt nicht …").click()
    page.get_by_role("button", name="Kommt sicher nicht").click()
    expect(page.get_by_text("Die Dosis ist wieder frei")).to_be_visible()
    look_at(page, "door-missed")


def test_the_list_searches_while_typing_and_prints(saturday: Release, committed_world: World, open_as: Opener) -> None:
    open_list(committed_world.centre, by=committed_world.staff, now=MOMENT)
    page = open_as(committed_world.staff, LIST)
    page.get_by_label("Name, Code oder Geburtsdatum").press_sequentially("yil")
    expect(page.get_by_role("heading", name="1 von 13")).to_be_visible()
    page.get_by_label("Name, Code oder Geburtsdatum").fill("")
    expect(page.get_by_role("heading", name="13 Personen kommen heute")).to_be_visible()
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Drucken …").click()
    paper = opened.value
    expect(paper.get_by_role("heading", name="Tagesliste Impfzentrum Korbach")).to_be_visible()
    paper.emulate_media(media="print")
    assert paper.locator(".screen").is_hidden()
    paper.set_viewport_size({"width": 1048, "height": 720})
    keep_picture(paper, "day-list-print")
