"""What a phone has to load: the first page at most 100 kB, each later one 30 kB more, and nothing from elsewhere."""

from __future__ import annotations

import gzip

import pytest
from playwright.sync_api import APIResponse, Page, Request
from pytest_django.live_server_helper import LiveServer

from tests.browser.scene import Scene
from tests.browser.test_look import SIZES, OpenPage, afternoon

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("look"), pytest.mark.usefixtures(afternoon.__name__)]
__all__ = ["afternoon"]

FIRST, LATER = 100_000, 30_000
"""Bytes of bodies as they travel. The live server compresses nothing; what compressing saves is taken off below."""

WAY = ("home", "county", "sign-up", "sign-up-grund", "sign-up-summary", "offer", "status")


def weigh(page: Page, path: str, seen: set[str]) -> int:
    """Bytes that this page needs besides what the browser has `seen`: in production static files are kept for good."""
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    page.on("request", note)
    page.goto(path, wait_until="networkidle")
    page.remove_listener("request", note)
    new = {url for url in asked if not url.startswith("data:")} - seen
    seen |= new - {path}
    return sum(_bytes_of(page.request.get(url)) for url in new)


def _bytes_of(response: APIResponse) -> int:
    """As it goes over the wire in production, where text travels compressed."""
    body = response.body()
    text = response.headers.get("content-type", "").startswith(("text/", "image/svg", "application/javascript"))
    return len(gzip.compress(body)) if text else len(body)


def test_pages_are_light_and_load_nothing_from_elsewhere(live_server: LiveServer, open_page: OpenPage) -> None:
    pages = Scene().pages()
    weights: dict[str, int] = {}
    elsewhere: list[str] = []
    for language, names in (("de", WAY), ("uk", WAY[:1])):
        page = open_page(viewport=SIZES["phone"])
        page.context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
        seen: set[str] = set()
        for name in names:
            weights[f"{name} {language}"] = weigh(page, live_server.url + pages[name], seen)
        elsewhere += [url for url in seen if not url.startswith(live_server.url)]
    assert elsewhere == []
    assert 0 < weights.pop("home de") <= FIRST, weights
    assert 0 < weights.pop("home uk") <= FIRST, weights
    assert {name: one for name, one in weights.items() if one > LATER} == {}
