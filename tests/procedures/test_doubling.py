"""The same person twice: led to the first entry once the contact is proved, and nobody else learns that it exists."""

from __future__ import annotations

from datetime import timedelta

import pytest

from impfzentrum.models import AuditEvent, ContactProof, Message, StandbyEntry
from impfzentrum.procedures import doubling, proving
from impfzentrum.procedures.inspecting import find_violations
from impfzentrum.procedures.proving import prove_contact
from tests.conftest import Together, World
from tests.factories import NOON
from tests.procedures.people import EMAIL, MOBILE, register

LATER = NOON + timedelta(minutes=2)


def join(world: World, **values: object) -> StandbyEntry:
    proof = register(world, **values)
    return prove_contact(proof, proof.code if proof.channel == "sms" else None, now=NOON)


@pytest.mark.parametrize(
    "contact", [{"email": ""}, {"mobile": "", "email": EMAIL}, {"mobile": "", "email": EMAIL.upper()}]
)
def test_who_proves_the_same_contact_gets_the_first_entry(world: World, contact: dict[str, str]) -> None:
    first = join(world, **contact)
    second = join(world, **contact, given_name="Erica", travel_minutes=99)
    assert second == first
    first.refresh_from_db()
    assert (first.given_name, first.travel_minutes, first.state) == ("Erika", 20, "waiting")
    [wiped] = StandbyEntry.objects.exclude(pk=first.pk)
    assert (wiped.state, wiped.given_name, wiped.mobile_index, wiped.birth_date) == ("left", "", "", None)


def test_before_the_proof_nothing_is_different_for_who_is_known(world: World) -> None:
    """The same rows are written, and the same messages queued, to the contacts that were typed."""

    def told(proof: ContactProof) -> list[tuple[str, str, str]]:
        return sorted((one.channel, one.template, one.state) for one in proof.entry.messages.all())

    join(world)
    known = register(world)
    stranger = register(world, mobile="+491713920001", email="somebody.else@example.org", family_name="Anders")
    assert told(known) == told(stranger)
    assert (known.channel, known.entry.state) == (stranger.channel, stranger.entry.state)


def test_a_stranger_who_types_somebodys_contact_beside_their_own_gets_nothing_of_it(world: World) -> None:
    first = join(world, email="")
    proof = register(world, mobile=MOBILE, email="mallory@example.org")
    link = proof.entry.proofs.get(channel="email")
    mallory = prove_contact(link, None, now=LATER)
    assert mallory != first
    assert mallory.family_name == "Mustermann", "only what Mallory typed"
    first.refresh_from_db()
    assert first.email == ""


def test_a_contact_that_nobody_proved_leads_nowhere(world: World) -> None:
    """Else a stranger could name somebody's address and have them led to the stranger's own entry."""
    mallory = join(world, mobile="+491713920001", email=EMAIL)
    victim = join(world, mobile="", email=EMAIL)
    assert victim != mallory


def test_the_same_name_and_birthday_writes_to_the_known_contact_once_a_day(world: World) -> None:
    first = join(world, email="")
    Message.objects.filter(template="welcome").update(created_at=NOON - timedelta(days=2))
    for number in (1, 2):
        other = join(world, mobile=f"+49171392000{number}", email="", given_name="ERIKA ", family_name="Mustermánn")
        assert other != first
        assert other.state == "waiting"
    told = Message.objects.filter(entry=first, template="welcome", created_at__gt=NOON - timedelta(days=1))
    assert [one.channel for one in told] == ["sms"]
    events = AuditEvent.objects.filter(action="joined_with_known_name")
    assert [event.detail for event in events] == [{"first": str(first.public_id)}] * 2


def test_another_name_on_the_same_day_is_another_person(world: World) -> None:
    first = join(world, email="")
    join(world, mobile="+491713920001", email="", given_name="Erna")
    assert first.messages.filter(template="welcome").count() == 1


@pytest.mark.race
def test_two_proofs_at_once_leave_one_entry(committed_world: World, at_the_same_time: Together) -> None:
    assert len(_prove_twice(committed_world, at_the_same_time)) == 1


@pytest.mark.race
def test_without_the_lock_both_would_wait(
    committed_world: World, at_the_same_time: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: both look before either has written."""
    monkeypatch.setattr(proving, "_lock_contact", lambda proof: None)
    look = doubling.find_first_entry

    def look_and_wait(*arguments: object) -> StandbyEntry | None:
        import time

        found = look(*arguments)  # type: ignore[arg-type]
        time.sleep(0.5)
        return found

    monkeypatch.setattr(proving, "find_first_entry", look_and_wait)
    assert len(_prove_twice(committed_world, at_the_same_time)) == 2


def _prove_twice(world: World, at_the_same_time: Together) -> set[StandbyEntry]:
    proofs = [register(world, email="") for _twice in range(2)]
    outcomes = at_the_same_time(lambda proof: prove_contact(proof, proof.code, now=LATER), proofs)
    assert all(isinstance(one, StandbyEntry) for one in outcomes), outcomes
    return set(StandbyEntry.objects.filter(state="waiting"))


def test_the_invariants_hold_after_a_double(world: World) -> None:
    join(world)
    join(world)
    assert list(find_violations()) == []
