"""The guided sign-up in Chromium: by keyboard alone, with 200 % text, and what the commonest person needs.

Every page of it is looked at in test_look (axe, light and dark, 320 px and desktop); the way without script is in
test_without_script. KEEP_SCREENSHOTS=folder keeps pictures.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from impfzentrum.forms.guided import STEPS
from impfzentrum.models import ContactProof, StandbyEntry
from tests.browser.conftest import PHONE
from tests.browser.scene import Scene
from tests.browser.test_look import look_at
from tests.views.signing_up import SIGN_UP, age_drafts

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("look")]

OpenPage = Callable[..., Page]

MOST_FIELDS = 12


def test_the_commonest_person(live_server: LiveServer, open_page: OpenPage, capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody of 71 with a mobile phone: fields filled or ticked, clicks on buttons, seconds of this script."""
    Scene()
    page = open_page(viewport=PHONE)
    fields, clicks, started = 0, 0, time.monotonic()

    def fill(label: str, text: str) -> None:
        nonlocal fields
        page.get_by_label(label).first.fill(text)
        fields += 1

    def tick(label: str) -> None:
        nonlocal fields
        page.get_by_label(label).first.check()
        fields += 1

    def press(name: str) -> None:
        nonlocal clicks
        page.get_by_role("button", name=name, exact=True).click()
        clicks += 1

    page.goto(live_server.url + SIGN_UP)
    fill("Geburtsdatum", "1.4.50")
    fill("Postleitzahl", "34497")
    press("Weiter")
    expect(page.get_by_label("Nichts davon trifft auf mich zu")).to_be_checked()
    press("Weiter")
    fill("Vorname", "Erika")
    fill("Familienname", "Muster")
    fill("Mobilnummer", "0171 392 0001")
    press("Weiter")
    expect(page.get_by_label("Wie viele Minuten")).to_have_value("10")
    press("Weiter")
    tick("Comirnaty")
    press("Weiter")
    press("Weiter")
    age_drafts()  # a program is faster than the trap for programs allows
    tick("diese Angaben speichert")
    tick("kurzfristig per SMS")
    press("Auf die Liste")
    fill("Code aus der SMS", ContactProof.objects.get().code)
    press("Bestätigen")
    expect(page.get_by_text("Sie stehen auf der Liste").first).to_be_visible()
    seconds = time.monotonic() - started
    with capsys.disabled():
        print(f"\nsign-up of the commonest person: {fields} fields, {clicks} clicks, {seconds:.1f} s by script")
    assert fields <= MOST_FIELDS
    entry = StandbyEntry.objects.latest("pk")
    assert (entry.state, entry.priority_group, str(entry.birth_date)) == ("waiting", 2, "1950-04-01")


def test_by_keyboard_alone(live_server: LiveServer, open_page: OpenPage) -> None:
    """Tab, space, arrows, letters and Enter; the focus is always to be seen."""
    Scene()
    page = open_page(viewport=PHONE)
    page.goto(live_server.url + SIGN_UP)

    def tab_to(selector: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                seen = "getComputedStyle(document.activeElement).outlineStyle != 'none' || \
                    getComputedStyle(document.activeElement).boxShadow != 'none'"
                assert page.evaluate(seen), f"the focus on {selector} is not to be seen"
                return
        raise AssertionError(f"{selector} cannot be reached with Tab")

    def type_into(name: str, text: str) -> None:
        tab_to(f"[name={name}]")
        page.keyboard.type(text)

    def arrive_at(slug: str) -> None:
        page.wait_for_url(re.compile(f"/{slug}/(#.*)?$"))

    type_into("birth_date", "31.2.1981")
    type_into("postcode", "34497")
    page.keyboard.press("Enter")
    page.locator(".summary").wait_for()
    assert page.evaluate("document.activeElement.matches('.summary')"), "the summary of errors takes the focus"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # its link leads to the field
    page.keyboard.press("Control+A")
    page.keyboard.type("9.3.1981")
    page.keyboard.press("Enter")
    arrive_at("grund")
    type_into("search", "Kita")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Treffer für „Kita“")).to_be_visible()
    tab_to("[name=criterion]")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    arrive_at("kontakt")
    for name, text in [("given_name", "Erika"), ("family_name", "Tasten"), ("mobile", "01713920002")]:
        type_into(name, text)
    page.keyboard.press("Enter")
    arrive_at("zeit")
    tab_to("#next")
    page.keyboard.press("Enter")
    arrive_at("impfung")
    tab_to("[name=vaccines]")
    page.keyboard.press("Space")
    tab_to("#next")
    page.keyboard.press("Enter")
    arrive_at("hilfe")
    tab_to("#back")
    page.keyboard.press("Enter")
    arrive_at("impfung")
    tab_to("#next")
    page.keyboard.press("Enter")
    arrive_at("hilfe")
    tab_to("#next")
    page.keyboard.press("Enter")
    arrive_at("pruefen")
    age_drafts()
    for name in ("consent_data", "consent_contact"):
        tab_to(f"[name={name}]")
        page.keyboard.press("Space")
    tab_to("#next")
    page.keyboard.press("Enter")
    arrive_at("code")
    type_into("code", ContactProof.objects.get().code)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Sie stehen auf der Liste").first).to_be_visible()
    assert StandbyEntry.objects.latest("pk").criterion is not None


def test_with_text_twice_as_large_and_in_english(live_server: LiveServer, open_page: OpenPage) -> None:
    """On a phone nothing is cut off or laid over something else, and axe finds nothing, in either language."""
    pages = Scene().pages()
    wrong: dict[str, list[Any]] = {}
    shown = [*(f"sign-up-{step.slug}" for step in STEPS), "sign-up-summary", "sign-up-code", "sign-up-search"]
    large = open_page()
    large.add_init_script(
        "addEventListener('DOMContentLoaded', () => document.documentElement.style.fontSize = '200%')"
    )
    english = open_page()
    english.context.add_cookies([{"name": "django_language", "value": "en", "url": live_server.url}])
    for name in shown:
        large.goto(live_server.url + pages[name])
        wrong |= look_at(large, f"{name}-200", ["narrow"])
        if cut := cut_off(large):
            wrong[f"{name}-200 cut off"] = cut
        english.goto(live_server.url + pages[name])
        assert english.locator("html").get_attribute("lang") == "en"
        wrong |= look_at(english, f"{name}-en", ["narrow"])
    assert wrong == {}


def cut_off(page: Page) -> list[str]:
    """Texts that need more room than their box shows."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('main *')].filter(one => {
            const style = getComputedStyle(one);
            return !one.matches('.kern-sr-only, .trap, .trap *, input') && ['hidden', 'clip'].includes(style.overflowX)
                && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1);
        }).map(one => one.outerHTML.slice(0, 120))"""
    )
    return found
