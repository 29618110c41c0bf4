"""Opening pages of staff on a busy Saturday, and looking at them with axe."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import User
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

from impfzentrum.models import Release
from tests.browser.staff_day import MOMENT, play_saturday
from tests.conftest import World
from tests.views.staff import log_in

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
    answers = ("status of 422", "status of 409")  # a form with errors, and a refusal with its sentence
    return message.type == "error" and not any(one in message.text for one in answers)


def find_violations_of_wcag(page: Page) -> list[str]:
    found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    return [f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]]


def overflows(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def find_too_wide(page: Page) -> list[str]:
    """What sticks out of the screen, for who has to mend it."""
    found: list[str] = page.evaluate(
        """[...document.querySelectorAll("body *")]
        .filter(one => !one.closest(".scroll") && one.getBoundingClientRect().right > innerWidth + 1)
        .map(one => `${one.tagName}.${one.className} ${one.textContent.trim().slice(0, 30)}`)"""
    )
    return found[:8]


def look_at(page: Page, name: str) -> None:
    """In every width, light and dark: no violation of WCAG, nothing wider than the screen, one heading of the page."""
    page.evaluate(AXE.read_text())
    assert page.locator("h1").count() == 1
    for size, width in WIDTHS.items():
        if size == "phone" and "KEEP_SCREENSHOTS" not in os.environ:
            continue  # every page is looked at narrower; this size is for the pictures
        page.set_viewport_size({"width": width, "height": 800})
        assert not overflows(page), f"{name} is wider than {width} pixels: {find_too_wide(page)}"
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
    "check-release": "/zentrum/korbach/freigeben/pruefen/?vaccine={vaccine}&doses=6&use_by=18:30&reason=vial",
    "open-vials": "/zentrum/korbach/flaeschchen/",
    "vials": "/zentrum/korbach/flaeschchen/{vials}/",
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
    "sending": "/betrieb/waldeck-frankenberg/",
    "sending-stop": "/betrieb/waldeck-frankenberg/anhalten/",
}
LOGIN = "/intern/anmelden/"
