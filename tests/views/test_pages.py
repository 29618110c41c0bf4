"""Home, the legal pages, errors, languages, and the phone of the demo."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from html import unescape

import pytest
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.test import Client

from impfzentrum.gateways.postfach import PostfachEmailBackend
from impfzentrum.views.postfach import Piece, cut_at_links
from tests.conftest import World
from tests.views.citizens import text_of


def send(subject: str, text: str, to: str) -> None:
    """Straight to the phone: the test runner puts its own backend into the settings."""
    PostfachEmailBackend().send_messages([EmailMessage(subject, text, to=[to])])


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/", "Wenn im Impfzentrum eine Dosis übrig ist"),
        ("/waldeck-frankenberg/", "Die Liste ist offen."),
        ("/datenschutz/", "Welche Angaben, wozu und wie lange"),
        ("/impressum/", "Für die Liste verantwortlich"),
        ("/barrierefreiheit/", "Erklärung zur Barrierefreiheit"),
        ("/postfach/", "Noch keine Nachricht"),
    ],
)
def test_a_page_says_what_it_should_and_writes_nothing(
    client: Client, world: World, nothing_is_written: Callable[[], AbstractContextManager[None]], path: str, words: str
) -> None:
    with nothing_is_written():
        page = client.get(path)
    assert (page.status_code, words in text_of(page)) == (200, True)
    assert page.content.decode().count("<h1") == 1
    assert '<html lang="de" dir="ltr">' in page.content.decode()


def test_a_county_without_a_campaign(client: Client, world: World) -> None:
    type(world.campaign).objects.update(state="closed")
    for path in ("/waldeck-frankenberg/", "/waldeck-frankenberg/anmelden/", "/waldeck-frankenberg/anmelden/post/"):
        page = client.get(path)
        assert page.status_code == 200
    assert "Zurzeit läuft hier keine Impfaktion" in text_of(client.get("/waldeck-frankenberg/"))


def test_the_language_is_a_choice_that_stays(client: Client, world: World) -> None:
    answer = client.post("/sprache/", {"language": "en", "next": "/datenschutz/"})
    assert answer["Location"] == "/datenschutz/"
    assert '<html lang="en" dir="ltr">' in client.get("/").content.decode()


def test_no_page_loads_anything_from_elsewhere(client: Client, world: World) -> None:
    page = client.get("/waldeck-frankenberg/")
    assert "http://" not in page.content.decode().replace("http://www.w3.org", "")
    assert "https://" not in page.content.decode()
    policy = page["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy


def test_a_form_without_its_secret_gets_a_page_that_helps(world: World) -> None:
    page = Client(enforce_csrf_checks=True).post("/waldeck-frankenberg/anmelden/", {})
    assert (page.status_code, "bitte noch einmal" in text_of(page)) == (403, True)


def test_the_page_for_our_own_faults_needs_nothing() -> None:
    assert "Bei uns ist etwas schiefgegangen" in render_to_string("500.html")


def test_the_phone_shows_mail_with_links_into_our_own_site_only(client: Client, world: World) -> None:
    text = f"Bitte öffnen: {settings.PUBLIC_URL}/b/abc/. Nicht: http://elsewhere.example/b/abc/"
    send("Bestätigen", text, "erika@example.org")
    send("Anderes", "Hallo", "otto@example.org")
    page = client.get("/postfach/", {"an": "erika@example.org"})
    html = page.content.decode()
    assert '<a class="kern-link" href="/b/abc/">' in html
    assert 'href="http://elsewhere' not in html
    assert "Hallo" not in html
    assert '<option value="otto@example.org">' in html


def test_the_phone_refreshes_only_its_list(client: Client, world: World) -> None:
    part = client.get("/postfach/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert 'hx-trigger="every 2s"' in part


def test_the_phone_keeps_still_while_nothing_is_new(client: Client, world: World) -> None:
    send("Eins", "Hallo", "erika@example.org")
    page = client.get("/postfach/").content.decode()
    poll = unescape(page.split('hx-get="')[1].split('"')[0])
    assert client.get(poll, headers={"HX-Request": "true"}).status_code == 204
    send("Zwei", "Hallo", "erika@example.org")
    assert "Zwei" in client.get(poll, headers={"HX-Request": "true"}).content.decode()


def test_a_message_cannot_bring_markup_along(client: Client, world: World) -> None:
    send("<b>x</b>", "<script>alert(1)</script>", '"><img src=x>@example.org')
    html = client.get("/postfach/").content.decode()
    assert "<script>alert" not in html
    assert "<img" not in html


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("nichts", [("nichts", "")]),
        ("A http://testserver/a/x/ B", [("A ", ""), ("http://testserver/a/x/", "/a/x/"), (" B", "")]),
        ("http://testserver/a/x/.", [("http://testserver/a/x/", "/a/x/"), (".", "")]),
        ("http://testserver/", [("http://testserver/", "/")]),
        ("http://testserver.evil/a/", [("http://testserver.evil/a/", "")]),
    ],
)
def test_cutting_a_text_at_its_links(text: str, pieces: list[tuple[str, str]]) -> None:
    assert cut_at_links(text) == [Piece(*one) for one in pieces]
