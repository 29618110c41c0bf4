"""Staff pages in a real browser: they update themselves, fit a phone, and axe finds nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import User
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect
from pytest_django.live_server_helper import LiveServer

from impfzentrum.models import Offer, Release
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.vocabulary import Role
from tests.browser.staff_day import MOMENT, play_saturday, play_trouble
from tests.conftest import World
from tests.views.staff import log_in, make_member

pytestmark = pytest.mark.browser

AXE = settings.BASE_DIR / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = {"small": 320, "phone": 375, "desktop": 1280}


@pytest.fixture
def saturday(committed_world: World) -> Iterator[Release]:
    with time_machine.travel(MOMENT, tick=True):
        yield play_saturday(committed_world)


Opener = Callable[..., Page]


@pytest.fixture
def open_as(chromium: Browser, live_server: LiveServer) -> Iterator[Opener]:
    """Open an address as a user; errors in the browser's console fail the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_one(user: User | None, address: str, *, width: int = 1280, **more: Any) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": 800}, locale="de-DE", **more)
        contexts.append(context)
        if user is not None:
            value = log_in(user).cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text) if _is_fault(message) else None)
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.goto(live_server.url + address)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert faults == []


def _is_fault(message: ConsoleMessage) -> bool:
    return message.type == "error" and "status of 422" not in message.text  # a form with errors answers with 422


def find_violations_of_wcag(page: Page) -> list[str]:
    found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    return [f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]]


def overflows(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def look_at(page: Page, name: str) -> None:
    """In every width, light and dark: no violation of WCAG, nothing wider than the screen, one heading of the page."""
    page.evaluate(AXE.read_text())
    assert page.locator("h1").count() == 1
    for size, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 800})
        assert not overflows(page), f"{name} is wider than {width} pixels"
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            assert find_violations_of_wcag(page) == [], f"{name}, {width} pixels, {scheme}"
            keep_picture(page, f"{name}-{size}-{scheme}")


def keep_picture(page: Page, name: str) -> None:
    """With KEEP_SCREENSHOTS=<folder> the pages are kept as pictures, to be looked at."""
    if folder := os.environ.get("KEEP_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


PAGES = {
    "dashboard": "/zentrum/korbach/",
    "release-form": "/zentrum/korbach/freigeben/",
    "release": "/zentrum/korbach/freigabe/2/",
    "release-filled": "/zentrum/korbach/freigabe/1/",
    "add-doses": "/zentrum/korbach/freigabe/2/dosen-dazu/",
    "take-back-doses": "/zentrum/korbach/freigabe/2/dosen-zurueck/",
    "change-times": "/zentrum/korbach/freigabe/2/uhrzeit/",
    "hand-pick": "/zentrum/korbach/freigabe/2/von-hand/",
    "stop": "/zentrum/korbach/freigabe/2/beenden/",
    "county": "/kreis/waldeck-frankenberg/",
    "county-period": "/kreis/waldeck-frankenberg/?start=2021-05-01&end=2021-04-01",
    "draw-anew": "/zentrum/korbach/auslosen/",
    "draws": "/auslosung/korbach/",
    "login": "/intern/anmelden/",
    "sending": "/betrieb/waldeck-frankenberg/",
    "sending-stop": "/betrieb/waldeck-frankenberg/anhalten/",
}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_accessible_and_fits(
    saturday: Release, committed_world: World, open_as: Opener, name: str
) -> None:
    user = None if name == "login" else make_member(committed_world.centre, Role.COUNTY_ADMIN, username="Petra Amend")
    look_at(open_as(user, PAGES[name]), name)


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


def test_operators_stop_and_resume_sending_and_try_again(
    saturday: Release, committed_world: World, open_as: Opener
) -> None:
    play_trouble(committed_world)
    operator = make_member(committed_world.centre, Role.OPERATOR, username="Jens Kuhaupt")
    page = open_as(operator, "/intern/", width=375)
    look_at(page, "sending-trouble")
    page.get_by_role("link", name="Versand anhalten …").click()
    page.get_by_role("button", name="Versand anhalten").click()
    expect(page.get_by_role("link", name="Bitte nennen Sie den Grund.")).to_be_visible()
    look_at(page, "sending-stop-errors")
    page.get_by_label("Grund").fill("Falscher Absender in den Angeboten")
    page.get_by_role("button", name="Versand anhalten").click()
    expect(page.get_by_role("heading", name="Der Versand ist angehalten")).to_be_visible()
    look_at(page, "sending-stopped")
    look_at(open_as(committed_world.staff, PAGES["release"]), "release-stopped")
    look_at(open_as(committed_world.staff, PAGES["dashboard"]), "dashboard-stopped")
    page.get_by_role("link", name="Versand fortsetzen …").click()
    look_at(page, "sending-resume")
    page.get_by_role("button", name="Versand fortsetzen").click()
    expect(page.get_by_text("Der Versand läuft wieder.")).to_be_visible()
    page.get_by_role("link", name="noch einmal versuchen …").click()
    look_at(page, "sending-retry")
    page.get_by_role("button", name="Noch einmal versuchen").click()
    expect(page.get_by_text("Nachrichten werden noch einmal versucht.")).to_be_visible()


def test_sending_is_stopped_without_script(saturday: Release, committed_world: World, open_as: Opener) -> None:
    admin = make_member(committed_world.centre, Role.COUNTY_ADMIN, username="Petra Amend")
    page = open_as(admin, PAGES["county"], width=320, java_script_enabled=False)
    page.get_by_role("link", name="Versand").click()
    page.get_by_role("link", name="Versand anhalten …").click()
    page.get_by_label("Grund").fill("Probe")
    page.get_by_role("button", name="Versand anhalten").click()
    expect(page.get_by_text("Petra Amend: Probe")).to_be_visible()


def test_two_taps_from_the_dashboard_to_a_running_release(
    saturday: Release, committed_world: World, open_as: Opener
) -> None:
    page = open_as(committed_world.staff, PAGES["dashboard"], width=375)
    page.get_by_role("button", name="12 Dosen bis 18:30 Uhr freigeben").click()
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


def test_everything_works_without_script(saturday: Release, committed_world: World, open_as: Opener) -> None:
    committed_world.entries(2)
    page = open_as(committed_world.staff, PAGES["dashboard"], java_script_enabled=False)
    page.get_by_role("link", name="Andere Freigabe …").click()
    page.get_by_label("Dosen", exact=True).fill("2")
    page.get_by_role("button", name="Reichweite prüfen").click()
    expect(page.locator("#reach")).to_contain_text("5 Personen kommen infrage.")
    page.get_by_role("button", name="Dosen freigeben", exact=True).click()
    expect(page.get_by_role("heading", name="Comirnaty, 2 Dosen, bis 18:30 Uhr")).to_be_visible()
