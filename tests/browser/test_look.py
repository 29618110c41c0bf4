"""Every citizen page in Chromium: no axe violation, no sideways scrolling, light and dark, narrow and wide.

KEEP_SCREENSHOTS=folder keeps a picture of each page.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.scene import Scene

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("look")]

AXE = (settings.BASE_DIR / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = {
    "narrow": {"width": 320, "height": 700},
    "phone": {"width": 375, "height": 812},
    "desktop": {"width": 1280, "height": 800},
}
LOOKED_AT = [size for size in SIZES if size != "phone" or "KEEP_SCREENSHOTS" in os.environ]
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
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [
        {"rule": one["id"], "help": one["help"], "where": [node["html"][:160] for node in one["nodes"]]}
        for one in found["violations"]
    ]


def keep_picture(page: Page, name: str) -> None:
    if folder := os.environ.get("KEEP_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def look_at(page: Page, name: str) -> list[Any]:
    """Everything that is wrong with what the page shows now."""
    wrong: list[Any] = faults(page)
    if page.locator("h1").count() != 1:
        wrong.append("not exactly one h1")
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        wrong.append("scrolls sideways")
    keep_picture(page, name)
    return wrong


def tick_every_centre(page: Page, path: str, look: str) -> list[Any]:
    """A tick shows the question for the minutes, and without an answer it comes back with a message."""
    page.goto(path)
    minutes = page.locator(".also .kern-form-input:visible")
    expect(minutes).to_have_count(1)
    for box in page.locator(".also [type=checkbox]").all():
        box.check()
    expect(minutes).to_have_count(2)
    page.locator("#further-centres-submit").click()
    page.locator(".summary").wait_for()
    return look_at(page, f"further-centres-errors-{look}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", LOOKED_AT)
def test_every_citizen_page(live_server: LiveServer, open_page: OpenPage, scheme: str, size: str) -> None:
    page = open_page(color_scheme=scheme, viewport=SIZES[size])
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Security Policy" in said.text else None)
    pages = Scene().pages()
    if size == "phone":  # the narrow run has looked at all of them; this one is for the pictures
        pages = {name: path for name, path in pages.items() if name in IN_THE_PICTURES}
    wrong = {}
    for name, path in pages.items():
        page.goto(live_server.url + path)
        wrong[name] = look_at(page, f"{name}-{size}-{scheme}")
    page.goto(live_server.url + pages["sign-up-zeit"])
    expect(page.locator(".times")).to_be_hidden()
    page.locator("[name=any_time][value=some]").check()
    expect(page.locator(".times")).to_be_visible()
    page.locator("[name=travel_minutes]").fill("viel")
    page.locator("#next").click()
    page.locator(".summary").wait_for()
    wrong["sign-up with errors"] = look_at(page, f"sign-up-errors-{size}-{scheme}")
    wrong["further centres with errors"] = tick_every_centre(
        page, live_server.url + pages["further-centres"], f"{size}-{scheme}"
    )
    assert {name: found for name, found in wrong.items() if found} == {}
    assert refused == []
