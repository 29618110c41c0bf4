"""Every page in English: no German sentence is left, and the choice of language holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from impfzentrum.models import Campaign, County, HandPick, Message, MessageText, Release, StandbyEntry
from impfzentrum.procedures.delivering import deliver_messages
from impfzentrum.procedures.releasing import stop_release
from impfzentrum.vocabulary import Language, Role
from tests.browser.scene import Scene
from tests.browser.staff_day import MOMENT, play_saturday, play_trouble
from tests.conftest import World
from tests.procedures.picking import propose
from tests.views.citizens import text_of
from tests.views.english import ENGLISH, german_in
from tests.views.signing_up import SIGN_UP, answers_of, draft_path, fill_draft, go
from tests.views.staff import make_member


@pytest.fixture
def english() -> Client:
    return Client(headers=ENGLISH)


@pytest.fixture
def afternoon() -> Iterator[None]:
    today = timezone.localtime()
    with time_machine.travel(datetime(today.year, today.month, today.day, 16, 28, tzinfo=today.tzinfo), tick=True):
        yield


@pytest.fixture
def saturday(world: World) -> Iterator[Release]:
    with time_machine.travel(MOMENT, tick=True):
        yield play_saturday(world)


def test_the_search_finds_german(world: World, client: Client) -> None:
    for path in ("/", SIGN_UP, "/datenschutz/", "/intern/anmelden/"):
        assert len(german_in(client.get(path))) >= 3, path


def test_every_citizen_page_is_english(db: None, afternoon: None, english: Client) -> None:
    left = {}
    for name, path in Scene().pages().items():
        page = english.get(path, {"an": "nobody"})  # in the phone lie messages to people who chose German
        assert '<html lang="en" dir="ltr">' in page.content.decode(), name
        left[name] = german_in(page)
    left["sign-up with errors"] = german_in(english.post(SIGN_UP, {"birth_date": "31.2.1950", "mobile": "x"}))
    fill_draft(Campaign.objects.get(county__slug="waldeck-frankenberg"), now=timezone.now())
    left["no consent"] = german_in(english.post(draft_path("pruefen"), {}))
    assert {name: found for name, found in left.items() if found} == {}


def test_refusals_and_notices_are_english(db: None, afternoon: None, english: Client) -> None:
    pages = Scene().pages()
    left = {
        "wrong code": german_in(english.post(pages["prove-mobile"], {"code": "000000"})),
        "no code": german_in(english.post(pages["prove-mobile"], {})),
        "again too soon": german_in(english.post(f"{pages['prove-mobile']}neu/", follow=True)),
        "confirmed": german_in(english.post(pages["prove-email"], follow=True)),
        "refused pause": german_in(english.post(f"{pages['status-appointed']}pause/", {"days": "7"})),
        "no length": german_in(english.post(pages["pause"], {})),
        "too late": german_in(english.post(pages["offer-expired"], {"answer": "yes"})),
        "nothing to cancel": german_in(english.post(f"{pages['offer-declined']}storno/")),
        "back": german_in(english.post(f"{pages['status-paused']}weiter/", follow=True)),
        "vaccinated": german_in(english.post(pages["offer-vaccinated"], follow=True)),
    }
    assert {name: found for name, found in left.items() if found} == {}


@pytest.mark.parametrize("state", ["paused", "capped"])
def test_the_notice_of_the_county_is_marked_as_german(world: World, english: Client, state: str) -> None:
    County.objects.update(list_state=state, list_text="Wir melden uns, sobald es weitergeht.")
    page = english.get(SIGN_UP)
    assert german_in(page) == []
    assert '<p class="kern-body" lang="de">Wir melden uns, sobald es weitergeht.</p>' in page.content.decode()


STAFF_PAGES = {
    "dashboard": "/zentrum/korbach/",
    "release form": "/zentrum/korbach/freigeben/",
    "release": "/zentrum/korbach/freigabe/2/",
    "filled release": "/zentrum/korbach/freigabe/1/",
    "stop": "/zentrum/korbach/freigabe/2/beenden/",
    "by hand": "/zentrum/korbach/freigabe/2/von-hand/",
    "county": "/kreis/waldeck-frankenberg/?start=2021-04-01&end=2021-04-24",
    "county, period upside down": "/kreis/waldeck-frankenberg/?start=2021-04-20&end=2021-04-01",
    "county, nothing": "/kreis/waldeck-frankenberg/?start=2021-03-01&end=2021-03-02",
    "own place": "/intern/",
}


def test_every_staff_page_is_english(saturday: Release, world: World, english: Client) -> None:
    left = {"login": german_in(english.post("/intern/anmelden/", {"username": "x", "password": "y"}))}
    english.force_login(make_member(world.centre, Role.COUNTY_ADMIN))
    for name, path in STAFF_PAGES.items():
        page = english.get(path, follow=True)
        assert '<html lang="en" dir="ltr">' in page.content.decode(), name
        left[name] = german_in(page)
    left["form with errors"] = german_in(english.post("/zentrum/korbach/freigeben/", {"doses": "10000", "use_by": "8"}))
    stop_release(saturday, by=world.staff, now=MOMENT)
    left["ended release"] = german_in(english.get("/zentrum/korbach/freigabe/2/"))
    Campaign.objects.update(state="closed")
    left["no campaign"] = german_in(english.get("/zentrum/korbach/freigeben/"))
    left["logged out"] = german_in(english.post("/intern/abmelden/", follow=True))
    assert {name: found for name, found in left.items() if found} == {}


def test_the_texts_of_a_county_are_english(world: World, english: Client) -> None:
    """Lists, forms with every fault, confirmation and the way back; German texts are marked as such."""
    english.force_login(make_member(world.centre, Role.COUNTY_ADMIN))
    page = "/kreis/waldeck-frankenberg/texte/sms/offer/en/"
    good = "Offer, not yet an appointment. Please answer by {bis}: {link}"
    typed = {"body": good, "begins": "", "stand": "0", "action": "save"}
    left = {
        "list": german_in(english.get("/kreis/waldeck-frankenberg/texte/")),
        "text": german_in(english.get(page)),
        "German text": german_in(english.get(page.replace("en/", "de/"))),
        "mail": german_in(english.get("/kreis/waldeck-frankenberg/texte/email/offer_race/en/")),
        "many faults": german_in(english.post(page, {**typed, "body": "{x} { http://x.example group vaccine – Mr X"})),
        "too long": german_in(english.post(page, {**typed, "body": good + " x" * 300, "begins": "1.1.2001"})),
        "dear": german_in(english.post(page, {**typed, "body": good + " x" * 60, "begins": "1.1.2999"})),
        "empty": german_in(english.post(page, {"action": "save"})),
        "confirm": german_in(english.post(page, {**typed, "action": "check"})),
        "saved": german_in(english.post(page, typed, follow=True)),
        "clash": german_in(english.post(page, typed)),
        "planned": german_in(english.post(page, {**typed, "stand": "1", "begins": next_week()}, follow=True)),
        "plan": german_in(english.get(page)),
        "restore": german_in(english.get(f"{page}zurueck/")),
        "dropped": german_in(english.post(f"{page}verwerfen/", {"stand": "2"}, follow=True)),
        "nothing planned": german_in(english.post(f"{page}verwerfen/", {"stand": "3"}, follow=True)),
        "restored": german_in(english.post(f"{page}zurueck/", {"stand": "3"}, follow=True)),
    }
    assert {name: found for name, found in left.items() if found} == {}
    assert MessageText.objects.count() == 4


def next_week() -> str:
    return f"{timezone.localdate() + timedelta(days=7):%d.%m.%Y}"


def test_a_dose_given_by_hand_is_english(saturday: Release, world: World, english: Client) -> None:
    """Both people's pages, every refusal and the county's table; the sentence of the staff is marked as German."""
    release = world.release(3, now=MOMENT, use_by=MOMENT + timedelta(hours=1))
    born = {"birth_date": date(1950, 4, 1), "travel_minutes": 5}
    person, other, paused = (world.entry(**born), world.entry(**born), world.entry(**born, state="paused"))
    page = f"/zentrum/korbach/freigabe/{release.number}/von-hand/"
    typed = {"birth_date": "1.4.1950", "action": "propose", "reason": "on_site", "note": "Is here, vial half empty."}
    typed["agreed"] = "on"
    english.force_login(world.staff)
    left = {
        "search": german_in(english.post(page, {"birth_date": "1.4.1950"})),
        "nobody": german_in(english.post(page, {"birth_date": "1.4.1951"})),
        "no date": german_in(english.post(page, {"birth_date": "x", "letters": "1"})),
        "nothing chosen": german_in(english.post(page, {"birth_date": "1.4.1950", "action": "propose", "note": "x"})),
        "not eligible": german_in(english.post(page, {**typed, "person": str(paused.public_id)})),
        "proposed": german_in(english.post(page, {**typed, "person": str(person.public_id)}, follow=True)),
        "proposed twice": german_in(english.post(page, {**typed, "person": str(person.public_id)})),
        "own dashboard": german_in(english.get("/zentrum/korbach/")),
    }
    pick = HandPick.objects.get()
    address = f"{page}{pick.public_id}/"
    left["own"] = german_in(english.get(address))
    left["own consent"] = german_in(english.post(address, {"decision": "consent"}))
    english.force_login(make_member(world.centre, Role.COUNTY_ADMIN))
    left["dashboard"] = german_in(english.get("/zentrum/korbach/"))
    left["decide"] = german_in(english.get(address))
    left["no withdrawal"] = german_in(english.post(address, {"decision": "withdraw"}))
    StandbyEntry.objects.filter(pk=person.pk).update(state="paused")
    left["not eligible any more"] = german_in(english.post(address, {"decision": "consent"}))
    StandbyEntry.objects.filter(pk=person.pk).update(state="waiting")
    left["given"] = german_in(english.post(address, {"decision": "consent"}, follow=True))
    left["decided"] = german_in(english.post(address, {"decision": "refuse"}, follow=True))
    second = propose(world, release, other, now=MOMENT)
    left["refused"] = german_in(english.post(f"{page}{second.public_id}/", {"decision": "refuse"}, follow=True))
    left["county"] = german_in(english.get("/kreis/waldeck-frankenberg/?start=2021-04-01&end=2021-04-24"))
    assert {name: found for name, found in left.items() if found} == {}


def test_the_pages_of_operators_are_english(saturday: Release, world: World, english: Client) -> None:
    """With trouble, near the end of a budget, in quiet hours, stopped; the typed reason is marked as German."""
    play_trouble(world)
    page = "/betrieb/waldeck-frankenberg/"
    english.force_login(make_member(world.centre, Role.COUNTY_ADMIN))
    left = {
        "trouble": german_in(english.get(page)),
        "near its end": german_in(english.get("/kreis/waldeck-frankenberg/")),
    }
    County.objects.update(quiet_from=time(12), quiet_until=time(20))
    left["quiet"] = german_in(english.get(page))
    left["stop"] = german_in(english.get(f"{page}anhalten/"))
    left["no reason"] = german_in(english.post(f"{page}anhalten/", {"reason": ""}))
    left["retry"] = german_in(english.get(f"{page}nochmal/"))
    left["retried"] = german_in(english.post(f"{page}nochmal/", follow=True))
    left["not retried"] = german_in(english.post(f"{page}nochmal/", follow=True))
    left["stopped"] = german_in(english.post(f"{page}anhalten/", {"reason": "Falscher Absender"}, follow=True))
    for name, path in (("resume", f"{page}fortsetzen/"), *list(STAFF_PAGES.items())[:3]):
        left[f"{name}, stopped"] = german_in(english.get(path))
    left["resumed"] = german_in(english.post(f"{page}fortsetzen/", follow=True))
    left["not resumed"] = german_in(english.post(f"{page}fortsetzen/", follow=True))
    County.objects.update(sms_per_day=0)
    left["used up"] = german_in(english.get("/zentrum/korbach/"))
    assert {name: found for name, found in left.items() if found} == {}


def test_somebody_without_a_role_hears_so_in_english(world: World, english: Client) -> None:
    english.force_login(make_member(world.centre, Role.OPERATOR))
    page = english.get("/zentrum/korbach/")
    assert (page.status_code, german_in(page)) == (403, [])


@pytest.mark.parametrize("path", ["/", SIGN_UP, "/datenschutz/", "/intern/anmelden/", "/postfach/?an=x"])
def test_the_switch_leads_back_to_the_same_page(world: World, client: Client, path: str) -> None:
    page = client.get(path).content.decode()
    form = re.search(r'action="/sprache/">(.*?)</form>', page, re.DOTALL)
    assert form
    answer = client.post(
        "/sprache/", {"language": "en", "next": re.findall(r'name="next" value="([^"]*)"', form[1])[0]}
    )
    assert answer["Location"] == path
    there = client.get(path).content.decode()
    assert '<html lang="en" dir="ltr">' in there
    assert 'value="de" lang="de">Deutsch</button>' in there


def test_staff_can_switch_as_well(world: World, client: Client) -> None:
    client.force_login(world.staff)
    page = client.get("/zentrum/korbach/").content.decode()
    assert page.count('action="/sprache/"') == 1
    assert '<input type="hidden" name="next" value="/zentrum/korbach/">' in page


def test_after_a_refusal_the_switch_leads_to_a_page_that_can_be_opened(world: World, client: Client) -> None:
    entry = world.entry(email="erika@example.org", email_confirmed_at=None)
    page = [client.post(f"/s/{entry.token}/bestaetigen/", {"channel": "email"}) for _twice in range(2)][1]
    assert page.status_code == 409
    assert f'name="next" value="/s/{entry.token}/"' in page.content.decode()


def test_who_signs_up_in_english_is_written_to_in_english(
    db: None, afternoon: None, english: Client, client: Client
) -> None:
    scene = Scene()
    go(english, answers_of(scene.campaign))
    go(client, answers_of(scene.campaign, mobile="0171 392 0002", given_name="Otto"))
    languages = dict(StandbyEntry.objects.values_list("mobile_index", "language"))
    assert sorted(languages.values()) == [Language.GERMAN, Language.ENGLISH]
    assert Message.objects.count() == 2
    deliver_messages(clock=timezone.now)
    phone = text_of(client.get("/postfach/"))
    assert "Your code for the standby list of Landkreis Waldeck-Frankenberg" in phone
    assert "Ihr Code für die Nachrückerliste Landkreis Waldeck-Frankenberg" in phone


def test_the_criteria_are_told_in_english(db: None, afternoon: None, english: Client) -> None:
    scene = Scene()
    fill_draft(scene.campaign, now=timezone.now(), until="grund")
    page = text_of(english.get(draft_path("grund")))
    kita = scene.campaign.rule_set.criteria.get(code="kita_grundschule")
    assert kita.plain_en in page
    assert kita.plain_de not in page
    assert kita.plain_en in text_of(english.get(f"/s/{scene.entry().token}/"))
