"""The page for a lost link: the same to everybody, whether or not we know them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from impfzentrum.models import LinkRequest
from tests.conftest import World
from tests.views.citizens import error_beside, text_of

pytestmark = pytest.mark.usefixtures("saturday_noon")


def test_known_and_unknown_get_the_same_answer_by_the_same_work(client: Client, world: World) -> None:
    world.entry(mobile="+491713920001", email="erika@example.org")
    client.get("/link/")
    answers, work, pages = set(), set(), set()
    for typed in ("0171 392 0001", "0171/3920002", "erika@example.org", "otto@example.org"):
        with CaptureQueriesContext(connection) as queries:
            answer = client.post("/link/", {"contact": typed, "website": ""})
        answers.add((answer.status_code, answer["Location"], answer.content))
        work.add(tuple(one["sql"][:11] for one in queries))
        pages.add(text_of(client.get(answer["Location"])))
    assert (len(answers), len(work), len(pages)) == (1, 1, 1)
    assert next(iter(answers))[:2] == (303, "/link/unterwegs/")
    assert LinkRequest.objects.count() == 4


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Bitte geben Sie Ihre Mobilnummer oder Ihre E-Mail-Adresse ein."),
        ("05631 954 0", "Festnetznummer"),
        ("0171", "Diese Nummer gibt es so nicht"),
        ("erika@", "keine vollständige E-Mail-Adresse"),
        ("a@example.org b@example.org", "nur eine E-Mail-Adresse"),
        ("erika", "keine vollständige E-Mail-Adresse"),
        ("🙂", "ohne Buchstaben"),
        ("x" * 300, "zu lang"),
        ("0900 1234567", "Mobilnummer"),
        ("+49 171 39", "Diese Nummer gibt es so nicht"),
    ],
)
def test_what_is_no_contact(client: Client, world: World, typed: str, words: str) -> None:
    page = client.post("/link/", {"contact": typed, "website": ""})
    assert (page.status_code, words in error_beside(page, "contact")) == (422, True), error_beside(page, "contact")
    assert f'value="{typed}"' in page.content.decode() or not typed


def test_pasted_blanks_and_marks_and_other_digits_are_forgiven(client: Client, world: World) -> None:
    for typed in ("\u202a+49 171 3920001\u202c ", " erika@example.org\n", "٠١٧١٣٩٢٠٠٠٢"):
        assert client.post("/link/", {"contact": typed, "website": ""}).status_code == 303


def test_a_machine_is_answered_and_nothing_is_done(client: Client, world: World) -> None:
    assert client.post("/link/", {"contact": "0171 3920001", "website": "x"}).status_code == 303
    assert not LinkRequest.objects.exists()


def test_too_many_tries_are_told_as_such(client: Client, world: World) -> None:
    typed = {"contact": "0171 3920001", "website": ""}
    assert [client.post("/link/", typed).status_code for _ in range(4)] == [303, 303, 303, 429]
    assert "zu viele Anfragen" in text_of(client.post("/link/", typed))
