"""Releases with live offers, each with a held dose."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from impfzentrum.bench.copying import copy_rows, tidy, without_triggers
from impfzentrum.bench.ground import GROUP, NEAR, NOW, Ground, draw_orders, put_on_lists
from impfzentrum.models import Dose, Offer, Release
from impfzentrum.models.release import DOSES_LIMIT
from impfzentrum.states import DoseState, EntryState, OfferState
from impfzentrum.vocabulary import ReleaseReason

USE_BY = NOW + timedelta(hours=6)


def make_offers(ground: Ground, count: int, *, answer_by: datetime) -> None:
    """Load `count` people who have been asked, spread over all centres, up to 200 by one release.

    `count` is a multiple of the number of centres.
    """
    in_centre = count // len(ground.centres)
    doses = min(DOSES_LIMIT, in_centre)
    put_on_lists(ground, range(count), state=EntryState.OFFERED)
    with without_triggers():
        make_releases(ground, in_centre // doses * len(ground.centres))
        copy_rows(
            Dose(state=DoseState.HELD, state_since=NOW - timedelta(minutes=20)),
            ["id", "release_id", "number", "holder_id"],
            _doses(ground, count, doses),
        )
        copy_rows(
            _offer(answer_by),
            ["id", "public_id", "token_hash", "entry_id", "release_id", "dose_id", "ticket"],
            _offers(ground, count, doses),
        )
    tidy(Release, Dose, Offer)
    draw_orders(ground, ground.centres)


def make_releases(ground: Ground, count: int) -> None:
    """Load running releases, one centre after the other. Each has just been looked at."""
    common = Release(
        state_since=NOW,
        vaccine=ground.vaccine,
        use_by=USE_BY,
        arrive_from=NOW,
        arrive_until=USE_BY - timedelta(minutes=15),
        reason=ReleaseReason.VIAL,
        released_by=ground.staff,
        released_at=NOW - timedelta(minutes=30),
        looked_at=NOW,
        look_again_at=NOW + timedelta(minutes=1),
    )
    copy_rows(common, ["id", "centre_id", "campaign_id", "draw_id", "number", "form_key"], _releases(ground, count))


def _releases(ground: Ground, count: int) -> Iterator[tuple[object, ...]]:
    for index in range(count):
        centre = ground.centre_of(index)
        number = index // len(ground.centres) + 1
        yield index + 1, centre.pk, ground.campaign_of(centre).pk, ground.draws[centre.pk].pk, number, f"{index:032x}"


def _offer(answer_by: datetime) -> Offer:
    handed_over = answer_by - timedelta(minutes=15)
    return Offer(
        state=OfferState.OPEN,
        state_since=handed_over,
        created_at=handed_over,
        handed_over_at=handed_over,
        answer_by=answer_by,
        priority_group=GROUP,
        travel_minutes=NEAR,
    )


def _release_of(ground: Ground, number: int, doses: int) -> int:
    """The id of the release that asked the person with this number: one of their own centre."""
    centres = len(ground.centres)
    return number // centres // doses * centres + number % centres + 1


def _doses(ground: Ground, count: int, doses: int) -> Iterator[tuple[object, ...]]:
    for number in range(count):
        in_release = number // len(ground.centres) % doses + 1
        yield number + 1, _release_of(ground, number, doses), in_release, number + 1


def _offers(ground: Ground, count: int, doses: int) -> Iterator[tuple[object, ...]]:
    for number in range(count):
        pk = number + 1
        release = _release_of(ground, number, doses)
        yield pk, f"{pk:032x}", f"{pk:064x}", pk, release, pk, number
