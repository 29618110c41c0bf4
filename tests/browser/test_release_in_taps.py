"""From the login to the first message: how many taps, and how long. And two browsers on one release at once."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from impfzentrum.models import Campaign, Message, Release, Vaccine
from impfzentrum.procedures.releasing import stop_release
from impfzentrum.vocabulary import Role
from tests import factories
from tests.browser.conftest import PHONE
from tests.browser.staff_pages import (
    AXE,
    PAGES,
    Opener,
    find_too_wide,
    find_violations_of_wcag,
    keep_picture,
    open_as,
    overflows,
    saturday,
)
from tests.browser.test_tour import Open, Site, join_quietly, log_in, site
from tests.conftest import World
from tests.views.staff import make_member

__all__ = ["open_as", "saturday", "site"]
pytestmark = pytest.mark.browser

DECIDE, POINT = 1.35, 1.1
"""Seconds in which a person decides on a tap, and taps (the keystroke-level model of Card, Moran and Newell).

User time is what people need: these seconds for each tap. What the machine needs is measured and told beside it: a slow
machine must not make the page look hard to use, nor a quick one easy.
"""

MOST_TAPS, MOST_SECONDS = 4, 10.0


class Finger:
    """Taps like a person and counts."""

    def __init__(self) -> None:
        self.taps = 0

    def tap(self, target: Locator) -> None:
        self.taps += 1
        target.tap()

    @property
    def seconds(self) -> float:
        return self.taps * (DECIDE + POINT)


def play_yesterday(site: Site) -> None:
    """A release of five doses that is over, and eight people who came onto the list since."""
    campaign = Campaign.objects.get(county=site.centre.county)
    comirnaty, team = Vaccine.objects.get(name="Comirnaty"), User.objects.get(username="team")
    now = timezone.now()
    release = factories.make_release(site.centre, campaign, comirnaty, team, doses=5, now=now)
    stop_release(release, by=team, now=now)
    for number in range(8):
        join_quietly(site.centre, f"+49171392010{number}")


def wait_for_first_message(release: Release) -> None:
    deadline = time.monotonic() + 60
    offers = Message.objects.filter(offer__release=release, template="offer", handed_over_at__isnull=False)
    while not offers.exists():
        assert time.monotonic() < deadline, "no message left"
        time.sleep(0.05)


@pytest.mark.worker
def test_six_doses_from_login_to_the_first_message(
    site: Site, open_page: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    play_yesterday(site)
    phone, finger = open_page(viewport=PHONE, has_touch=True), Finger()
    log_in(phone, site, "team")
    expect(phone.get_by_role("heading", name="Dosen freigeben")).to_be_visible()
    begun = time.monotonic()
    finger.tap(phone.get_by_role("button", name="Dosen: eins mehr"))  # five last time
    finger.tap(phone.get_by_role("button", name="Prüfen und freigeben"))
    expect(phone.get_by_text("8 Personen kommen infrage.")).to_be_visible()
    finger.tap(phone.get_by_role("button", name="Jetzt freigeben"))
    expect(phone).to_have_url(re.compile(r"/freigabe/2/$"))
    release = Release.objects.get(number=2)
    wait_for_first_message(release)
    machine = time.monotonic() - begun
    assert release.doses.count() == 6
    assert finger.taps <= MOST_TAPS
    assert finger.seconds <= MOST_SECONDS
    phone.goto(f"{site.url}/postfach/")
    expect(phone.locator(".message").filter(has_text="Angebot, noch kein Termin").first).to_be_visible(timeout=60_000)
    assert site.workers.logged_errors() == []
    with capsys.disabled():
        told = f"{finger.taps} taps, {finger.seconds:.1f} s of user time, {machine:.1f} s of this machine"
        print(f"\nsix doses from login to the first message: {told}")


def test_two_browsers_on_one_release(saturday: Release, committed_world: World, open_as: Opener) -> None:
    lead = make_member(committed_world.centre, Role.CENTRE_LEAD, username="Petra Amend")
    ending = open_as(lead, PAGES["stop"])
    adding = open_as(committed_world.staff, PAGES["add-doses"], width=375)
    adding.get_by_label("Dosen", exact=True).fill("3")
    ending.get_by_role("button", name="Freigabe beenden").click()
    expect(ending.get_by_text("Diese Freigabe wurde beendet")).to_be_visible()
    adding.get_by_role("button", name="Dosen dazu").click()
    notice = adding.get_by_text("Diese Freigabe läuft nicht mehr. Petra Amend (Leitung Impfzentrum), 16:4")
    expect(notice).to_be_visible()
    expect(notice).to_contain_text("Freigabe beendet")
    assert saturday.doses.count() == 12, "nothing was added to what is over"
    assert not overflows(adding)
    keep_picture(adding, "second-browser")


def test_an_afternoon_with_warnings_fits_a_phone(saturday: Release, committed_world: World, open_as: Opener) -> None:
    """Every warning at once, at 320 pixels: no violation of WCAG, nothing wider than the screen."""
    Release.objects.filter(pk=saturday.pk).update(nobody_left_since=timezone.now(), look_again_at=saturday.released_at)
    now = timezone.now()
    soon = {"arrive_from": now + timedelta(minutes=10), "use_by": now + timedelta(minutes=40)}
    committed_world.release(doses=4, now=now, **soon)
    page: Page = open_as(committed_world.staff, PAGES["dashboard"], width=320)
    expect(page.get_by_text("Hintergrunddienst")).to_be_visible()
    page.evaluate(AXE.read_text())
    assert find_violations_of_wcag(page) == []
    assert not overflows(page), find_too_wide(page)
    keep_picture(page, "dashboard-warnings")
