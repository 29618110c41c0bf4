"""Every citizen page in Chromium: no axe violation, no sideways scrolling, light and dark, narrow and wide.

KEEP_SCREENSHOTS=folder keeps a picture of each page.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.scene import Scene

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("look")]

AXE = (settings.BASE_DIR / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES: dict[str, ViewportSize] = {
    "narrow": {"width": 320, "height": 700},
    "phone": {"width": 375, "height": 812},
    "desktop": {"width": 1280, "height": 800},
}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
IN_THE_PICTURES = {
    "home", "county", "sign-up", "sign-up-search", "sign-up-zeit", "sign-up-summary", "offer", "offer-accepted",
    "status", "further-centres", "postfach",
}  # fmt: skip

OpenPage = Callable[..., Page]


@pytest.fixture(autouse=True)
def afternoon() -> Iterator[None]:
    """Today at 16:28, so that "heute zwischen 17:00 und 18:00" reads as it should. The clock runs on."""
    today = timezone.localtime()
    with time_machine.travel(datetime(today.year, today.month, today.day, 16, 28, tzinfo=today.tzinfo), tick=True):
        yield


def faults(page: Page) -> list[dict[str, Any]]:
    """What axe has against this page: the rule and the elements concerned."""
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [
        {"rule": one["id"], "help": one["help"], "where": [node["html"][:160] for node in one["nodes"]]}
        for one in found["violations"]
    ]


def keep_picture(page: Page, name: str) -> None:
    if folder := os.environ.get("KEEP_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def look_at(page: Page, name: str, sizes: Collection[str] = SIZES) -> dict[str, list[Any]]:
    """Everything that is wrong with what the page shows now, narrow and wide, light and dark, folded forms open.

    Loaded once for all.
    """
    page.evaluate("document.querySelectorAll('details.feedback').forEach(one => { one.open = true; })")
    page.evaluate(AXE)
    wrong: dict[str, list[Any]] = {}
    if page.locator("h1").count() != 1:
        wrong[name] = ["not exactly one h1"]
    for size in sizes:
        if size == "phone" and not (name in IN_THE_PICTURES and "KEEP_SCREENSHOTS" in os.environ):
            continue  # every page is looked at narrower; this size is for the pictures
        page.set_viewport_size(SIZES[size])
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong[f"{name}-{size}"] = ["scrolls sideways"]
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            if found := faults(page):
                wrong[f"{name}-{size}-{scheme}"] = found
            keep_picture(page, f"{name}-{size}-{scheme}")
    return wrong


def tick_every_centre(page: Page, path: str) -> dict[str, list[Any]]:
    """A tick shows the question for the minutes, and without an answer it comes back with a message."""
    page.goto(path)
    minutes = page.locator(".also .kern-form-input:visible")
    expect(minutes).to_have_count(1)
    for box in page.locator(".also [type=checkbox]").all():
        box.check()
    expect(minutes).to_have_count(2)
    page.locator("#further-centres-submit").click()
    page.locator(".summary").wait_for()
    return look_at(page, "further-centres-errors")


def test_every_citizen_page(live_server: LiveServer, open_page: OpenPage) -> None:
    page = open_page(viewport=SIZES["narrow"])
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Security Policy" in said.text else None)
    pages = Scene().pages()
    wrong: dict[str, list[Any]] = {}
    for name, path in pages.items():
        page.goto(live_server.url + path)
        wrong |= look_at(page, name)
    page.goto(live_server.url + pages["sign-up-zeit"])
    expect(page.locator(".times")).to_be_hidden()
    page.locator("[name=any_time][value=some]").check()
    expect(page.locator(".times")).to_be_visible()
    page.locator("[name=travel_minutes]").fill("viel")
    page.locator("#next").click()
    page.locator(".summary").wait_for()
    wrong |= look_at(page, "sign-up-errors")
    wrong |= tick_every_centre(page, live_server.url + pages["further-centres"])
    assert wrong == {}
    assert refused == []
