"""Calls and the sign-up by phone in a real browser: tasks that appear by themselves, and axe at every width."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from impfzentrum.models import Offer, Release
from impfzentrum.procedures.phoning import note_not_reached, take_call
from impfzentrum.procedures.sweeping import sweep
from impfzentrum.vocabulary import Role
from tests.browser.staff_day import MOMENT
from tests.browser.staff_pages import Opener, look_at, open_as, saturday
from tests.conftest import World
from tests.procedures.calling import LANDLINE, callable_entry, the_call
from tests.views.staff import make_member

__all__ = ["open_as", "saturday"]
pytestmark = pytest.mark.browser

TODAY = "/zentrum/korbach/"


def ask_three(world: World) -> list[Offer]:
    """Three people of the first group who have only a telephone are asked; one call is taken, one was tried in vain."""
    names = [("Elfriede", "Kleinschmidt"), ("Gerda", "von der Heydt-Rosenbaum"), ("Otto", "Bangert")]
    for given, family in names:
        callable_entry(
            world, given_name=given, family_name=family, priority_group=1, travel_minutes=10,
            call_hint="nach 9 Uhr, lange klingeln lassen", second_phone=LANDLINE,
        )  # fmt: skip
    release = world.release(9, now=MOMENT, use_by=MOMENT + timedelta(hours=2))
    sweep(now=MOMENT)
    offers = list(release.offers.filter(messages__channel="call").order_by("pk"))
    colleague = make_member(world.centre, Role.CENTRE_LEAD, username="Petra Amend")
    take_call(the_call(offers[1]), by=colleague, now=MOMENT)
    take_call(the_call(offers[2]), by=colleague, now=MOMENT)
    note_not_reached(the_call(offers[2]), by=colleague, now=MOMENT + timedelta(seconds=5))
    return offers


def test_calls_appear_and_are_made(saturday: Release, committed_world: World, open_as: Opener) -> None:
    page = open_as(committed_world.staff, TODAY, width=375)
    offers = ask_three(committed_world)
    tasks = page.locator(".calls .line")
    expect(tasks).to_have_count(3)  # without a reload
    look_at(page, "dashboard-calls")
    page.locator(f"#call-{the_call(offers[0]).reference}").click()
    look_at(page, "call-free")
    page.get_by_role("button", name="Ich rufe jetzt an").click()
    expect(page.get_by_role("heading", name=offers[0].entry.family_name)).to_be_visible()
    look_at(page, "call-mine")
    page.get_by_role("button", name="Sagt Ja").click()
    expect(page.get_by_role("heading", name="Bitte lesen Sie jetzt vor")).to_be_visible()
    look_at(page, "call-yes")
    page.get_by_role("link", name="Fertig, zurück zu Heute").click()
    expect(page.locator(".calls .line")).to_have_count(2)
    look_at(open_as(committed_world.staff, f"{TODAY}freigabe/{offers[0].release.number}/"), "release-calls")


def test_a_call_without_script(saturday: Release, committed_world: World, open_as: Opener) -> None:
    [offer, *_] = ask_three(committed_world)
    page = open_as(committed_world.staff, TODAY, width=320, java_script_enabled=False)
    page.locator(f"#call-{the_call(offer).reference}").click()
    page.get_by_role("button", name="Ich rufe jetzt an").click()
    page.get_by_role("button", name="Nicht erreicht").click()
    expect(page.get_by_text("Eingetragen: nicht erreicht.")).to_be_visible()


def test_somebody_is_signed_up_by_phone(saturday: Release, committed_world: World, open_as: Opener) -> None:
    committed_world.county.postcodes.create(code="34497", place="Korbach", latitude=51.27, longitude=8.87)
    page = open_as(committed_world.staff, TODAY, width=375)
    page.get_by_role("link", name="Am Telefon anmelden").click()
    look_at(page, "phone-sign-up")
    page.get_by_label("Nummer für Anrufe", exact=False).first.fill("954321")
    page.get_by_role("button", name="Auf die Liste setzen").click()
    expect(page.get_by_role("link", name="Hier fehlt die Vorwahl")).to_be_visible()
    look_at(page, "phone-sign-up-errors")
    page.get_by_label("Vorname").fill("Elfriede")
    page.get_by_label("Familienname").fill("Kleinschmidt")
    page.get_by_label("Geburtsdatum").fill("1.4.1938")
    page.get_by_label("Postleitzahl").fill("34497")
    page.get_by_label(re.compile("^Nummer für Anrufe")).fill("069 / 90009 123")
    page.get_by_label("Ich habe die Nummern vorgelesen").check()
    page.locator("[name=criterion]").first.evaluate("one => one.click()")
    page.get_by_label("Comirnaty (BioNTech)").check()
    page.get_by_label("Wie viele Minuten").fill("20 min")
    page.get_by_label("speichert").check()
    page.get_by_label("kurzfristig angerufen").check()
    page.get_by_role("button", name="Auf die Liste setzen").click()
    expect(page.get_by_text("Die Person steht auf der Liste.")).to_be_visible()
