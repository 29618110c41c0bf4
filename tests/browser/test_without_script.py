"""The way of a citizen with scripts switched off: from the first page to the yes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from impfzentrum.models import ContactProof
from tests import factories
from tests.browser.scene import Scene
from tests.views.signing_up import age_drafts

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("look")]


def test_from_the_first_page_to_the_yes(live_server: LiveServer, open_page: Callable[..., Page]) -> None:
    scene = Scene()
    page = open_page(java_script_enabled=False, viewport={"width": 375, "height": 812})
    page.goto(live_server.url)
    page.get_by_role("link", name="Landkreis Waldeck-Frankenberg").click()
    page.get_by_role("link", name="Auf die Liste").click()

    page.get_by_label("Geburtsdatum").fill("31.2.1981")
    page.get_by_label("Postleitzahl").fill("34497")
    go_on = page.get_by_role("button", name="Weiter", exact=True)
    go_on.click()
    expect(page.get_by_role("heading", name="Bitte prüfen Sie eine Angabe")).to_be_visible()
    page.get_by_role("link", name="Diesen Tag gibt es nicht").click()
    page.get_by_label("Geburtsdatum").fill("9.3.1981")
    go_on.click()

    page.get_by_label("Suchen").fill("Kindergarten")
    page.get_by_role("button", name="Suchen").click()
    page.get_by_label("Ich arbeite in einer Kita").check()
    go_on.click()
    expect(page.get_by_text("Sie gehören zu Gruppe 2")).to_be_visible()
    page.get_by_label("Vorname").fill("Erika")
    page.get_by_role("button", name="Zurück").click()
    expect(page.get_by_label("Ich arbeite in einer Kita")).to_be_checked()
    go_on.click()
    expect(page.get_by_label("Vorname")).to_have_value("Erika")
    page.get_by_label("Familienname").fill("Muster")
    page.get_by_label("Mobilnummer").fill("0171 392 0001")
    go_on.click()
    page.get_by_label("Wie viele Minuten").fill("25")
    go_on.click()
    expect(page.get_by_label("Womit wurden Sie zuerst geimpft?")).to_be_hidden()
    page.get_by_label("Comirnaty").first.check()
    go_on.click()
    go_on.click()
    page.get_by_role("link", name="Zeit und Weg").click()
    page.get_by_label("Wie viele Minuten").fill("30")
    go_on.click()
    expect(page.get_by_text("30 Minuten")).to_be_visible()
    age_drafts()  # a program is faster than the trap for programs allows
    page.get_by_label("diese Angaben speichert").check()
    page.get_by_label("kurzfristig per SMS").check()
    page.get_by_role("button", name="Auf die Liste").click()

    page.get_by_label("Code aus der SMS").fill(ContactProof.objects.get().code)
    page.get_by_role("button", name="Bestätigen").click()
    expect(page.get_by_role("heading", name="Sie stehen auf der Liste")).to_be_visible()
    expect(page.get_by_role("heading", name="Sie gehören zu Gruppe 2")).to_be_visible()

    now = timezone.now()
    release = factories.make_release(scene.centre, scene.campaign, scene.vaccine, scene.staff, now=now)
    offer = factories.ask(release, now=now)[0]
    page.goto(f"{live_server.url}/a/{offer.token}/")
    page.get_by_role("button", name="Ja, ich komme").click()
    expect(page.get_by_role("heading", name="Ihr Termin steht fest")).to_be_visible()
