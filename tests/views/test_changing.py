"""The pages that change a release while it runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from impfzentrum.models import AuditEvent, Release
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.procedures.releasing import stop_release
from tests.conftest import World
from tests.factories import NOON, ask
from tests.views.staff import log_in

pytestmark = pytest.mark.usefixtures("saturday_noon")

LIVE = "/zentrum/korbach/freigabe/1/"
ADD, TAKE_BACK, TIMES = f"{LIVE}dosen-dazu/", f"{LIVE}dosen-zurueck/", f"{LIVE}uhrzeit/"
PAGES = [ADD, TAKE_BACK, TIMES]


@pytest.fixture
def client(world: World) -> Client:
    return log_in(world.staff)


def fill_in(client: Client, page: str, **typed: str) -> dict[str, str]:
    """What the form would send if only these fields were changed."""
    form = client.get(page).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    values = {name: f"{value:%H:%M}" if hasattr(value, "hour") else str(value or "") for name, value in shown.items()}
    return values | typed


def see(client: Client) -> str:
    return client.get(LIVE).content.decode()


def clocks(release: Release) -> list[str]:
    release.refresh_from_db()
    moments: list[datetime] = [release.arrive_from, release.arrive_until, release.use_by]
    return [f"{timezone.localtime(moment):%H:%M}" for moment in moments]


def test_the_release_leads_to_every_change(world: World, client: Client) -> None:
    world.release()
    page = see(client)
    for address in PAGES:
        assert f'href="{address}"' in page


def test_when_all_is_accepted_the_release_offers_nothing_to_take_back(world: World, client: Client) -> None:
    world.entry()
    accept_offer(ask(world.release())[0], now=NOON)
    page = see(client)
    assert TAKE_BACK not in page
    assert ADD in page
    assert "Zurzeit ist keine Dosis offen." in client.get(TAKE_BACK).content.decode()


def test_more_doses(world: World, client: Client) -> None:
    release = world.release(doses=2)
    response = client.post(ADD, fill_in(client, ADD, doses="3"))
    assert response.headers["Location"] == LIVE
    assert release.doses.filter(state="free").count() == 5
    page = see(client)
    for words in ("3 Dosen sind dazugekommen.", "0 von 5 vergeben", "Comirnaty, 5 Dosen", "3 Dosen dazu"):
        assert words in page


def test_fewer_doses(world: World, client: Client) -> None:
    world.entries(2)
    release = world.release(doses=4)
    accept_offer(ask(release)[0], now=NOON)
    form = client.get(TAKE_BACK).content.decode()
    assert "Höchstens 3: Zuerst gehen freie Dosen" in form
    assert "ist die Freigabe beendet" not in form
    client.post(TAKE_BACK, fill_in(client, TAKE_BACK, doses="3"))
    assert Counter(release.doses.values_list("state", flat=True)) == {"confirmed": 1, "withdrawn": 3}
    page = see(client)
    for words in (
        "3 Dosen sind zurückgenommen.",
        "1 von 1 vergeben",
        "3 Dosen zurückgenommen, 1 Angebot zurückgezogen",
    ):
        assert words in page


def test_all_doses_taken_back_end_the_release(world: World, client: Client) -> None:
    world.release(doses=2)
    assert "Nehmen Sie alle zurück, ist die Freigabe beendet." in client.get(TAKE_BACK).content.decode()
    client.post(TAKE_BACK, fill_in(client, TAKE_BACK, doses="2"))
    assert "Diese Freigabe wurde beendet" in see(client)


@pytest.mark.parametrize(
    ("typed", "after"),
    [
        ({"use_by": "19"}, ["12:30", "17:45", "19:00"]),
        ({"use_by": "19.30 Uhr", "arrive_until": "1915"}, ["12:30", "19:15", "19:30"]),
        ({"use_by": "19:00", "arrive_until": ""}, ["12:30", "18:45", "19:00"]),
        ({"arrive_from": "14:00"}, ["14:00", "17:45", "18:00"]),
        ({"arrive_from": "", "arrive_until": "16:00"}, ["12:30", "16:00", "18:00"]),
    ],
)
def test_other_times(world: World, client: Client, typed: dict[str, str], after: list[str]) -> None:
    release = world.release()
    response = client.post(TIMES, fill_in(client, TIMES, **typed), follow=True)
    assert clocks(release) == after
    assert "Die Zeiten sind geändert." in response.content.decode()
    assert f"Zeiten geändert: Ankunft {after[0]} bis {after[1]} Uhr" in response.content.decode()


def test_a_beginning_that_is_over_may_stay(world: World) -> None:
    release = world.release()
    with time_machine.travel(NOON + timedelta(hours=2), tick=False):
        client = log_in(world.staff)
        client.post(TIMES, fill_in(client, TIMES, use_by="19:00"))
    assert clocks(release) == ["12:30", "17:45", "19:00"]


def test_after_midnight_the_times_of_the_night_stay_what_they_are(world: World) -> None:
    late = NOON.replace(hour=23)
    release = world.release(now=late, use_by=late + timedelta(hours=3))
    with time_machine.travel(late + timedelta(hours=1, minutes=10), tick=False):
        client = log_in(world.staff)
        client.post(TIMES, fill_in(client, TIMES, use_by="02:30"))
    assert clocks(release) == ["23:30", "01:45", "02:30"]
    assert timezone.localtime(release.arrive_from).date() == NOON.date()


def test_the_page_says_who_has_been_promised_what(world: World, client: Client) -> None:
    world.entry()
    accept_offer(ask(world.release())[0], now=NOON)
    assert "1 Person hat zugesagt und darf bis 17:45 Uhr kommen." in client.get(TIMES).content.decode()
    response = client.post(TIMES, fill_in(client, TIMES, arrive_until="17:00"))
    assert response.status_code == 422
    assert response.context["form"].errors["arrive_until"] == [
        "1 Person hat bis 17:45 Uhr zugesagt bekommen. Früher darf die Ankunft nicht enden."
    ]
    assert 'value="17:00"' in response.content.decode()


@pytest.mark.parametrize(
    ("page", "typed", "sentence"),
    [
        (ADD, {"doses": ""}, "Bitte geben Sie ein, um wie viele Dosen es geht."),
        (ADD, {"doses": "0"}, "Bitte geben Sie eine Zahl von 1 bis 200 ein."),
        (ADD, {"doses": "-1"}, "Bitte geben Sie eine Zahl von 1 bis 200 ein."),
        (ADD, {"doses": "1,5"}, "Bitte geben Sie eine ganze Zahl ein, zum Beispiel 6."),
        (ADD, {"doses": "zwei"}, "Bitte geben Sie eine ganze Zahl ein, zum Beispiel 6."),
        (ADD, {"doses": "9" * 5000}, "Bitte geben Sie eine ganze Zahl ein, zum Beispiel 6."),
        (ADD, {"doses": "198"}, "Eine Freigabe hat höchstens 200 Dosen. Dazu passen hier noch 197."),
        (TAKE_BACK, {"doses": ""}, "Bitte geben Sie ein, um wie viele Dosen es geht."),
        (TAKE_BACK, {"doses": "201"}, "Bitte geben Sie eine Zahl von 1 bis 200 ein."),
        (TAKE_BACK, {"doses": "4"}, "Zurücknehmen lassen sich noch höchstens 3."),
        (TIMES, {"use_by": ""}, "Bitte geben Sie an, bis wann die Dosen verimpft sein müssen."),
        (TIMES, {"use_by": "25:00"}, "Das ist keine Uhrzeit."),
        (TIMES, {"use_by": "bald"}, "Das ist keine Uhrzeit."),
        (TIMES, {"use_by": "11:00"}, "11:00 Uhr liegt in der Vergangenheit: Es ist 12:00 Uhr."),
        (TIMES, {"use_by": "17:00"}, "Die Ankunft muss vor dem Ende der Verwendbarkeit liegen."),
        (TIMES, {"arrive_until": "18:01"}, "Die Ankunft muss vor dem Ende der Verwendbarkeit liegen."),
        (TIMES, {"arrive_until": "12:30"}, "Das Ende der Ankunft muss nach ihrem Beginn liegen."),
        (TIMES, {"arrive_until": "", "use_by": "12:20"}, "Das Ende der Ankunft muss nach ihrem Beginn liegen."),
        (TIMES, {"arrive_until": "11:59"}, "11:59 Uhr liegt in der Vergangenheit"),
        (TIMES, {"arrive_from": "11:59"}, "11:59 Uhr liegt in der Vergangenheit"),
        (TIMES, {"arrive_from": "a\x00b"}, "Das ist keine Uhrzeit."),
    ],
)
def test_bad_input_is_told_and_nothing_typed_is_lost(
    world: World, client: Client, page: str, typed: dict[str, str], sentence: str
) -> None:
    release = world.release(doses=3)
    sent = fill_in(client, page, **typed)
    response = client.post(page, sent)
    assert response.status_code == 422
    told = response.content.decode()
    assert sentence in told
    assert "Fehler:" in told
    for value in sent.values():
        assert f'value="{value}"' in told or value == "" or "\x00" in value
    assert (release.doses.count(), clocks(release)) == (3, ["12:30", "17:45", "18:00"])
    assert not AuditEvent.objects.filter(action__in=["doses_added", "doses_taken_back", "times_changed"]).exists()


def test_an_end_of_arrival_that_is_over_does_not_stay(world: World) -> None:
    world.release()
    with time_machine.travel(NOON.replace(hour=17, minute=50), tick=False):
        client = log_in(world.staff)
        response = client.post(TIMES, fill_in(client, TIMES, use_by="19:00"))
    assert "17:45 Uhr liegt in der Vergangenheit" in response.content.decode()


@pytest.mark.parametrize(
    ("page", "doses", "now_are"), [(ADD, "2", "jetzt sind es 8"), (TAKE_BACK, "2", "jetzt sind es 4")]
)
def test_two_taps_change_once(world: World, client: Client, page: str, doses: str, now_are: str) -> None:
    world.release(doses=6)
    sent = fill_in(client, page, doses=doses)
    client.post(page, sent)
    second = client.post(page, sent, follow=True)
    assert now_are in second.content.decode()
    assert AuditEvent.objects.filter(action__in=["doses_added", "doses_taken_back"]).count() == 1


def test_two_taps_on_new_times_are_one_change(world: World, client: Client) -> None:
    world.release()
    sent = fill_in(client, TIMES, use_by="19:00", arrive_until="18:30")
    for _tap in range(2):
        assert "Die Zeiten sind geändert." in client.post(TIMES, sent, follow=True).content.decode()
    assert AuditEvent.objects.filter(action="times_changed").count() == 1


def test_what_a_colleague_has_changed_is_told(world: World, client: Client) -> None:
    release = world.release()
    sent = fill_in(client, TIMES, use_by="19:00")
    client.post(TIMES, fill_in(client, TIMES, use_by="20:00"))
    page = client.post(TIMES, sent, follow=True).content.decode()
    assert "Die Zeiten haben sich inzwischen geändert: Ankunft 12:30 bis 17:45 Uhr, verwendbar bis 20:00 Uhr." in page
    assert clocks(release)[2] == "20:00"


@pytest.mark.parametrize("page", PAGES)
def test_without_a_stand_nothing_is_changed(world: World, client: Client, page: str) -> None:
    release = world.release(doses=3)
    for stand in ("", "x", "a\x00b"):
        client.post(page, fill_in(client, page, doses="1", use_by="19:00") | {"stand": stand})
    assert (release.doses.count(), clocks(release)[2]) == (3, "18:00")
    assert not release.doses.exclude(state="free").exists()


@pytest.mark.parametrize("page", PAGES)
def test_looking_writes_nothing(
    world: World, client: Client, page: str, nothing_is_written: Callable[[], AbstractContextManager[None]]
) -> None:
    world.entries(2)
    ask(world.release(doses=2))
    with nothing_is_written():
        assert client.get(page).status_code == 200
        client.head(page)


@pytest.mark.parametrize("page", PAGES)
def test_a_release_that_is_over_is_shown_instead(world: World, client: Client, page: str) -> None:
    release = world.release()
    sent = fill_in(client, page, doses="1", use_by="19:00")
    stop_release(release, by=world.staff, now=NOON)
    assert client.get(page).headers["Location"] == LIVE
    assert "Diese Freigabe läuft nicht mehr." in client.post(page, sent, follow=True).content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_a_forged_post_is_refused(world: World, page: str) -> None:
    release = world.release(doses=3)
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.staff)
    assert client.post(page, {"doses": "1", "use_by": "19:00"}).status_code == 403
    assert release.doses.filter(state="free").count() == 3


@pytest.mark.parametrize("page", PAGES)
def test_an_unknown_release_is_not_found(world: World, client: Client, page: str) -> None:
    assert client.get(page).status_code == client.post(page, {"doses": "1"}).status_code == 404
