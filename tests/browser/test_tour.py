"""The tour: from sign-up to an accepted dose, in a real browser, with a real worker and a real beat."""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings as SettingsWrapper
from pytest_django.live_server_helper import LiveServer

from impfzentrum.models import Campaign, Centre, County, Dose, StandbyEntry, Vaccine
from impfzentrum.procedures.inspecting import find_violations
from impfzentrum.procedures.proving import prove_contact
from impfzentrum.procedures.registering import SignUp, register_person
from impfzentrum.reference.loading import load_reference
from impfzentrum.vocabulary import Role
from tests.browser.conftest import PHONE
from tests.views.signing_up import age_drafts
from tests.views.staff import make_member
from tests.workers import Workers, running_workers

pytestmark = [pytest.mark.browser, pytest.mark.worker]

Open = Callable[..., Page]
VALIDITY = timedelta(seconds=12)
"""So short that a test can wait for an offer to expire."""


@dataclass(frozen=True)
class Site:
    url: str
    workers: Workers
    centre: Centre


@pytest.fixture
def site(transactional_db: None, live_server: LiveServer, settings: SettingsWrapper, tmp_path: Path) -> Iterator[Site]:
    settings.PUBLIC_URL = live_server.url
    load_reference()
    # With twelve seconds to answer the rules would rightly ask everybody at once; the tour shows a dose that is held.
    County.objects.update(offer_validity=VALIDITY, widens=False)
    centre = Centre.objects.get(slug="korbach")
    make_member(centre, Role.CENTRE_STAFF, username="team")
    make_member(centre, Role.COUNTY_ADMIN, username="kreis")
    with running_workers(tmp_path, PUBLIC_URL=live_server.url) as workers:
        yield Site(live_server.url, workers, centre)


def join_quietly(centre: Centre, mobile: str) -> StandbyEntry:
    """Another person of 75 on the list, without the browser: the tour types only once."""
    campaign = Campaign.objects.get(county=centre.county)
    now = timezone.now()
    proof = register_person(
        SignUp(
            campaign=campaign,
            centre=centre,
            given_name="Max",
            family_name="Beispiel",
            birth_date=date(1951, 5, 6),
            postcode="34497",
            mobile=mobile,
            email="",
            criterion=campaign.rule_set.criteria.get(code="uebrige"),
            vaccines=[Vaccine.objects.get(name="Comirnaty")],
            dose_wanted=1,
            last_vaccine=None,
            last_dose_on=None,
            travel_minutes=15,
            language="de",
            consent_version="test",
        ),
        now=now,
    )
    return prove_contact(proof, proof.code, now=now)


def sign_up(page: Page, site: Site, mobile: str) -> None:
    page.goto(f"{site.url}/waldeck-frankenberg/")
    page.get_by_role("link", name="Auf die Liste").first.click()
    go_on = page.get_by_role("button", name="Weiter", exact=True)
    page.get_by_label("Geburtsdatum").fill("1.4.1950")
    page.get_by_label("Postleitzahl").fill("34497")
    go_on.click()
    page.get_by_label("Nichts davon").check()
    go_on.click()
    page.get_by_label("Vorname").fill("Erika")
    page.get_by_label("Familienname").fill("Muster")
    page.get_by_label("Mobilnummer").fill(mobile)
    go_on.click()
    page.get_by_label(re.compile("Wie viele Minuten")).fill("20")
    go_on.click()
    page.get_by_label(re.compile("Comirnaty")).first.check()
    go_on.click()
    go_on.click()
    age_drafts()  # a program is faster than the trap for programs allows
    page.get_by_label(re.compile("speichert")).check()
    page.get_by_label(re.compile("kurzfristig per SMS")).check()
    page.get_by_role("button", name="Auf die Liste").click()


def newest_text(site: Site, page: Page, *, to: str, words: str) -> str:
    """The newest message to somebody with these words in it, from the Postfach page; waits for it."""
    page.goto(f"{site.url}/postfach/?an={to.replace('+', '%2B')}")
    message = page.locator(".message").filter(has_text=words).first
    expect(message).to_be_visible(timeout=60_000)
    return message.inner_text()


def open_offer(site: Site, page: Page, *, to: str) -> None:
    page.goto(f"{site.url}/postfach/?an={to.replace('+', '%2B')}")
    page.locator(".message").filter(has_text="Angebot, noch kein Termin").first.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Heute ist eine Impfdosis für Sie frei")


def log_in(page: Page, site: Site, username: str) -> None:
    page.goto(f"{site.url}/intern/anmelden/")
    page.get_by_label("Benutzername").fill(username)
    page.get_by_label("Passwort").fill("demo-password")
    page.get_by_role("button", name="Anmelden").click()


def release_two(page: Page, site: Site) -> None:
    log_in(page, site, "team")
    page.goto(f"{site.url}/zentrum/korbach/freigeben/")
    page.get_by_label("Impfstoff").select_option(label="Comirnaty")
    page.get_by_role("spinbutton", name="Dosen").fill("2")
    expect(page.get_by_text(re.compile("3 Personen")).first).to_be_visible()
    page.get_by_role("button", name=re.compile("freigeben")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Comirnaty, 2 Dosen")


def asked(count: int) -> list[StandbyEntry]:
    """Wait until so many people have had an open offer; who has one now, in the order of asking."""
    deadline = time.monotonic() + 20
    people: list[StandbyEntry] = []
    while len(people) < count:
        assert time.monotonic() < deadline, f"{len(people)} of {count} people were asked"
        people = list(StandbyEntry.objects.filter(offers__handed_over_at__isnull=False).order_by("offers__pk"))
        time.sleep(0.1)
    return people


def test_from_sign_up_to_an_accepted_dose(site: Site, open_page: Open) -> None:
    mobiles = ["+491713920001", "+491713920002", "+491713920003"]
    for mobile in mobiles[1:]:
        join_quietly(site.centre, mobile)

    citizen = open_page(viewport=PHONE)
    sign_up(citizen, site, "0171 3920001")
    code = re.search(r": (\d{6})\b", newest_text(site, open_page(), to=mobiles[0], words="Code"))
    assert code
    citizen.get_by_label(re.compile("Code")).fill(code[1])
    citizen.get_by_role("button", name=re.compile("Bestätigen")).click()
    expect(citizen.get_by_role("heading", level=1)).to_contain_text("Liste")

    staff = open_page()
    release_two(staff, site)
    first, second = asked(2)
    phone = open_page(viewport=PHONE)
    open_offer(site, phone, to=first.mobile)
    phone.get_by_role("button", name="Ja, ich komme").click()
    expect(phone.get_by_text("Südring 2")).to_be_visible()
    expect(staff.get_by_role("heading", name="1 von 2 vergeben")).to_be_visible()

    # The second person stays silent: their time runs out, the third person is asked.
    third = asked(3)[2]
    assert {first.mobile, second.mobile, third.mobile} == set(mobiles)
    open_offer(site, phone, to=third.mobile)
    phone.get_by_role("button", name="Ja, ich komme").click()
    expect(phone.get_by_text("Südring 2")).to_be_visible()
    expect(staff.get_by_role("heading", name="2 von 2 vergeben")).to_be_visible()

    staff.goto(f"{site.url}/zentrum/korbach/")
    for dose in Dose.objects.filter(state="confirmed"):
        expect(staff.get_by_text(dose.check_in_code).first).to_be_visible()
    compare_with_county(site, open_page())
    assert list(find_violations()) == []
    assert site.workers.logged_errors() == []


def compare_with_county(site: Site, county: Page) -> None:
    """The county's table and its CSV tell what the dashboard showed."""
    log_in(county, site, "kreis")
    county.goto(f"{site.url}/kreis/waldeck-frankenberg/")
    row = county.get_by_role("row").filter(has_text="Comirnaty")
    expect(row).to_have_count(1)
    with county.expect_download() as download:
        county.get_by_role("link", name=re.compile("CSV")).click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    [line] = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert (line["freigegeben"], line["zugesagt"], line["verfallen"]) == ("2", "2", "0")
