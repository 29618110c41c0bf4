"""People on the list in their own language: the way onto the list, an offer, every page; staff in German."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from django.test import Client
from django.urls import resolve
from django.urls.exceptions import Resolver404
from django.utils import timezone
from django.utils.translation import trans_real

from impfzentrum.languages import list_spoken
from impfzentrum.models import Message, StandbyEntry
from impfzentrum.procedures.delivering import deliver_messages
from impfzentrum.procedures.writing import write_letter
from impfzentrum.states import EntryState
from tests import factories
from tests.browser.scene import Scene
from tests.conftest import World
from tests.factories import NOON
from tests.views.citizens import error_beside, text_of
from tests.views.signing_up import SIGN_UP, answers_of, go


@pytest.fixture
def afternoon() -> Iterator[None]:
    today = timezone.localtime()
    with time_machine.travel(datetime(today.year, today.month, today.day, 16, 28, tzinfo=today.tzinfo), tick=True):
        yield


def speaking(language: str) -> Client:
    return Client(headers={"Accept-Language": language})


class Untold:
    """Stands behind a catalogue and notes every text that it does not hold."""

    def __init__(self) -> None:
        self.texts: set[str] = set()

    def gettext(self, text: str) -> str:
        self.texts.add(text.partition("\x04")[2] or text)
        return text

    def ngettext(self, one: str, many: str, number: int) -> str:
        self.texts.add(one)
        return one if number == 1 else many


@pytest.fixture
def untold(monkeypatch: pytest.MonkeyPatch) -> Iterator[Untold]:
    behind = Untold()
    for language in ("tr", "ar"):
        monkeypatch.setattr(trans_real.translation(language), "_fallback", behind)
    yield behind
    assert behind.texts == set()


def test_a_whole_sign_up_in_turkish(db: None, afternoon: None, untold: Untold) -> None:
    scene = Scene()
    client = speaking("tr")
    assert '<html lang="tr" dir="ltr">' in client.get(SIGN_UP).content.decode()
    wrong = client.post(SIGN_UP, {"birth_date": "31.2.1980", "postcode": "123"})
    assert error_beside(wrong, "birth_date").endswith("Lütfen günü ve ayı kontrol edin.")
    assert error_beside(wrong, "postcode").endswith("Posta kodu beş rakamdan oluşur.")
    assert 'value="31.2.1980"' in wrong.content.decode()
    at_contact = go(client, answers_of(scene.campaign), until="kontakt")["Location"]
    for field, typed, said in [
        ("given_name", "", "Lütfen adınızı girin."),
        ("given_name", "Эрика", "Lütfen adı kimliğinizdeki gibi Latin harfleriyle yazın."),
        ("mobile", "05631 9540", "Bu bir sabit hat numarası."),
        ("email", "erika@", "Bu tam bir e-posta adresi değil."),
    ]:
        answer = client.post(at_contact, {**answers_of(scene.campaign)["kontakt"], field: typed})
        assert (answer.status_code, said in error_beside(answer, field)) == (422, True), error_beside(answer, field)
    criteria = text_of(client.get(at_contact.replace("kontakt", "grund")))
    assert "Bir kreşte, çocuk gündüz bakımında, ilkokulda veya özel eğitim okulunda çalışıyorum" in criteria
    at_code = go(client, answers_of(scene.campaign))["Location"]
    entry = StandbyEntry.objects.get()
    assert entry.language == "tr"
    assert "Kod doğru değil" in text_of(client.post(at_code, {"code": "000000"}))
    deliver_messages(clock=timezone.now)
    letter = write_letter(Message.objects.get(), now=timezone.now())
    assert "Yedek liste Landkreis Waldeck-Frankenberg, kodunuz: " in letter.text
    [code] = re.findall(r"\b\d{6}\b", letter.text)
    done = client.post(at_code, {"code": code}, follow=True)
    assert StandbyEntry.objects.get().state == EntryState.WAITING
    assert "Listedesiniz" in text_of(done)


def test_an_offer_is_answered_in_arabic(saturday_noon: object, world: World, untold: Untold) -> None:
    world.county.hotline = "05631 954-0"
    world.county.save()
    world.entry(language="ar", travel_minutes=25)
    [offer] = factories.ask(world.release())
    client = speaking("ar")
    page = client.get(f"/a/{offer.token}/")
    assert page["Content-Language"] == "ar"
    html = page.content.decode()
    assert '<html lang="ar" dir="rtl">' in html
    assert "توجد اليوم جرعة لقاح لكم" in html
    assert "\u206605631 954-0\u2069" in html, "a number keeps its order among words from right to left"
    yes = client.post(f"/a/{offer.token}/", {"answer": "yes"}, follow=True)
    assert "موعدكم مؤكد" in text_of(yes)
    offer.refresh_from_db()
    assert offer.dose is not None
    confirmed = Message.objects.get(template="place_and_time")
    text = write_letter(confirmed, now=NOON).text
    assert re.match(r"تمت الموافقة: اليوم \d\d:\d\d-\d\d:\d\d، ", text)
    assert offer.dose.check_in_code in text


def test_every_citizen_page_is_whole_in_arabic(db: None, afternoon: None, untold: Untold) -> None:
    pages, client = Scene().pages(), speaking("ar")
    for name, path in pages.items():
        html = client.get(path, follow=True).content.decode()
        try:
            whole = len(list_spoken(resolve(path).view_name)) > 2
        except Resolver404:
            whole = True
        assert f'<html lang="{"ar" if whole else "de"}" dir="{"rtl" if whole else "ltr"}">' in html, name
        said = "هذه الصفحة متوفرة بالألمانية والإنجليزية فقط." in html
        assert said is (not whole and name != "postfach"), name


@pytest.mark.parametrize("language", ["tr", "ar", "ru", "uk"])
def test_staff_read_german_whatever_their_browser_speaks(world: World, language: str) -> None:
    client = speaking(language)
    login = client.get("/intern/anmelden/").content.decode()
    assert '<html lang="de" dir="ltr">' in login
    assert re.findall(r'name="language" value="(\w+)"', login) == ["en"]
    client.force_login(world.staff)
    page = client.get("/zentrum/korbach/")
    assert '<html lang="de" dir="ltr">' in page.content.decode()
    assert page["Content-Language"] == "de"


def test_each_language_is_chosen_by_its_own_name_and_kept(world: World, client: Client) -> None:
    here = client.get("/").content.decode()
    names = re.findall(r'name="language" value="(\w+)" lang="(\w+)">([^<]+)<', here)
    assert names == [
        ("en", "en", "English"),
        ("tr", "tr", "Türkçe"),
        ("ar", "ar", "العربية"),
        ("ru", "ru", "Русский"),
        ("uk", "uk", "Українська"),
    ]
    assert client.post("/sprache/", {"language": "uk", "next": "/"})["Location"] == "/"
    assert '<html lang="uk" dir="ltr">' in client.get("/").content.decode()
    assert '<html lang="de" dir="ltr">' in client.get("/datenschutz/").content.decode()
    assert '<html lang="uk" dir="ltr">' in client.get("/").content.decode(), "the choice stays"


def test_the_language_of_an_entry_can_be_changed_and_holds(world: World) -> None:
    entry = world.entry()
    client = speaking("ru")
    page = client.get(f"/s/{entry.token}/aendern/hilfe/").content.decode()
    assert "На каком языке нам Вам писать?" in page
    assert client.post(f"/s/{entry.token}/aendern/hilfe/", {"language": "ru", "interpreter": ""}).status_code == 303
    entry.refresh_from_db()
    assert entry.language == "ru"


def test_a_page_that_is_not_there_says_so_in_the_language(db: None) -> None:
    page = speaking("tr").get("/gibt/es/nicht/")
    assert (page.status_code, "Böyle bir sayfa yok" in page.content.decode()) == (404, True)
