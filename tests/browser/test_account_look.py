"""Logging in with two steps in a real browser, and the pages of accounts: axe at every width."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from impfzentrum.models import Authenticator
from impfzentrum.vocabulary import Role
from tests.browser.staff_pages import Opener, look_at, open_as
from tests.conftest import World
from tests.views.second_steps import code_of
from tests.views.staff import make_member, make_neighbour

__all__ = ["open_as"]
pytestmark = pytest.mark.browser


def test_from_the_password_to_the_invitation(committed_world: World, open_as: Opener, settings: Settings) -> None:
    settings.SECOND_FACTOR = "required"
    make_neighbour(committed_world)
    boss = make_member(committed_world.centre, Role.COUNTY_ADMIN, username="landkreis", named=False)
    page = open_as(None, "/intern/anmelden/?next=/kreis/waldeck-frankenberg/konten/&ende=ruhe", width=375)
    look_at(page, "login")
    page.get_by_label("Benutzername").fill("landkreis")
    page.get_by_label("Passwort").fill("demo-password")
    page.get_by_role("button", name="Anmelden").click()
    expect(page.get_by_role("heading", name="App für die Anmeldung einrichten")).to_be_visible()
    look_at(page, "second-step-set-up")
    page.get_by_label("Code aus der App").fill(code_of(Authenticator.objects.get(user=boss)))
    page.get_by_role("button", name="Bestätigen").click()
    expect(page.locator(".codes li")).to_have_count(10)
    look_at(page, "second-step-codes")
    page.get_by_role("link", name="Ich habe sie aufgeschrieben").click()
    expect(page.get_by_role("heading", name="Konten")).to_be_visible()
    look_at(page, "accounts")
    page.get_by_role("link", name="Jemanden einladen").click()
    page.get_by_role("button", name="Einladen").click()
    expect(page.get_by_role("link", name="Bitte geben Sie den Vornamen ein.")).to_be_visible()
    look_at(page, "invite-errors")
    page.get_by_label("Vorname").fill("Änne")
    page.get_by_label("Nachname").fill("von der Heydt-Rosenbaum")
    page.get_by_label("E-Mail-Adresse").fill("aenne@example.org")
    page.get_by_label("Team").first.check()
    page.get_by_label("Impfzentrum Korbach").check()
    page.get_by_role("button", name="Einladen").click()
    expect(page.get_by_text("Eingeladen. Die E-Mail ist unterwegs")).to_be_visible()
    page.get_by_role("link", name="Änne von der Heydt-Rosenbaum").click()
    look_at(page, "account")
    page.get_by_role("link", name="landkreis").click()
    look_at(page, "second-step")
