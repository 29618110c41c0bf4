"""What people may demand, each a plain way on their own pages; and what the county sees of erasing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from impfzentrum.models import AuditEvent, ErasedCount, Message, StandbyEntry
from impfzentrum.procedures.staying import pause_entry, resume_entry
from impfzentrum.vocabulary import Role
from tests.conftest import World
from tests.factories import NOON, ask
from tests.views.staff import log_in, make_member


def again(entry: StandbyEntry) -> StandbyEntry:
    return StandbyEntry.objects.get(pk=entry.pk)


def rights(client: Client, entry: StandbyEntry) -> str:
    return client.get(reverse("entry:rights", args=[entry.token])).content.decode()


def test_the_page_names_every_right_with_the_way_to_it(
    world: World, client: Client, nothing_is_written: Callable[[], AbstractContextManager[None]]
) -> None:
    entry = world.entry()
    assert reverse("entry:rights", args=[entry.token]) in client.get(f"/s/{entry.token}/").content.decode()
    with nothing_is_written():
        page = rights(client, entry)
    for name in ("entry:data", "entry:leave", "entry:restrict", "entry:object", "entry:status"):
        assert reverse(name, args=[entry.token]) in page
    assert "entscheidet ein Programm" in page
    assert "48 Stunden" in page


def test_restricted_data_is_kept_and_used_for_nothing(world: World, client: Client) -> None:
    entry = world.entry(email="erika@example.org")
    [offer] = ask(world.release())
    for _ in range(2):
        assert client.post(reverse("entry:restrict", args=[entry.token])).status_code == 303
    kept = again(entry)
    assert (kept.state, kept.given_name, bool(kept.restricted_at)) == ("paused", "Erika", True)
    offer.refresh_from_db()
    assert offer.state == "declined"
    assert not Message.objects.filter(entry=entry, state="queued").exists()
    assert AuditEvent.objects.filter(action="restricted").count() == 1
    pause_entry(kept, until=NOON, now=NOON)
    assert again(entry).paused_until is None, "no end of a pause brings it back into use"
    page = client.get(f"/s/{entry.token}/").content.decode()
    assert "benutzen sie für nichts" in page
    assert "nur aufbewahrt" in rights(client, entry)
    resume_entry(kept, now=NOON)
    assert (again(entry).state, again(entry).restricted_at) == ("waiting", None)


def test_who_has_an_appointment_is_told_why_not(world: World, client: Client) -> None:
    entry = world.entry(state="appointed")
    assert client.post(reverse("entry:restrict", args=[entry.token])).status_code == 409
    assert again(entry).restricted_at is None


def test_an_objection_deletes_at_once_and_is_noted_as_such(world: World, client: Client) -> None:
    entry = world.entry()
    for _ in range(2):
        assert client.post(reverse("entry:object", args=[entry.token])).status_code == 303
    assert (again(entry).state, again(entry).given_name) == ("left", "")
    assert AuditEvent.objects.get(action="objected").subject == str(entry.public_id)
    assert "Widersprechen" not in rights(client, entry)


def test_the_county_sees_terms_and_numbers_only(world: World) -> None:
    client = log_in(make_member(world.centre, Role.COUNTY_AUDITOR))
    ErasedCount.objects.create(county=world.county, day=timezone.localdate(), kind="idle", count=4711)
    page = client.get(reverse("protection:terms", args=[world.county.slug])).content.decode()
    assert "4711" in page
    assert "Frage nach 60 Tagen" in page
