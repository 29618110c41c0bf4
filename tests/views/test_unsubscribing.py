"""The way out of all e-mails: one POST without cookie or token, and a page with a way back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from impfzentrum.models import Message, StandbyEntry
from impfzentrum.procedures.mailing import unsubscribe_link
from impfzentrum.procedures.staying import leave_list
from impfzentrum.procedures.unsubscribing import stop_email
from impfzentrum.vocabulary import EmailOff
from tests.conftest import World
from tests.factories import NOON
from tests.views.citizens import text_of

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def strict() -> Client:
    """A mail program: it has no cookies, and CSRF is checked as in production."""
    return Client(enforce_csrf_checks=True)


def mail_to(entry: StandbyEntry) -> str:
    """The path under which an e-mail to this person can be answered with "no more"."""
    message = Message.objects.create(
        entry=entry,
        template="welcome",
        channel="email",
        created_at=NOON,
        due_at=NOON,
        expires_at=NOON,
        state_since=NOON,
    )
    return urlsplit(unsubscribe_link(message)).path


def state_of(entry: StandbyEntry) -> tuple[str, str]:
    entry.refresh_from_db()
    return entry.state, entry.email_off


def test_opening_the_link_changes_nothing_and_says_what_it_would(
    world: World, client: Client, nothing_is_written: Callable[[], AbstractContextManager[None]]
) -> None:
    entry = world.entry(mobile="", email="somebody@example.org")
    path = mail_to(entry)
    with nothing_is_written():
        answer = client.get(path)
    assert answer.status_code == 200
    assert "Möchten Sie keine E-Mails mehr?" in text_of(answer)
    assert "Darum pausiert Ihr Eintrag" in text_of(answer)
    assert state_of(entry) == ("waiting", "")


def test_one_click_needs_neither_cookie_nor_page_nor_redirect(world: World, strict: Client) -> None:
    entry = world.entry(mobile="", email="somebody@example.org")
    answer = strict.post(mail_to(entry), ONE_CLICK)
    assert answer.status_code == 200, "RFC 8058: no redirect"
    assert state_of(entry) == ("paused", "unsubscribed")
    assert "Sie bekommen keine E-Mails mehr" in text_of(answer)


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart"])
def test_both_kinds_of_form_are_understood(world: World, strict: Client, kind: str) -> None:
    entry = world.entry(email="somebody@example.org")
    path = mail_to(entry)
    if kind == "multipart":
        strict.post(path, ONE_CLICK)
    else:
        strict.post(path, "List-Unsubscribe=One-Click", content_type=kind)
    assert state_of(entry) == ("waiting", "unsubscribed")


def test_there_is_a_way_back_on_the_page(world: World, strict: Client) -> None:
    entry = world.entry(mobile="", email="somebody@example.org")
    path = mail_to(entry)
    page = strict.post(path, ONE_CLICK)
    assert 'name="again"' in page.content.decode()
    answer = strict.post(path, {"again": "yes"})
    assert state_of(entry) == ("waiting", "")
    assert "Möchten Sie keine E-Mails mehr?" in text_of(answer)


@pytest.mark.parametrize("form", [{}, {"List-Unsubscribe": "perhaps"}])
def test_any_other_post_changes_nothing(world: World, strict: Client, form: dict[str, str]) -> None:
    entry = world.entry(email="somebody@example.org")
    assert strict.post(mail_to(entry), form).status_code == 400
    assert state_of(entry) == ("waiting", "")


def test_the_secret_of_one_mail_opens_no_other(world: World, strict: Client) -> None:
    entry, other = world.entry(email="somebody@example.org"), world.entry(email="other@example.org")
    mine, others = mail_to(entry), mail_to(other)
    mixed = "/".join([*others.split("/")[:3], *mine.split("/")[3:]])
    unknown = reverse("entry:unsubscribe", args=[uuid4(), "abcdefghijklmnopqrstuv"])
    for path in (mixed, unknown):
        assert strict.post(path, ONE_CLICK).status_code == 404
    assert (state_of(entry), state_of(other)) == (("waiting", ""), ("waiting", ""))


def test_the_address_tells_nothing_about_the_person(world: World) -> None:
    entry = world.entry(email="somebody@example.org")
    path = mail_to(entry)
    assert len(path.split("/")[3]) == 22, "128 bit in base64url"
    for secret in (entry.token, str(entry.public_id), "somebody", entry.mobile[-6:]):
        assert secret not in path


def test_who_has_left_is_told_so(world: World, client: Client) -> None:
    entry = world.entry(email="somebody@example.org")
    path = mail_to(entry)
    leave_list(entry, now=NOON)
    assert "Sie sind abgemeldet" in text_of(client.get(path))
    assert client.post(path, ONE_CLICK).status_code == 200


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({}, "kommen weiter per SMS"),
        ({"mobile": "", "state": "appointed"}, "Ihr Termin bleibt"),
        ({"mobile": "", "state": "offered"}, "gilt noch"),
        ({"mobile": "", "state": "vaccinated"}, "nicht mehr"),
    ],
)
def test_the_page_says_what_stays(world: World, client: Client, values: dict[str, str], word: str) -> None:
    entry = world.entry(email="somebody@example.org", **values)
    path = mail_to(entry)
    assert word in text_of(client.get(path))
    assert word in text_of(client.post(path, ONE_CLICK))


def test_the_own_page_tells_it_and_brings_it_back(world: World, client: Client) -> None:
    entry = world.entry(mobile="", email="somebody@example.org")
    stop_email(entry, EmailOff.UNSUBSCRIBED, now=NOON)
    own = reverse("entry:status", args=[entry.token])
    page = text_of(client.get(own))
    assert "abbestellt" in page
    assert "Ich bin wieder dabei" not in page
    answer = client.post(reverse("entry:email_again", args=[entry.token]), follow=True)
    assert "Sie bekommen wieder E-Mails." in text_of(answer)
    assert state_of(entry) == ("waiting", "")


def test_the_own_page_tells_of_a_dead_address(world: World, client: Client) -> None:
    entry = world.entry(email="somebody@example.org")
    stop_email(entry, EmailOff.BOUNCED, now=NOON)
    page = text_of(client.get(reverse("entry:status", args=[entry.token])))
    assert "Unsere E-Mails kommen bei Ihnen nicht an" in page
    assert "kommt nicht an" in page
    assert "E-Mail-Adresse jetzt bestätigen" in page
    answer = client.post(reverse("entry:email_again", args=[entry.token]), follow=True)
    assert "Sie bekommen wieder E-Mails." not in text_of(answer)


def test_coming_back_without_a_contact_is_refused_in_words(world: World, client: Client) -> None:
    entry = world.entry(mobile="", email="somebody@example.org")
    stop_email(entry, EmailOff.BOUNCED, now=NOON)
    answer = client.post(reverse("entry:come_back", args=[entry.token]))
    assert answer.status_code == 409
    assert "bestätigen Sie zuerst" in text_of(answer)
