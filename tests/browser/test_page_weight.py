"""What a phone has to load: the first page at most 100 kB, each later one 30 kB more, and nothing from elsewhere."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from playwright.sync_api import Page, Response
from pytest_django.live_server_helper import LiveServer

from tests.browser.scene import Scene
from tests.browser.test_look import SIZES, OpenPage, afternoon

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("look"), pytest.mark.usefixtures(afternoon.__name__)]
__all__ = ["afternoon"]

FIRST, LATER = 100_000, 30_000
"""Bytes of bodies as they travel. The live server compresses nothing; what compressing saves is taken off below."""

FIRST_IN_CYRILLIC = 120_000
"""Two more files of letters, 22 kB together; Turkish and Arabic are set in the device's own."""

WAY = ("home", "county", "sign-up", "sign-up-grund", "sign-up-summary", "offer", "status")


def weigh(page: Page, path: str) -> tuple[int, list[str]]:
    """Bytes that this page loads besides what the browser has, and from where."""
    came: list[Response] = []
    page.on("response", came.append)
    page.goto(path, wait_until="networkidle")
    page.remove_listener("response", came.append)
    return sum(_bytes_of(one) for one in came), [one.url for one in came]


def _bytes_of(response: Response) -> int:
    """As it goes over the wire in production, where WhiteNoise and the web server send text compressed."""
    if response.status >= 300 or response.status == 204:
        return 0
    body = response.body()
    text: Any = response.headers.get("content-type", "").startswith(("text/", "image/svg", "application/javascript"))
    return len(gzip.compress(body)) if text else len(body)


@pytest.mark.parametrize("language", ["de", "uk"])
def test_pages_are_light_and_load_nothing_from_elsewhere(
    live_server: LiveServer, open_page: OpenPage, language: str
) -> None:
    pages = Scene().pages()
    page = open_page(viewport=SIZES["phone"])
    page.context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    weights: dict[str, int] = {}
    elsewhere: list[str] = []
    for name in WAY:
        weights[name], urls = weigh(page, live_server.url + pages[name])
        elsewhere += [url for url in urls if not url.startswith((live_server.url, "data:"))]
    assert elsewhere == []
    assert weights["home"] <= (FIRST if language == "de" else FIRST_IN_CYRILLIC), weights
    assert {name: one for name, one in weights.items() if name != "home" and one > LATER} == {}, weights
