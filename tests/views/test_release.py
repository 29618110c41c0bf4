"""The form that gives doses free."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from impfzentrum.models import Release
from tests import factories
from tests.conftest import World
from tests.factories import NOON
from tests.views.staff import log_in, make_stranger

FORM = "/zentrum/korbach/freigeben/"
KEY = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"


@pytest.fixture(autouse=True)
def saturday_noon() -> Iterator[None]:
    with time_machine.travel(NOON + timedelta(minutes=2), tick=False):
        yield


@pytest.fixture
def client(world: World) -> Client:
    return log_in(world.staff)


@pytest.fixture
def values(world: World) -> dict[str, str]:
    return {
        "vaccine": str(world.vaccine.pk),
        "doses": "6",
        "use_by": "18:00",
        "arrive_from": "",
        "arrive_until": "",
        "reason": "vial",
        "note": "Fläschchen 14:10",
        "form_key": KEY,
    }


def wall_clock(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def test_a_release_with_its_usual_times(world: World, client: Client, values: dict[str, str]) -> None:
    response = client.post(FORM, values)
    assert response.headers["Location"] == "/zentrum/korbach/freigabe/1/"
    release = Release.objects.get()
    assert release.doses.count() == 6
    assert (release.released_by, release.note) == (world.staff, "Fläschchen 14:10")
    times = [wall_clock(moment) for moment in (release.arrive_from, release.arrive_until, release.use_by)]
    assert times == ["2021-04-24 12:35", "2021-04-24 17:45", "2021-04-24 18:00"]


def test_times_as_people_write_them(client: Client, values: dict[str, str]) -> None:
    client.post(FORM, values | {"use_by": "18.30 Uhr", "arrive_from": "13", "arrive_until": "1815"})
    release = Release.objects.get()
    times = [wall_clock(moment)[-5:] for moment in (release.arrive_from, release.arrive_until, release.use_by)]
    assert times == ["13:00", "18:15", "18:30"]


def test_two_taps_are_one_release(client: Client, values: dict[str, str]) -> None:
    first, second = client.post(FORM, values), client.post(FORM, values | {"doses": "7"})
    assert first.headers["Location"] == second.headers["Location"]
    assert Release.objects.get().doses.count() == 6


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"doses": ""}, "Bitte geben Sie ein, wie viele Dosen frei sind."),
        ({"doses": "0"}, "Bitte geben Sie eine Zahl von 1 bis 200 ein."),
        ({"doses": "-3"}, "Bitte geben Sie eine Zahl von 1 bis 200 ein."),
        ({"doses": "201"}, "Bitte geben Sie eine Zahl von 1 bis 200 ein."),
        ({"doses": "10000"}, "Bitte geben Sie eine Zahl von 1 bis 200 ein."),
        ({"doses": "10.000"}, "Bitte geben Sie eine ganze Zahl ein, zum Beispiel 6."),
        ({"doses": "6,5"}, "Bitte geben Sie eine ganze Zahl ein, zum Beispiel 6."),
        ({"doses": "sechs"}, "Bitte geben Sie eine ganze Zahl ein, zum Beispiel 6."),
        ({"doses": "9" * 5000}, "Bitte geben Sie eine ganze Zahl ein, zum Beispiel 6."),
        ({"use_by": ""}, "Bitte geben Sie an, bis wann die Dosen verimpft sein müssen."),
        ({"use_by": "25:00"}, "Das ist keine Uhrzeit. Bitte schreiben Sie zum Beispiel 18:30."),
        ({"use_by": "18:3"}, "Das ist keine Uhrzeit. Bitte schreiben Sie zum Beispiel 18:30."),
        ({"use_by": "18:30 PM"}, "Das ist keine Uhrzeit. Bitte schreiben Sie zum Beispiel 18:30."),
        ({"use_by": "später"}, "Das ist keine Uhrzeit. Bitte schreiben Sie zum Beispiel 18:30."),
        ({"use_by": "11:59"}, "11:59 Uhr liegt in der Vergangenheit: Es ist 12:02 Uhr."),
        ({"use_by": "12:02"}, "12:02 Uhr liegt in der Vergangenheit: Es ist 12:02 Uhr."),
        ({"use_by": "12:30"}, "Das ist zu knapp: Wer jetzt gefragt wird, ist frühestens um 12:35 Uhr da."),
        ({"arrive_from": "11:00"}, "11:00 Uhr liegt in der Vergangenheit"),
        ({"arrive_from": "17:50"}, "Die Ankunft muss spätestens 15 Minuten vor dem Ende beginnen."),
        ({"arrive_from": "17:00", "arrive_until": "16:00"}, "Das Ende der Ankunft muss nach ihrem Beginn liegen."),
        ({"arrive_from": "17:00", "arrive_until": "17:00"}, "Das Ende der Ankunft muss nach ihrem Beginn liegen."),
        ({"arrive_until": "18:01"}, "Die Ankunft muss vor dem Ende der Verwendbarkeit liegen."),
        ({"vaccine": ""}, "Bitte wählen Sie den Impfstoff."),
        ({"vaccine": "0"}, "Für diesen Impfstoff ist zurzeit keine Impfregel in Kraft."),
        ({"vaccine": "x"}, "Für diesen Impfstoff ist zurzeit keine Impfregel in Kraft."),
        ({"reason": ""}, "Bitte wählen Sie einen Grund."),
        ({"reason": "lust"}, "Bitte wählen Sie einen Grund aus der Liste."),
        ({"note": "x" * 201}, "Bitte höchstens 200 Zeichen."),
        ({"form_key": ""}, "Das Formular kam unvollständig an."),
        ({"form_key": "x"}, "Das Formular kam unvollständig an."),
        ({"note": "a\x00b"}, "Nullzeichen"),
    ],
)
def test_bad_input_is_told_and_nothing_typed_is_lost(
    client: Client, values: dict[str, str], wrong: dict[str, str], sentence: str
) -> None:
    sent = values | wrong
    response = client.post(FORM, sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert not Release.objects.exists()
    for name in ("doses", "use_by", "note"):
        if name not in wrong:
            assert f'value="{sent[name]}"' in page


def test_a_lost_key_is_replaced(client: Client, values: dict[str, str]) -> None:
    page = client.post(FORM, values | {"form_key": "x"})
    uuid.UUID(page.context["form"]["form_key"].value())


def test_late_at_night_the_small_hours_mean_the_coming_night(client: Client, values: dict[str, str]) -> None:
    with time_machine.travel(NOON.replace(hour=23, minute=50), tick=False):
        page = client.get(FORM)
        assert page.context["form"]["use_by"].value() == time(1, 50)
        sent = values | {"use_by": "02:00", "arrive_from": "", "arrive_until": "01:30"}
        assert client.post(FORM, sent).status_code in (302, 303)
    release = Release.objects.get()
    assert timezone.localtime(release.use_by).date() == NOON.date() + timedelta(days=1)


def test_only_vaccines_with_a_rule_in_force(world: World, client: Client, values: dict[str, str]) -> None:
    old = factories.make_vaccine(world.campaign, "Vaxzevria", valid_until=date(2021, 4, 1))
    assert "Vaxzevria" not in client.get(FORM).content.decode()
    assert client.post(FORM, values | {"vaccine": str(old.pk)}).status_code == 422


def test_the_form_proposes_what_was_released_last(world: World, client: Client) -> None:
    world.release(doses=5, use_by=NOON + timedelta(hours=7), reason="missed")
    form = client.get(FORM).context["form"]
    assert form["vaccine"].value() == world.vaccine.pk
    assert (form["doses"].value(), f"{form['use_by'].value():%H:%M}", form["reason"].value()) == (5, "19:00", "missed")


def test_the_reach_is_shown_before_sending(world: World, client: Client, values: dict[str, str]) -> None:
    world.entries(2, priority_group=1)
    world.entry(travel_minutes=100)
    asked = {name: values[name] for name in ("vaccine", "use_by", "arrive_until")}
    page = client.get(f"{FORM}reichweite/", asked).content.decode()
    assert "<html" not in page
    assert "3 Personen kommen infrage." in page
    assert "Gruppe 1: 2" in page
    assert "Gruppe 2: 1" in page
    assert "2 Personen kommen" in client.get(f"{FORM}reichweite/", asked | {"arrive_until": "13:30"}).content.decode()


@pytest.mark.parametrize("asked", [{}, {"use_by": "18:00"}, {"vaccine": "x", "use_by": "18:00"}])
def test_an_unfinished_form_has_no_reach_yet(client: Client, asked: dict[str, str]) -> None:
    assert "Sobald Impfstoff und Uhrzeit stimmen" in client.get(f"{FORM}reichweite/", asked).content.decode()


def test_without_script_the_reach_is_a_button(world: World, client: Client, values: dict[str, str]) -> None:
    world.entry()
    response = client.post(FORM, values | {"action": "check"})
    assert response.status_code == 200
    assert "1 Person kommt infrage." in response.content.decode()
    assert not Release.objects.exists()


def test_a_key_of_another_county_leads_nowhere(client: Client, values: dict[str, str]) -> None:
    _stranger, release = make_stranger()
    response = client.post(FORM, values | {"form_key": str(release.form_key)}, follow=True)
    assert response.status_code in (404, 422)


def test_looking_writes_nothing(
    world: World, client: Client, nothing_is_written: Callable[[], AbstractContextManager[None]]
) -> None:
    world.release()
    with nothing_is_written():
        client.get(FORM)
        client.get(f"{FORM}reichweite/")


def test_a_forged_post_is_refused(world: World, values: dict[str, str]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.staff)
    assert client.post(FORM, values).status_code == 403
    assert not Release.objects.exists()
