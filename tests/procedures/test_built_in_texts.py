"""The built-in texts: each passes the linter, has its file, and is read once; the links in them."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse

from impfzentrum.models.sealed import derive_token, hash_token
from impfzentrum.procedures import phrasing
from impfzentrum.procedures.phrasing import builtin_wording
from impfzentrum.rules.linting import find_faults, measure_longest
from impfzentrum.rules.placeholders import LINK_PATH
from impfzentrum.rules.text_kinds import BEYOND_GSM7, EMAIL_KINDS, SMS_KINDS, TO_STRANGERS, TO_WATCHERS, TextKey
from impfzentrum.text_vocabulary import Occasion
from impfzentrum.vocabulary import Channel, Language, ReplyOutcome
from tests import factories
from tests.conftest import World

ADDRESS = "https://impfliste.kreis-waldeck-frankenb.de"[:40]
BUILT_IN = {Channel.SMS: {**SMS_KINDS, **TO_STRANGERS}, Channel.EMAIL: {**EMAIL_KINDS, **TO_WATCHERS}}
EVERY_KEY = [
    TextKey(occasion, channel, language)
    for channel, kinds in BUILT_IN.items()
    for occasion in kinds
    for language in Language
]
WELCOME = TextKey(Occasion.WELCOME, Channel.SMS, Language.GERMAN)


@pytest.mark.parametrize("key", EVERY_KEY, ids=str)
def test_every_built_in_text_passes_the_linter(key: TextKey) -> None:
    wording = builtin_wording(key)
    assert find_faults(wording, key, address=ADDRESS) == []
    assert (wording.subject != "") == (key.channel == Channel.EMAIL)
    if key.channel == Channel.SMS:
        parts = measure_longest(wording.body, address=ADDRESS).parts
        assert parts <= most_parts(key), "no built-in text costs more than before"


def most_parts(key: TextKey) -> int:
    """What a text costs at most, with the longest names; a Turkish offer keeps to the letters of GSM-7."""
    if key.occasion == Occasion.PLACE_AND_TIME:
        return 4 if key.language in BEYOND_GSM7 else 2
    if key.language not in BEYOND_GSM7:
        return 1
    if key.occasion in (Occasion.OFFER, Occasion.OFFER_RACE):
        return 1 if key.language == Language.TURKISH else 2
    return 3


def test_every_file_is_a_text_and_every_text_has_its_file() -> None:
    folder = settings.BASE_DIR / "templates/messages"
    files = {f"{path.parent.name}/{path.stem}" for path in folder.glob("*/*.txt") if path.parent.name != "account"}
    assert files == {f"{key.channel}/{key.occasion}" for key in EVERY_KEY}


def test_a_link_is_as_long_as_the_linter_counts(world: World) -> None:
    token = derive_token("offer", "x")
    for name in ("offer:answer", "entry:status", "entry:prove"):
        assert len(reverse(name, args=[token])) == LINK_PATH


def test_a_token_has_128_bit_and_only_its_hash_is_stored(world: World) -> None:
    """Decision 0002; the linter's count of 22 letters rests on it."""
    world.entry()
    [offer] = factories.ask(world.release())
    assert len(offer.token) == 22
    for row in (offer, offer.entry):
        assert row.token_hash == hash_token(row.token)
        with connection.cursor() as cursor:
            table = row._meta.db_table
            cursor.execute(f"SELECT strpos({table}::text, %s) FROM {table} WHERE id = %s", [row.token, row.pk])  # noqa: S608
            assert cursor.fetchone() == (0,)


def test_every_outcome_of_a_reply_has_a_text() -> None:
    assert {f"reply_{outcome}" for outcome in ReplyOutcome} - set(Occasion) == {
        "reply_accepted",
        "reply_cancelled",
        "reply_left",
    }, "these three are never answered"


def test_the_built_in_text_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    builtin_wording.cache_clear()
    first = builtin_wording(WELCOME)
    monkeypatch.setattr(phrasing, "render_to_string", lambda *_: pytest.fail("read again"))
    assert builtin_wording(WELCOME) is first
