"""The pages of message texts in a real browser: live preview, without script, and axe at every width."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from impfzentrum.models import MessageText
from impfzentrum.rules.text_kinds import TextKey
from impfzentrum.text_vocabulary import Occasion
from impfzentrum.vocabulary import Channel, Language, Role
from tests.browser.staff_pages import Opener, look_at, open_as
from tests.conftest import World
from tests.procedures.test_phrasing import set_text
from tests.views.staff import make_member

__all__ = ["open_as"]
pytestmark = pytest.mark.browser

LIST = "/kreis/waldeck-frankenberg/texte/"
OFFER = f"{LIST}sms/offer/de/"
GOOD = "Angebot, noch kein Termin. Bitte bis {bis} Uhr antworten: {link}"
MAIL_BODY = (
    "Guten Tag,\n\nheute ist eine Dosis frei. Noch kein Termin. Bitte bis {bis} Uhr:\n\n{link}\n\nIhr {landkreis}"
)


@pytest.fixture
def county(committed_world: World) -> World:
    """An own text, a planned one, and one that would not pass today."""
    now = committed_world.staff.date_joined
    set_text(committed_world, TextKey(Occasion.OFFER, Channel.SMS, Language.GERMAN), body=GOOD, at=now)
    offer_mail = TextKey(Occasion.OFFER, Channel.EMAIL, Language.GERMAN)
    for days in (0, 40):
        begins = now + timedelta(days=days)
        set_text(committed_world, offer_mail, subject="Angebot", body=MAIL_BODY, at=now, valid_from=begins)
    welcome = TextKey(Occasion.WELCOME, Channel.SMS, Language.GERMAN)
    set_text(committed_world, welcome, body="Willkommen, Gruppe 2 – {link}", at=now)
    return committed_world


def open_admin(county: World, open_as: Opener, address: str, **more: object) -> Page:
    return open_as(make_member(county.centre, Role.COUNTY_ADMIN, username="Petra Amend"), address, **more)


PAGES = {
    "texts": LIST,
    "text-own": OFFER,
    "text-planned": f"{LIST}email/offer/de/",
    "text-faulty": f"{LIST}sms/welcome/de/",
    "text-builtin": f"{LIST}email/place_and_time/en/",
    "text-restore": f"{OFFER}zurueck/",
}


def test_every_page_is_accessible_and_fits(county: World, open_as: Opener, live_server: LiveServer) -> None:
    page = open_admin(county, open_as, LIST)
    for name, address in PAGES.items():
        page.goto(live_server.url + address)
        look_at(page, name)


def test_an_auditor_sees_the_text_alone(county: World, open_as: Opener) -> None:
    page = open_as(make_member(county.centre, Role.COUNTY_AUDITOR), OFFER)
    expect(page.get_by_role("button", name="Weiter")).to_have_count(0)
    look_at(page, "text-auditor")


def test_the_preview_follows_what_is_typed(county: World, open_as: Opener) -> None:
    page = open_admin(county, open_as, OFFER)
    preview = page.locator("#preview")
    expect(preview).to_contain_text("Bitte bis 16:42 Uhr antworten")
    page.get_by_label("Text", exact=True).fill(GOOD.replace("Bitte", "Bitte gleich,") + " Danke." * 12)
    expect(preview).to_contain_text("Bitte gleich, bis 16:42 Uhr antworten")
    expect(preview).to_contain_text("2 SMS-Teile, doppelter Preis. Erlaubt: 1.")
    expect(page.get_by_label("Text", exact=True)).to_be_focused()
    page.get_by_role("button", name="Weiter").click()
    expect(page.get_by_role("link", name="Das sind im längsten Fall 2 SMS-Teile")).to_be_visible()
    look_at(page, "text-errors")


@pytest.mark.parametrize("script", [True, False])
def test_a_text_is_changed_and_taken_back(county: World, open_as: Opener, script: bool) -> None:
    page = open_admin(county, open_as, LIST, width=375, java_script_enabled=script)
    page.get_by_role("link", name="Angebot, die Dosis ist reserviert, Deutsch").first.click()
    page.get_by_label("Text", exact=True).fill(GOOD + "\nWir freuen uns.")
    page.get_by_role("button", name="Vorschau zeigen").click()
    expect(page.locator("#preview")).to_contain_text("Wir freuen uns.")
    page.get_by_role("button", name="Weiter").click()
    expect(page.get_by_role("heading", name="Text übernehmen?")).to_be_visible()
    if script:
        look_at(page, "text-confirm")
    page.get_by_role("button", name="Weiter bearbeiten").click()
    expect(page.get_by_label("Text", exact=True)).to_have_value(GOOD + "\nWir freuen uns.")
    page.get_by_role("button", name="Weiter").click()
    page.get_by_role("button", name="Text übernehmen").click()
    expect(page.get_by_text("Der Text ist gespeichert und gilt ab sofort.")).to_be_visible()
    page.get_by_role("link", name="Angebot, die Dosis ist reserviert, Deutsch").first.click()
    page.get_by_role("link", name="Zurück zum eingebauten Text").click()
    page.get_by_role("button", name="Eingebauten Text nehmen").click()
    expect(page.get_by_text("Ab sofort gilt wieder der eingebaute Text.")).to_be_visible()
    texts = MessageText.objects.filter(channel="sms", occasion="offer").order_by("number")
    assert [one.body for one in texts] == [GOOD, GOOD + "\nWir freuen uns.", ""]
