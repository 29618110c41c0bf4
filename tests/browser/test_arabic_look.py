"""Every citizen page in Arabic, from right to left, and some in Ukrainian: no axe violation, no sideways scrolling."""

from __future__ import annotations

import os
from typing import Any

import pytest
from playwright.sync_api import Page, Request
from pytest_django.live_server_helper import LiveServer

from tests.browser.scene import Scene
from tests.browser.test_look import AXE, SIZES, OpenPage, afternoon, faults, keep_picture

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("look"), pytest.mark.usefixtures(afternoon.__name__)]
__all__ = ["afternoon"]

LOOKS = (("narrow", "light"), ("desktop", "dark"))
"""Colours are those of the German pages, looked at in every combination; here it is sizes and reading order."""

EVERY_PAGE = "EVERY_PAGE" in os.environ
ARABIC = (
    "home", "county", "sign-up-grund", "sign-up-search", "sign-up-kontakt", "sign-up-zeit", "sign-up-impfung",
    "sign-up-hilfe", "sign-up-summary", "sign-up-code", "offer", "offer-accepted", "status", "status-ready", "hours",
    "privacy",
)  # fmt: skip
"""One page of each shape; all of them with EVERY_PAGE=1."""
UKRAINIAN = ("sign-up-grund", "offer", "status")


def look_at(page: Page, name: str) -> dict[str, list[Any]]:
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    page.evaluate(AXE)
    wrong: dict[str, list[Any]] = {}
    for size, scheme in LOOKS:
        page.set_viewport_size(SIZES[size])
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong[f"{name}-{size}"] = ["scrolls sideways"]
        if found := faults(page):
            wrong[f"{name}-{size}-{scheme}"] = found
        keep_picture(page, f"{name}-{size}-{scheme}")
    return wrong


def test_every_citizen_page_in_arabic_and_some_in_ukrainian(live_server: LiveServer, open_page: OpenPage) -> None:
    pages = Scene().pages()
    wrong: dict[str, list[Any]] = {}
    fonts: dict[str, set[str]] = {"ar": set(), "uk": set()}
    for language, names in (("ar", list(pages) if EVERY_PAGE else ARABIC), ("uk", UKRAINIAN)):
        page = open_page(viewport=SIZES["narrow"])
        page.context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
        _note_fonts(page, fonts[language])
        for name in names:
            page.goto(live_server.url + pages[name])
            wrong |= look_at(page, f"{language}-{name}")
        wrong |= _after_a_mistake(page, live_server.url + pages["sign-up"], language)
    assert wrong == {}
    assert not any("latin-ext" in url or "cyrillic" in url for url in fonts["ar"] | fonts["uk"])


def _note_fonts(page: Page, fonts: set[str]) -> None:
    def note(asked: Request) -> None:
        if asked.resource_type == "font":
            fonts.add(asked.url)

    page.on("request", note)


def _after_a_mistake(page: Page, path: str, language: str) -> dict[str, list[Any]]:
    page.goto(path)
    page.locator("#next").click()
    page.locator(".summary").wait_for()
    return look_at(page, f"{language}-sign-up-errors")
