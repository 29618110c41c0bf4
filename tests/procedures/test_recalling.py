"""Why this person, why not that one: told from the order that was drawn and the log, not from today."""

from __future__ import annotations

from datetime import timedelta

import pytest

from impfzentrum.models import Campaign, PriorityOrder, StandbyEntry
from impfzentrum.procedures.answering import decline_offer
from impfzentrum.procedures.recalling import Recall, compare, recall
from impfzentrum.procedures.staying import pause_entry
from tests.conftest import World
from tests.factories import NOON, ask, ticket_of

pytestmark = pytest.mark.django_db

SEEN = pytest.mark.django_db(transaction=True)
"""What a pick saw is told by transactions, so the change before it must be one of its own."""


def in_order(people: list[StandbyEntry]) -> list[StandbyEntry]:
    return sorted(people, key=ticket_of)


def words(found: Recall) -> str:
    return " ".join(found.sentences)


def test_one_is_asked_and_the_next_stood_behind(world: World) -> None:
    first, second = in_order(world.entries(2))
    release = world.release()
    assert [one.entry for one in ask(release)] == [first]
    yes, no = recall(first, release), recall(second, release)
    assert (yes.asked, yes.group, yes.place, yes.people) == (True, 2, 1, 2)
    assert "Ja: gefragt am 24.04.2021, 12:00 Uhr, in Welle 1, als Person der Gruppe 2." in words(yes)
    assert "auf Platz 1 von 2 in Gruppe 2" in words(yes)
    assert not no.asked
    assert "Gefragt wurden 1 Personen, deren Los vor ihrem lag." in words(no)
    assert compare(yes, no) == ("Beide in Gruppe 2: Das Los stellte die erste Person weiter vorn, Platz 1 und Platz 2.")


def test_the_answer_does_not_change_with_today(world: World) -> None:
    """The control against today's state: whatever the person changes afterwards, the record says what was."""
    first, second = in_order(world.entries(2))
    release = world.release()
    ask(release)
    before = words(recall(second, release))
    StandbyEntry.objects.filter(pk=second.pk).update(travel_minutes=200, priority_group=4, state="paused")
    PriorityOrder.objects.all().delete()
    Campaign.objects.update(state="closed")
    assert words(recall(second, release)) == before
    assert recall(first, release).asked


def test_a_closed_group(world: World) -> None:
    far = world.entry(priority_group=4)
    near = world.entry()
    release = world.release(2)
    ask(release)
    assert "Gruppe 4 war nicht geöffnet." in words(recall(far, release))
    assert recall(near, release).asked
    assert "Gruppe 4 und Gruppe 2: Dran war zuerst die zweite Person." in compare(
        recall(far, release), recall(near, release)
    )


def test_a_group_that_was_not_yet_due(world: World) -> None:
    above, below = world.entry(priority_group=1), world.entry(priority_group=2)
    release = world.release()
    ask(release)
    assert recall(above, release).asked
    assert "Gruppe 2 war noch nicht dran: Gefragt wurde bis in Gruppe 1" in words(recall(below, release))


def test_too_far_away(world: World) -> None:
    far = world.entry(travel_minutes=200)
    release = world.release(arrive_until=NOON + timedelta(hours=2))
    world.entry()
    ask(release)
    assert "Sie braucht 200 Minuten hierher" in words(recall(far, release))


@SEEN
def test_paused_when_the_others_were_asked(world: World) -> None:
    away, _other = in_order(world.entries(2))
    release = world.release()
    pause_entry(away, until=None, now=NOON)
    ask(release)
    assert "Sie wartete gerade nicht" in words(recall(away, release))


@SEEN
def test_another_offer_at_that_moment(world: World) -> None:
    first, second = in_order(world.entries(2))
    earlier, later = world.release(), world.release()
    ask(earlier)
    assert [one.entry for one in ask(later)] == [second]
    assert "Sie hatte gerade ein anderes Angebot (seit 24.04.2021, 12:00 Uhr)." in words(recall(first, later))


def test_not_signed_up_yet_and_other_vaccine(world: World) -> None:
    release = world.release()
    wrong = world.entry()
    wrong.vaccines.clear()
    world.entry()
    ask(release)
    late = world.entry(created_at=NOON + timedelta(hours=1))
    assert "Sie war noch nicht angemeldet." in words(recall(late, release))
    assert "nicht für diesen Impfstoff" in words(recall(wrong, release))


def test_what_became_of_the_offer_is_told(world: World) -> None:
    person = world.entry()
    release = world.release()
    (offer,) = ask(release)
    decline_offer(offer, now=NOON + timedelta(minutes=3))
    assert "Stand des Angebots: abgelehnt (24.04.2021, 12:03 Uhr)." in words(recall(person, release))


def test_nobody_was_picked_at_all(world: World) -> None:
    person = world.entry()
    release = world.release()
    assert "Für diese Freigabe wurde überhaupt niemand ausgewählt." in words(recall(person, release))
