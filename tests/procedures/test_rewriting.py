"""Changing the texts of a county: versions, plans, the way back, the record, and two at once."""

from __future__ import annotations

import hashlib
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from impfzentrum.models import AuditEvent, MessageText
from impfzentrum.procedures import rewriting
from impfzentrum.procedures.auditing import find_broken_links, seal_events
from impfzentrum.procedures.phrasing import builtin_wording
from impfzentrum.procedures.rewriting import (
    drop_plan,
    find_text,
    list_texts,
    list_versions,
    replace_text,
    restore_builtin,
)
from impfzentrum.rules.linting import Wording
from impfzentrum.rules.text_kinds import TextKey, list_replaceable
from impfzentrum.text_refusals import NoPlan, TextChangedMeanwhile, TextRefused
from impfzentrum.text_vocabulary import Occasion
from impfzentrum.vocabulary import Channel, Language
from tests.conftest import Together, World
from tests.factories import NOON

KEY = TextKey(Occasion.WELCOME, Channel.SMS, Language.GERMAN)
MAIL = TextKey(Occasion.WELCOME, Channel.EMAIL, Language.ENGLISH)
TEXT = Wording("", "Willkommen auf der Liste: {link}")
SOON, LATER = NOON + timedelta(hours=1), NOON + timedelta(days=3)


def save(world: World, wording: Wording = TEXT, key: TextKey = KEY, **values: Any) -> MessageText:
    return replace_text(
        world.county, key, wording, **{"begins": None, "stand": 0, "by": world.staff, "now": NOON, **values}
    )


def test_without_a_text_of_its_own_a_county_has_the_built_in_one(world: World) -> None:
    state = find_text(world.county, KEY, now=NOON)
    assert (state.own, state.plan, state.number, state.faults) == (None, None, 0, ())
    assert state.wording == builtin_wording(KEY)


def test_a_text_is_in_force_at_once_and_on_record(world: World) -> None:
    version = save(world)
    state = find_text(world.county, KEY, now=NOON)
    assert (state.own, state.plan, state.number) == (version, None, 1)
    assert (version.set_by, version.set_at, version.valid_from) == (world.staff, NOON, NOON)
    event = AuditEvent.objects.get()
    assert (event.action, event.subject, event.actor) == ("text_replaced", "sms/welcome/de", world.staff)
    digest = hashlib.sha256(f"\n{TEXT.body}".encode()).hexdigest()
    assert event.detail == {"number": 1, "valid_from": NOON.isoformat(), "digest": digest}
    seal_events(world.county)
    assert list(find_broken_links(world.county)) == []


def test_the_subject_of_every_text_fits_the_record() -> None:
    limit = AuditEvent._meta.get_field("subject").max_length
    assert max(len(str(key)) for key in list_replaceable()) <= (limit or 0)


def test_a_planned_text_waits_and_can_be_dropped(world: World) -> None:
    first = save(world)
    plan = save(world, Wording("", "Bald: {link}"), begins=LATER, stand=1, now=SOON)
    state = find_text(world.county, KEY, now=SOON)
    assert (state.own, state.plan, state.next_wording.body) == (first, plan, "Bald: {link}")
    assert find_text(world.county, KEY, now=LATER).own == plan
    kept = drop_plan(world.county, KEY, stand=2, by=world.staff, now=SOON)
    assert (kept.wording, kept.valid_from) == (TEXT, SOON)
    assert find_text(world.county, KEY, now=LATER).own == kept
    with pytest.raises(NoPlan):
        drop_plan(world.county, KEY, stand=3, by=world.staff, now=SOON)


def test_a_plan_over_the_built_in_text_is_dropped_to_it(world: World) -> None:
    save(world, begins=LATER)
    drop_plan(world.county, KEY, stand=1, by=world.staff, now=SOON)
    assert find_text(world.county, KEY, now=LATER).own is None


def test_a_change_at_once_drops_what_was_planned(world: World) -> None:
    save(world, begins=LATER)
    second = save(world, Wording("", "Gleich: {link}"), stand=1, now=SOON)
    state = find_text(world.county, KEY, now=LATER + timedelta(days=1))
    assert (state.own, state.plan) == (second, None)


def test_the_way_back_also_drops_a_plan(world: World) -> None:
    save(world)
    save(world, begins=LATER, stand=1)
    restore_builtin(world.county, KEY, stand=2, by=world.staff, now=SOON)
    for moment in (SOON, LATER):
        state = find_text(world.county, KEY, now=moment)
        assert (state.own, state.plan, state.number) == (None, None, 3)
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)) == [
        "text_replaced",
        "text_replaced",
        "text_restored",
    ]


def test_the_history_keeps_every_version(world: World) -> None:
    save(world)
    restore_builtin(world.county, KEY, stand=1, by=world.staff, now=SOON)
    save(world, Wording("", "Neu: {link}"), stand=2, now=SOON)
    told = [(one.number, one.body, one.built_in) for one in list_versions(world.county, KEY)]
    assert told == [(3, "Neu: {link}", False), (2, "", True), (1, TEXT.body, False)]


def test_a_beginning_that_is_over_is_now(world: World) -> None:
    assert save(world, begins=NOON - timedelta(days=1)).valid_from == NOON


@pytest.mark.parametrize(
    ("wording", "codes"),
    [
        (Wording("", "{name}, Impfung – {link}"), ["unknown_placeholder", "word_in_the_open", "foreign_letters"]),
        (Wording("", ""), ["placeholder_missing"]),
        (Wording("", "Comirnaty für Sie: {link}"), ["word_in_a_message"]),
        (Wording("", "Valneva für Sie: {link}"), ["word_in_a_message"]),
    ],
)  # fmt: skip
def test_a_text_with_faults_is_refused_with_all_of_them(world: World, wording: Wording, codes: list[str]) -> None:
    world.vaccine.name = "Valneva"
    world.vaccine.save()
    with pytest.raises(TextRefused) as refused:
        save(world, wording)
    assert [fault.code for fault in refused.value.faults] == codes
    assert not MessageText.objects.exists()
    assert not AuditEvent.objects.exists()


def test_who_saw_an_older_version_is_told(world: World) -> None:
    save(world)
    for stand in (0, 2, 99):
        with pytest.raises(TextChangedMeanwhile):
            save(world, Wording("", "Anders: {link}"), stand=stand)
    with pytest.raises(TextChangedMeanwhile):
        restore_builtin(world.county, KEY, stand=0, by=world.staff, now=SOON)
    assert MessageText.objects.count() == AuditEvent.objects.count() == 1


def test_a_text_of_today_is_judged_by_the_address_of_today(world: World, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://nr.example"
    key = TextKey(Occasion.OFFER, Channel.SMS, Language.GERMAN)
    body = "Angebot, noch kein Termin. Antworten Sie bitte bis {bis} Uhr: {link}"
    save(world, Wording("", body + " " * 40), key)
    assert find_text(world.county, key, now=NOON).faults == ()
    settings.PUBLIC_URL = "https://nachruecker.landkreis.example"
    [fault] = find_text(world.county, key, now=NOON).faults
    assert fault.code == "too_many_parts"


def test_the_list_holds_every_text_once(world: World) -> None:
    save(world)
    save(world, Wording("Welcome", "Here: {link}"), MAIL, begins=LATER)
    states = list_texts(world.county, now=NOON)
    assert [state.key for state in states] == list_replaceable()
    assert {str(state.key) for state in states if state.own} == {"sms/welcome/de"}
    assert {str(state.key) for state in states if state.plan} == {"email/welcome/en"}


@pytest.fixture
def all_look_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody has seen that nobody saved before anybody saves: the worst moment, every time."""
    looked, look = threading.Barrier(8), rewriting._refuse_other_stand

    def look_and_wait(version: MessageText, stand: int) -> None:
        look(version, stand)
        looked.wait(timeout=30)

    monkeypatch.setattr(rewriting, "_refuse_other_stand", look_and_wait)


def save_eight_at_once(world: World, at_the_same_time: Together) -> list[Any]:
    wordings = [Wording("", f"Fassung {number}: {{link}}") for number in range(8)]
    return at_the_same_time(lambda wording: save(world, wording), wordings)


@pytest.mark.race
def test_of_two_who_save_at_once_one_is_told(
    committed_world: World, at_the_same_time: Together, all_look_first: None
) -> None:
    outcomes = save_eight_at_once(committed_world, at_the_same_time)
    assert sorted(type(one).__name__ for one in outcomes) == ["MessageText"] + ["TextChangedMeanwhile"] * 7
    assert MessageText.objects.count() == AuditEvent.objects.count() == 1


@pytest.mark.race
def test_without_the_number_once_the_race_would_happen(
    committed_world: World, at_the_same_time: Together, all_look_first: None
) -> None:
    """The negative control: without the constraint eight versions have one number; which one is in force?"""
    [constraint] = [one for one in MessageText._meta.constraints if one.name == "text_number_once"]
    with connection.schema_editor() as editor:
        editor.remove_constraint(MessageText, constraint)
    try:
        save_eight_at_once(committed_world, at_the_same_time)
        assert MessageText.objects.filter(number=1).count() == 8
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE impfzentrum_messagetext")
        with connection.schema_editor() as editor:
            editor.add_constraint(MessageText, constraint)
