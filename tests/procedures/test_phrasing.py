"""Which words a message has: built-in or the county's own, at any moment, for one message or a hundred."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from pytest_django.fixtures import Settings

from impfzentrum.gateways.postfach import read_postfach
from impfzentrum.models import Message, MessageText
from impfzentrum.procedures.phrasing import key_of, read_texts
from impfzentrum.procedures.writing import write_letter
from impfzentrum.rules.placeholders import LONGEST
from impfzentrum.rules.text_kinds import TextKey
from impfzentrum.text_vocabulary import Occasion, Placeholder
from impfzentrum.vocabulary import WRITTEN, Channel, Language
from tests import factories
from tests.conftest import World
from tests.factories import NOON

HOUR = timedelta(hours=1)
WELCOME = TextKey(Occasion.WELCOME, Channel.SMS, Language.GERMAN)


def set_text(
    world: World, key: TextKey = WELCOME, *, body: str, subject: str = "", at: datetime = NOON, **values: Any
) -> MessageText:
    """A version as the pages add it; `at` is when it was saved, `valid_from` when it begins."""
    versions = MessageText.objects.filter(county=world.county).of(key)
    return MessageText.objects.create(
        county=world.county,
        occasion=key.occasion,
        channel=key.channel,
        language=key.language,
        number=versions.count() + 1,
        subject=subject,
        body=body,
        set_by=world.staff,
        **{"set_at": at, "valid_from": at, **values},
    )


def welcome(world: World, **values: Any) -> Message:
    return Message(
        entry=values.pop("entry", None) or world.entry(),
        template="welcome",
        channel="sms",
        expires_at=NOON + HOUR,
        **values,
    )


def test_the_countys_words_win_from_their_moment_on(world: World) -> None:
    message = welcome(world)
    set_text(world, body="Willkommen: {link}", at=NOON, valid_from=NOON + HOUR)
    assert write_letter(message, now=NOON + HOUR - timedelta(microseconds=1)).text.startswith("Sie stehen auf der")
    letter = write_letter(message, now=NOON + HOUR)
    assert message.entry is not None
    assert letter.text == f"Willkommen: {settings.PUBLIC_URL}/s/{message.entry.token}/"


def test_what_was_saved_last_wins_also_over_an_earlier_plan(world: World) -> None:
    message = welcome(world)
    set_text(world, body="Geplant {link}", valid_from=NOON + HOUR)
    set_text(world, body="Sofort {link}", at=NOON + timedelta(minutes=1))
    for later in (HOUR / 2, HOUR, 3 * HOUR):
        assert write_letter(message, now=NOON + later).text.startswith("Sofort")


def test_the_way_back_is_a_version_too(world: World) -> None:
    message = welcome(world)
    set_text(world, body="Willkommen: {link}")
    set_text(world, body="", at=NOON + HOUR)
    assert write_letter(message, now=NOON).text.startswith("Willkommen")
    assert write_letter(message, now=NOON + HOUR).text.startswith("Sie stehen auf der Liste.")


def test_only_the_own_county_channel_and_language(world: World) -> None:
    other = factories.make_county(slug="heidekreis", ags="03358", name="Heidekreis")
    set_text(World(other, world.centre, world.campaign, world.vaccine, world.staff), body="Heide {link}")
    set_text(world, TextKey(Occasion.WELCOME, Channel.SMS, Language.ENGLISH), body="Hello {link}")
    set_text(world, TextKey(Occasion.WELCOME, Channel.EMAIL, Language.GERMAN), subject="Hallo", body="Mail {link}")
    letters = [
        write_letter(welcome(world), now=NOON),
        write_letter(welcome(world, entry=world.entry(language="en")), now=NOON),
    ]
    assert [letter.text.split()[0] for letter in letters] == ["Sie", "Hello"]
    mail = Message(entry=world.entry(email="x@example.org"), template="welcome", channel="email", expires_at=NOON)
    letter = write_letter(mail, now=NOON)
    assert (letter.subject, letter.text.split()[0]) == ("Hallo", "Mail")


def test_the_two_kinds_of_offer_have_words_of_their_own(world: World) -> None:
    world.entry()
    [held] = factories.ask(world.release())
    race = factories.open_race(world.release(), world.entry())
    set_text(world, TextKey(Occasion.OFFER_RACE, Channel.SMS, Language.GERMAN), body="Wettlauf {bis} {link}")
    keys = []
    for offer in (held, race):
        message = Message(entry=offer.entry, offer=offer, template="offer", channel="sms", expires_at=NOON + HOUR)
        keys.append((key_of(message).occasion, write_letter(message, now=NOON).text.startswith("Wettlauf 12:15 http")))
    assert keys == [(Occasion.OFFER, False), (Occasion.OFFER_RACE, True)]


def test_after_a_doubtful_try_the_words_are_those_of_that_try(world: World) -> None:
    """The provider was given the old text perhaps, and knows the message by its reference."""
    message = welcome(world, doubtful_since=NOON)
    set_text(world, body="Neu {link}", at=NOON + timedelta(seconds=10))
    now = NOON + timedelta(seconds=20)
    texts = read_texts([message, welcome(world)], now=now)
    assert write_letter(message, now=NOON, texts=texts).text.startswith("Sie stehen")
    assert write_letter(message, now=now, texts=texts).text.startswith("Neu")


def test_a_letter_may_be_dated_a_little_before_its_batch_but_no_more(world: World) -> None:
    message = welcome(world)
    set_text(world, body="Alt {link}", at=NOON - HOUR)
    set_text(world, body="Neu {link}", at=NOON)
    texts = read_texts([message], now=NOON + timedelta(seconds=1))
    assert write_letter(message, now=NOON - timedelta(seconds=5), texts=texts).text.startswith("Alt")
    with pytest.raises(ValueError, match="texts were read from"):
        write_letter(message, now=NOON - HOUR, texts=texts)


@pytest.mark.expects_errors
def test_a_text_that_we_no_longer_understand_stops_no_message(world: World, caplog: pytest.LogCaptureFixture) -> None:
    set_text(world, body="Hallo {vorname}: {link}")
    assert write_letter(welcome(world), now=NOON).text.startswith("Sie stehen auf der Liste.")
    assert "unknown placeholders: ['vorname']" in caplog.text


def test_braces_in_the_name_of_a_county_are_only_a_name(world: World) -> None:
    world.county.name = "Kreis {link} %s {{ x }}"
    mail = Message(entry=world.entry(email="x@example.org"), template="welcome", channel="email", expires_at=NOON)
    assert write_letter(mail, now=NOON).text.split("\n\n")[-2] == "Ihr Kreis {link} %s {{ x }}"


def test_names_in_an_sms_cost_no_more_than_was_counted(world: World) -> None:
    key = TextKey(Occasion.WELCOME, Channel.SMS, Language.GERMAN)
    world.county.name = "Kreis „Łąka“ – " + "x" * 80
    set_text(world, key, body="{landkreis}: {link}")
    name, _, link = write_letter(welcome(world), now=NOON).text.partition(": ")
    assert name.startswith('Kreis "Laka" - xxx')
    assert len(name) == LONGEST[Placeholder.COUNTY]
    assert link.startswith("http")


def test_a_short_host_is_in_sms_and_nowhere_else(world: World, settings: Settings) -> None:
    settings.SHORT_LINK_HOST = "nr.example"
    entry = world.entry(email="x@example.org")
    texts = {
        channel: write_letter(Message(entry=entry, template="welcome", channel=channel, expires_at=NOON), now=NOON).text
        for channel in WRITTEN
    }
    assert f"https://nr.example/s/{entry.token}/" in texts[Channel.SMS]
    assert f"{settings.PUBLIC_URL}/s/{entry.token}/" in texts[Channel.EMAIL]


@pytest.mark.parametrize("count", [1, 3, 40])
@pytest.mark.parametrize("own", [False, True])
def test_a_batch_of_letters_takes_one_query(
    world: World,
    django_assert_num_queries: Callable[[int], AbstractContextManager[object]],
    count: int,
    own: bool,
) -> None:
    people = world.entries(count)
    for entry in people:
        Message.objects.create(
            entry=entry, template="welcome", channel="sms", created_at=NOON, due_at=NOON, state_since=NOON,
            expires_at=NOON + HOUR,
        )  # fmt: skip
    if own:
        set_text(world, body="Willkommen: {link}")
    rows = list(Message.objects.select_related("entry__centre__county").order_by("pk"))
    with django_assert_num_queries(1):
        texts = read_texts(rows, now=NOON)
    with django_assert_num_queries(0):
        letters = [write_letter(row, now=NOON, texts=texts) for row in rows]
    assert [letter.to for letter in letters] == [entry.mobile for entry in people]


def test_only_what_may_still_be_in_force_is_read(world: World) -> None:
    for hours in range(5):
        set_text(world, body=f"Fassung {hours} {{link}}", at=NOON + hours * HOUR)
    set_text(world, body="Geplant {link}", at=NOON + 5 * HOUR, valid_from=NOON + 9 * HOUR)
    read = MessageText.objects.read_not_over(NOON + 6 * HOUR, counties=[world.county.pk])
    assert sorted(one.number for one in read) == [5, 6]


def test_what_is_delivered_has_the_countys_words(world: World) -> None:
    set_text(world, TextKey(Occasion.OFFER, Channel.SMS, Language.GERMAN), body="Noch kein Termin, bis {bis}: {link}")
    world.entry()
    [offer] = factories.ask(world.release())
    [message] = [one for one in read_postfach() if one.channel == "sms"]
    assert message.text == f"Noch kein Termin, bis 12:15: {settings.PUBLIC_URL}/a/{offer.token}/"


# --- the database has the last word


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("text_number_once", {"number": 1}),
        ("text_occasion_known", {"occasion": "whim"}),
        ("text_channel_known", {"channel": "fax"}),
        ("text_language_known", {"language": "tlh"}),
        ("text_numbers_begin_at_one", {"number": 0}),
        ("text_subject_goes_with_email", {"subject": "Betreff"}),
        ("text_subject_goes_with_email", {"body": "", "subject": "Betreff"}),
        ("text_subject_goes_with_email", {"channel": "email"}),
        ("text_changes_no_past", {"valid_from": NOON - timedelta(microseconds=1)}),
    ],
)
def test_the_database_refuses(world: World, constraint: str, values: dict[str, Any]) -> None:
    first = set_text(world, body="{link}")
    version = MessageText(
        **{field.attname: getattr(first, field.attname) for field in MessageText._meta.fields if field.name != "id"}
    )
    for name, value in {"number": 2, **values}.items():
        setattr(version, name, value)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        version.save(force_insert=True)


@pytest.mark.parametrize(
    "change", ["UPDATE impfzentrum_messagetext SET body = 'x'", "DELETE FROM impfzentrum_messagetext"]
)
def test_a_version_is_never_changed_or_deleted(world: World, change: str) -> None:
    set_text(world, body="{link}")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
