"""The page of today's booked appointments: found, marked, taken back, and their doses released once."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from impfzentrum.models import AuditEvent, Booking, Release
from impfzentrum.vocabulary import Role
from tests.conftest import World
from tests.factories import NOON
from tests.views.booked import book, book_day
from tests.views.staff import log_in, make_member, make_neighbour

pytestmark = pytest.mark.usefixtures("saturday_noon")
PAGE = "/zentrum/korbach/termine/"


@pytest.fixture
def client(world: World) -> Client:
    return log_in(world.staff)


def search(client: Client, words: str) -> list[str]:
    """The numbers that are found, in their order."""
    page = client.post(PAGE, {"words": words}, headers={"HX-Request": "true"}).content.decode()
    return re.findall(r"<strong>(.*?)</strong>", page)


def test_a_day_is_found_by_number_time_and_name(world: World, client: Client) -> None:
    book(world, "KB-101", at=NOON, name="Muster, Erika")
    book(world, "KB-102", at=NOON + timedelta(minutes=5), name="Yılmaz-Groß, Jörg")
    book(world, "XX-200", at=NOON + timedelta(minutes=5), name="")
    book(world, "GESTERN-1", at=NOON - timedelta(days=1))
    assert search(client, "kb-1") == ["KB-101", "KB-102"]
    assert search(client, "12:05") == ["KB-102", "XX-200"]
    assert search(client, "12.05 Uhr") == ["KB-102", "XX-200"]
    assert search(client, "jorg yil") == ["KB-102"]
    assert search(client, "gross") == ["KB-102"]
    assert search(client, "erika") == ["KB-101"]
    assert search(client, "26:00") == search(client, "gestern") == search(client, "niemand") == []


def test_another_centre_stays_out(world: World, client: Client) -> None:
    neighbour = make_neighbour(world)
    hidden = book(world, "FREMD-1", state="cancelled", marked_by=world.staff)
    Booking.objects.filter(pk=hidden.pk).update(centre=neighbour)
    assert search(client, "fremd") == []
    assert "FREMD" not in client.get(f"{PAGE}?zeigen=all").content.decode()
    assert client.post(f"{PAGE}{hidden.public_id}/", {"action": "undo"}).status_code == 404


def test_a_search_writes_nothing_and_its_words_stand_in_no_address(
    world: World, client: Client, nothing_is_written: Callable[[], AbstractContextManager[None]]
) -> None:
    book_day(world, planned=3)
    page = client.get(PAGE).content.decode()
    assert f'<form method="post" class="form" id="find" role="search" hx-post="{PAGE}"' in page
    with nothing_is_written():
        assert client.post(PAGE, {"words": "erika"}).status_code == 200
        assert client.get(PAGE).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_the_day(
    world: World, client: Client, django_assert_num_queries: Callable[[int], AbstractContextManager[object]], rows: int
) -> None:
    book_day(world, planned=rows, cancelled=rows)
    with django_assert_num_queries(8):
        client.get(f"{PAGE}?zeigen=all")
    with django_assert_num_queries(6):
        search(client, "erika")
    with django_assert_num_queries(5):
        client.get("/zentrum/korbach/termine.csv")


def test_marked_and_taken_back(world: World, client: Client) -> None:
    booking = book(world)
    seen = booking.state_since.isoformat()
    for _tap in range(2):
        page = client.post(f"{PAGE}{booking.public_id}/", {"action": "missed", "seen": seen}, follow=True)
    assert "KB-1: nicht erschienen" in page.content.decode()
    booking.refresh_from_db()
    assert (booking.state, booking.marked_by) == ("missed", world.staff)
    assert "Rückgängig" in page.content.decode()
    seen = booking.state_since.isoformat()
    client.post(f"{PAGE}{booking.public_id}/", {"action": "undo", "seen": seen})
    booking.refresh_from_db()
    assert (booking.state, booking.marked_by) == ("planned", None)
    actions = list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))
    assert [one for one in actions if one.startswith("booking")] == ["booking_missed", "booking_undone"]


def test_who_comes_second_sees_what_the_first_did(world: World, client: Client) -> None:
    booking = book(world)
    seen = booking.state_since.isoformat()
    colleague = log_in(make_member(world.centre, Role.CENTRE_LEAD))
    colleague.post(f"{PAGE}{booking.public_id}/", {"action": "cancelled", "seen": seen})
    page = client.post(f"{PAGE}{booking.public_id}/", {"action": "missed", "seen": seen}, follow=True)
    assert "Jetzt gilt: abgesagt" in page.content.decode()


def test_a_late_copy_of_a_tap_does_not_mark_again_what_was_taken_back(world: World, client: Client) -> None:
    booking = book(world)
    first = booking.state_since.isoformat()
    client.post(f"{PAGE}{booking.public_id}/", {"action": "cancelled", "seen": first})
    booking.refresh_from_db()
    with time_machine.travel(NOON + timedelta(minutes=1)):
        client.post(f"{PAGE}{booking.public_id}/", {"action": "undo", "seen": booking.state_since.isoformat()})
        page = client.post(f"{PAGE}{booking.public_id}/", {"action": "cancelled", "seen": first}, follow=True)
    assert "hat sich gerade etwas geändert" in page.content.decode()
    booking.refresh_from_db()
    assert booking.state == "planned"


def test_undo_ends_after_ten_minutes_and_with_the_release(world: World, client: Client) -> None:
    booking = book(world, state="cancelled", marked_by=world.staff)
    undo = {"action": "undo", "seen": booking.state_since.isoformat()}
    with time_machine.travel(NOON + timedelta(minutes=10, seconds=1)):
        page = client.post(f"{PAGE}{booking.public_id}/", undo, follow=True).content.decode()
    assert "nur zehn Minuten" in page
    Booking.objects.update(release=world.release())
    page = client.post(f"{PAGE}{booking.public_id}/", undo, follow=True).content.decode()
    assert "schon freigegeben (Freigabe 1)" in page
    booking.refresh_from_db()
    assert booking.state == "cancelled"


def test_nobody_is_missed_before_their_time(world: World, client: Client) -> None:
    booking = book(world, at=NOON + timedelta(hours=1))
    assert "Nicht erschienen<span" not in client.get(PAGE).content.decode()
    values = {"action": "missed", "seen": booking.state_since.isoformat()}
    page = client.post(f"{PAGE}{booking.public_id}/", values, follow=True)
    assert "erst um 13:00 Uhr" in page.content.decode()


@pytest.mark.parametrize("values", [{}, {"action": "planned"}, {"action": "undo", "seen": "gestern"}])
def test_a_damaged_form_changes_nothing(world: World, client: Client, values: dict[str, str]) -> None:
    booking = book(world)
    client.post(f"{PAGE}{booking.public_id}/", values)
    booking.refresh_from_db()
    assert booking.state == "planned"


def order_for(client: Client, world: World, **changes: str) -> dict[str, str]:
    page = client.get(f"{PAGE}freigeben/{world.vaccine.pk}/").content.decode()
    found = re.search(r'name="form_key" value="([0-9a-f-]+)"', page)
    assert found
    doses = re.search(r'name="doses" value="(\d+)"', page)
    assert doses
    first = {"doses": doses[1], "use_by": "18:00", "reason": "cancelled", "form_key": found[1]}
    return {**first, **changes}


def test_one_button_releases_what_fell_out(world: World, client: Client) -> None:
    book_day(world, planned=2, cancelled=3, missed=1)
    assert "4 Dosen Comirnaty freigeben" in client.get(PAGE).content.decode()
    values = order_for(client, world)
    assert values["doses"] == "4"
    response = client.post(f"{PAGE}freigeben/{world.vaccine.pk}/", values)
    assert response.headers["Location"] == "/zentrum/korbach/freigabe/1/"
    release = Release.objects.get()
    assert (release.doses.count(), release.bookings.count(), release.reason) == (4, 4, "cancelled")
    assert (
        "Aus gebuchten Terminen: 3 abgesagt, 1 nicht erschienen"
        in client.get("/zentrum/korbach/freigabe/1/").content.decode()
    )
    assert "alles freigegeben" in client.get(PAGE).content.decode()


def test_a_second_tap_and_a_colleague_release_nothing_more(world: World, client: Client) -> None:
    book_day(world, cancelled=3)
    mine, theirs = order_for(client, world), order_for(client, world)
    address = f"{PAGE}freigeben/{world.vaccine.pk}/"
    assert client.post(address, mine).headers["Location"] == client.post(address, mine).headers["Location"]
    page = log_in(make_member(world.centre, Role.CENTRE_LEAD)).post(address, theirs, follow=True)
    assert "nichts mehr freizugeben" in page.content.decode()
    assert Release.objects.count() == 1


def test_fewer_doses_take_the_earliest_and_more_than_there_are_are_refused(world: World, client: Client) -> None:
    first, second, third = book_day(world, cancelled=3)
    address = f"{PAGE}freigeben/{world.vaccine.pk}/"
    page = client.post(address, order_for(client, world, doses="4"))
    assert page.status_code == 422
    assert "nur noch 3 Dosen" in page.content.decode()
    client.post(address, order_for(client, world, doses="2"))
    assert set(Release.objects.get().bookings.all()) == {first, second}
    third.refresh_from_db()
    assert third.release is None


def test_missed_ones_give_their_reason_and_other_vaccines_stay(world: World, client: Client) -> None:
    book_day(world, missed=2, cancelled=1)
    page = client.get(f"{PAGE}freigeben/{world.vaccine.pk}/").content.decode()
    assert '<option value="missed" selected>' in page
    assert client.get(f"{PAGE}freigeben/{world.vaccine.pk + 1}/").status_code == 404


def test_a_release_whose_time_is_over_keeps_the_doses(world: World, client: Client) -> None:
    book_day(world, cancelled=1)
    page = client.post(f"{PAGE}freigeben/{world.vaccine.pk}/", order_for(client, world, use_by="11:00"))
    assert page.status_code == 422
    assert not Release.objects.exists()
    assert Booking.objects.get().release is None


def test_the_dashboard_counts_what_waits(world: World, client: Client) -> None:
    assert "ausgefallenen" not in client.get("/zentrum/korbach/").content.decode()
    book_day(world, cancelled=1, missed=1)
    assert "2 Dosen aus ausgefallenen Terminen warten" in client.get("/zentrum/korbach/").content.decode()


def test_the_table_runs_no_formula_and_names_nobody(world: World, client: Client) -> None:
    book(world, '=HYPERLINK("http://example.org")', name="Muster, Erika")
    response = client.get("/zentrum/korbach/termine.csv")
    text = response.content.decode("utf-8-sig")
    assert response.headers["Content-Type"].startswith("text/csv")
    assert text.splitlines()[0] == "Nummer der Buchung;Uhrzeit;Impfstoff;Impfung;Stand;Freigabe"
    assert "'=HYPERLINK" in text
    assert ";12:00;Comirnaty;1;geplant;" in text
    assert "Muster" not in text


def test_a_long_day_has_pages(world: World, client: Client) -> None:
    at = {number: NOON + timedelta(minutes=number) for number in range(60)}
    for number, moment in at.items():
        book(world, f"L-{number:02d}", at=moment)
    first = client.get(PAGE).content.decode()
    second = client.get(f"{PAGE}?zeigen=next&seite=2").content.decode()
    assert "Seite 1 von 2, 60 Termine" in first
    assert ("L-49" in first, "L-50" in first, "L-50" in second, "L-59" in second) == (True, False, True, True)
    assert client.get(f"{PAGE}?zeigen=x&seite=9999999999999").status_code == 200


def test_words_of_a_stranger_are_only_words(world: World, client: Client) -> None:
    assert search(client, "<script>alert(1)</script>") == []
    page = client.post(PAGE, {"words": "<b>x</b>"}).content.decode()
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert client.post(PAGE, {"words": "a\0b" + str(uuid.uuid4()) * 9}).status_code == 200
