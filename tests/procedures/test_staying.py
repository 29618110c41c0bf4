"""What people decide for themselves: pause, come back, vaccinated elsewhere, leave."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from impfzentrum.errors import NotPossibleNow
from impfzentrum.models import AuditEvent, Dose, Message, StandbyEntry
from impfzentrum.procedures.inspecting import find_violations
from impfzentrum.procedures.staying import leave_list, pause_entry, report_vaccinated, resume_entry
from tests import factories
from tests.conftest import World
from tests.factories import NOON
from tests.procedures.people import register
from tests.procedures.played import accepted_offer, fresh, open_offer


def again(entry: StandbyEntry) -> StandbyEntry:
    return StandbyEntry.objects.get(pk=entry.pk)


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def test_a_pause_may_have_an_end_or_none(world: World) -> None:
    entry = world.entry()
    tomorrow = NOON + timedelta(days=1)
    pause_entry(entry, until=tomorrow, now=NOON)
    assert (again(entry).state, again(entry).paused_until) == ("paused", tomorrow)
    pause_entry(entry, until=None, now=NOON)
    assert (again(entry).state, again(entry).paused_until) == ("paused", None)
    assert actions() == ["paused"]


def test_a_pause_declines_the_open_offer_and_the_next_person_is_asked(world: World) -> None:
    offer = open_offer(world)
    successor = world.entry()
    pause_entry(offer.entry, until=None, now=NOON)
    assert (fresh(offer).state, again(offer.entry).state) == ("declined", "paused")
    assert [one.entry for one in factories.ask(offer.release)] == [successor]


def test_with_an_appointment_nobody_pauses_by_a_slip(world: World) -> None:
    offer = accepted_offer(world)
    with pytest.raises(NotPossibleNow, match="hat zugesagt"):
        pause_entry(offer.entry, until=None, now=NOON)
    assert fresh(offer).state == "accepted"
    assert Dose.objects.get().state == "confirmed"


def test_coming_back_twice_is_once_and_ends_every_wait(world: World) -> None:
    entry = world.entry(state="paused", cool_down_until=NOON + timedelta(hours=3))
    resume_entry(again(entry), now=NOON)
    resume_entry(again(entry), now=NOON)
    entry = again(entry)
    assert (entry.state, entry.paused_until, entry.unanswered, entry.cool_down_until) == ("waiting", None, 0, None)
    assert actions() == ["resumed"]
    assert [one.entry for one in factories.ask(world.release())] == [entry]


def test_a_second_tap_on_coming_back_does_no_harm_when_an_offer_was_faster(world: World) -> None:
    entry = world.entry(state="paused")
    resume_entry(again(entry), now=NOON)
    factories.ask(world.release())
    resume_entry(again(entry), now=NOON)
    assert again(entry).state == "offered"


@pytest.mark.parametrize("state", ["left", "vaccinated", "unconfirmed"])
def test_who_is_not_on_the_list_cannot_come_back(world: World, state: str) -> None:
    entry = world.entry(state=state)
    with pytest.raises(NotPossibleNow):
        resume_entry(entry, now=NOON)
    assert again(entry).state == state


def test_vaccinated_elsewhere_gives_the_open_offer_back(world: World) -> None:
    offer = open_offer(world)
    report_vaccinated(offer.entry, now=NOON)
    assert (again(offer.entry).state, Dose.objects.get().state) == ("vaccinated", "free")
    report_vaccinated(again(offer.entry), now=NOON)
    assert actions().count("vaccinated_elsewhere") == 1


def test_vaccinated_elsewhere_gives_the_appointment_back(world: World) -> None:
    offer = accepted_offer(world)
    report_vaccinated(fresh(offer).entry, now=NOON)
    assert (again(offer.entry).state, Dose.objects.get().state, fresh(offer).state) == (
        "vaccinated",
        "free",
        "cancelled",
    )


def test_leaving_wipes_the_person_and_gives_the_dose_back(world: World) -> None:
    offer = accepted_offer(world)
    leave_list(fresh(offer).entry, now=NOON)
    entry = again(offer.entry)
    assert entry.state == "left"
    wiped = [entry.given_name, entry.family_name, entry.mobile, entry.mobile_index, entry.email, entry.email_index]
    assert wiped == [""] * 6
    assert (entry.birth_date, entry.criterion, entry.last_vaccine, entry.last_dose_on) == (None, None, None, None)
    assert entry.channels == [], "no contact is left, so none is confirmed"
    assert (Dose.objects.get().state, fresh(offer).state) == ("free", "cancelled")
    assert list(find_violations()) == []


def test_nothing_of_the_person_is_left_in_any_table(world: World) -> None:
    proof = register(world, given_name="Quirinius", family_name="Xylander")
    entry = proof.entry
    mobile_index, email_index = entry.mobile_index, entry.email_index
    leave_list(entry, now=NOON)
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(string_agg(e::text, ' '), '') FROM impfzentrum_standbyentry e")
        row = cursor.fetchone()[0]
        cursor.execute("SELECT coalesce(string_agg(e::text, ' '), '') FROM impfzentrum_auditevent e")
        audit = cursor.fetchone()[0]
    for secret in (mobile_index, email_index, "1950-01-04"):
        assert secret not in row
    for secret in ("Quirinius", "Xylander", "4917", "1950"):
        assert secret not in audit
    assert not Message.objects.filter(state="queued", expires_at__gt=NOON).exists()


def test_leaving_twice_is_once(world: World) -> None:
    entry = world.entry()
    leave_list(again(entry), now=NOON)
    leave_list(again(entry), now=NOON)
    assert actions().count("left") == 1


@pytest.mark.parametrize("state", ["unconfirmed", "waiting", "paused", "vaccinated"])
def test_everybody_on_the_list_may_leave(world: World, state: str) -> None:
    entry = world.entry(state=state)
    leave_list(entry, now=NOON)
    assert again(entry).state == "left"


def test_who_is_checked_in_cannot_leave_in_the_middle(world: World) -> None:
    offer = accepted_offer(world)
    Dose.objects.update(state="arrived")
    with pytest.raises(NotPossibleNow):
        leave_list(fresh(offer).entry, now=NOON)
    assert again(offer.entry).given_name
