"""Joining the list: what is written down, who is known already, and when the list is not open."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from impfzentrum.errors import CodeOver, DraftOver, ListNotOpen, TooFast
from impfzentrum.models import County, Message, PriorityCriterion, SignUpDraft, StandbyEntry
from impfzentrum.procedures.drafting import start_draft
from impfzentrum.procedures.proving import prove_contact
from impfzentrum.procedures.registering import best_criterion, register_draft
from impfzentrum.procedures.staying import leave_list
from tests.conftest import World
from tests.factories import NOON
from tests.procedures.people import EMAIL, MOBILE, register, sign_up

LATER = NOON + timedelta(minutes=2)


def test_an_entry_waits_for_its_proof_and_both_contacts_are_asked(world: World) -> None:
    proof = register(world)
    entry = StandbyEntry.objects.get()
    assert (entry.state, entry.given_name, entry.mobile, entry.email) == ("unconfirmed", "Erika", MOBILE, EMAIL)
    assert entry.channels == []
    assert list(entry.vaccines.all()) == [world.vaccine]
    assert proof.channel == "sms"
    assert sorted(Message.objects.values_list("channel", "template")) == [
        ("email", "contact_proof"),
        ("sms", "contact_proof"),
    ]


def test_only_an_address_gets_only_a_mail(world: World) -> None:
    assert register(world, mobile="").channel == "email"
    assert Message.objects.get().channel == "email"


def draft_of(world: World, **values: Any) -> SignUpDraft:
    draft = start_draft(world.campaign, "alter", {}, now=NOON)
    register_draft(draft, sign_up(world, **values), now=LATER)
    draft.refresh_from_db()
    return draft


def test_a_second_tap_is_the_same_entry_and_no_second_message(world: World) -> None:
    draft = draft_of(world)
    assert register_draft(draft, sign_up(world), now=LATER) == draft.proof
    assert StandbyEntry.objects.count() == 1
    assert Message.objects.count() == 2


def test_until_the_proof_a_correction_replaces_what_was_typed(world: World) -> None:
    draft = draft_of(world, travel_minutes=20)
    register_draft(draft, sign_up(world, travel_minutes=45, given_name="Erica"), now=LATER)
    entry = StandbyEntry.objects.get()
    assert (entry.travel_minutes, entry.given_name) == (45, "Erica")


def test_after_the_proof_a_draft_changes_nothing_more(world: World) -> None:
    draft = draft_of(world)
    assert draft.proof is not None
    prove_contact(draft.proof, draft.proof.code, now=LATER)
    with pytest.raises(DraftOver):
        register_draft(draft, sign_up(world, given_name="Mallory"), now=LATER)
    assert StandbyEntry.objects.get().given_name == "Erika"


def test_seven_pages_in_three_seconds_are_no_person(world: World) -> None:
    draft = start_draft(world.campaign, "alter", {}, now=NOON)
    with pytest.raises(TooFast):
        register_draft(draft, sign_up(world), now=NOON + timedelta(seconds=3))
    assert StandbyEntry.objects.count() == 0


def test_the_same_mobile_with_another_birth_date_is_another_person(world: World) -> None:
    register(world)
    register(world, birth_date=date(1948, 5, 5), email="")
    assert StandbyEntry.objects.count() == 2


def test_who_left_may_join_again_as_a_new_entry(world: World) -> None:
    leave_list(register(world).entry, now=NOON)
    register(world)
    assert sorted(StandbyEntry.objects.values_list("state", flat=True)) == ["left", "unconfirmed"]


def test_the_link_of_an_address_that_was_replaced_confirms_nothing(world: World) -> None:
    """Otherwise a stranger could confirm somebody else's address with the link to their own."""
    draft = draft_of(world)
    old = StandbyEntry.objects.get().proofs.get(channel="email")
    register_draft(draft, sign_up(world, email="victim@example.org"), now=LATER)
    with pytest.raises(CodeOver):
        prove_contact(old, None, now=LATER)
    entry = StandbyEntry.objects.get()
    assert (entry.email, entry.email_confirmed_at) == ("victim@example.org", None)
    fresh = entry.proofs.filter(channel="email").latest("pk")
    assert fresh != old, "the new address gets a link of its own at once"
    prove_contact(fresh, None, now=LATER)
    entry.refresh_from_db()
    assert entry.email_confirmed_at == LATER


@pytest.mark.parametrize("state", ["paused", "capped"])
def test_a_list_that_is_not_open_takes_nobody_known_or_not(world: World, state: str) -> None:
    """Else it would tell a stranger who is on it."""
    proof = register(world)
    prove_contact(proof, proof.code, now=NOON)
    County.objects.update(list_state=state)
    world.campaign.refresh_from_db()
    for born in (date(1950, 1, 4), date(1948, 5, 5)):
        with pytest.raises(ListNotOpen):
            register(world, birth_date=born)


def test_the_cap_counts_everybody_who_has_not_left(world: World) -> None:
    County.objects.update(list_cap=2)
    world.campaign.refresh_from_db()
    world.entry(state="left", given_name="")
    world.entry(state="paused")
    register(world)
    with pytest.raises(ListNotOpen):
        register(world, birth_date=date(1948, 5, 5), mobile="", email="other@example.org")


@pytest.mark.parametrize(
    ("born", "chosen", "code"),
    [
        (date(1941, 4, 24), None, "alter_80"),
        (date(1941, 4, 25), None, "alter_70"),
        (date(1951, 4, 24), None, "alter_70"),
        (date(1951, 4, 25), None, None),
        (date(1951, 4, 24), "kita_grundschule", "kita_grundschule"),
        (date(1941, 4, 24), "kita_grundschule", "alter_80"),
        (date(1980, 1, 1), "uebrige", "uebrige"),
        (date(1950, 1, 1), "uebrige", "alter_70"),
    ],
)
def test_the_best_of_choice_and_age_counts_and_the_choice_wins_a_tie(
    world: World, born: date, chosen: str | None, code: str | None
) -> None:
    choice = PriorityCriterion.objects.filter(code=chosen).first()
    best = best_criterion(world.campaign, choice, born, now=NOON)
    assert (best.code if best else None) == code
    register(world, birth_date=born, criterion=choice)
    entry = StandbyEntry.objects.get()
    assert entry.priority_group == (best.group if best else 4)
