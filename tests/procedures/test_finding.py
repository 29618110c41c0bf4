"""From the secret in a link to its row: exactly that row, or a refusal that says nothing."""

from __future__ import annotations

import pytest

from impfzentrum.errors import LinkUnknown
from impfzentrum.models.sealed import hash_token
from impfzentrum.procedures.finding import find_entry, find_offer, find_proof
from impfzentrum.procedures.staying import leave_list
from tests.conftest import World
from tests.factories import NOON
from tests.procedures.people import register
from tests.procedures.played import open_offer


def test_each_link_opens_its_own_row(world: World) -> None:
    offer, other = open_offer(world), open_offer(world)
    proof = register(world)
    assert find_offer(offer.token) == offer
    assert find_offer(other.token) == other
    assert find_entry(offer.entry.token) == offer.entry
    assert find_proof(proof.token) == proof


@pytest.mark.parametrize("find", [find_entry, find_offer, find_proof])
@pytest.mark.parametrize("token", ["", "x", "ä" * 22, "A" * 22, "a" * 5000, "%00", "' OR 1=1"])
@pytest.mark.django_db
def test_a_forged_link_opens_nothing(find: type, token: str) -> None:
    with pytest.raises(LinkUnknown):
        find(token)


def test_a_link_of_one_kind_opens_no_row_of_another_and_a_stored_hash_opens_nothing(world: World) -> None:
    offer = open_offer(world)
    for find, token in [(find_offer, offer.entry.token), (find_entry, offer.token), (find_proof, offer.token)]:
        with pytest.raises(LinkUnknown):
            find(token)
    with pytest.raises(LinkUnknown):
        find_offer(hash_token(offer.token))


def test_a_cut_or_changed_link_is_unknown(world: World) -> None:
    token = open_offer(world).token
    for wrong in (token[:-1], token + "A", token.swapcase(), f" {token}"):
        with pytest.raises(LinkUnknown):
            find_offer(wrong)


def test_who_left_still_reads_on_the_own_page_that_nothing_is_left(world: World) -> None:
    entry = world.entry()
    leave_list(entry, now=NOON)
    assert find_entry(entry.token).state == "left"
