"""Looking at a release: what the database says, in the words of the rules, and how many people are to be asked now."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from impfzentrum.models import County, Offer, Release
from impfzentrum.procedures.learning import count_answers
from impfzentrum.rules.quiet import next_quiet_hours
from impfzentrum.rules.situation import Learned, OpenOffers, ReleaseState, TravelBand
from impfzentrum.rules.waves import Limits, Reason, Wave, decide_wave, foresee_wave
from impfzentrum.rules.widening import MOST_IN_ONE_WAVE
from impfzentrum.states import LIVE_OFFER, DoseState, OfferState

FORESEE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a release stands: doses that nobody holds, the waves asked so far, whether its county's sending is stopped,
    and when the first open offer ends."""

    free: int
    waves: int
    stopped: bool
    first_end: datetime | None


def read_standing(release: Release, *, now: datetime) -> Standing:
    """What every look begins with, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"release": release.pk, "county": release.centre.county_id, "now": now})
        return Standing(*cursor.fetchone())


_STANDING = """
SELECT
    (SELECT count(*) FROM impfzentrum_dose WHERE release_id = %(release)s AND state = 'free'),
    (SELECT coalesce(max(wave), 0) FROM impfzentrum_offer WHERE release_id = %(release)s),
    EXISTS (SELECT 1 FROM impfzentrum_sendingstop WHERE county_id = %(county)s AND lifted_at IS NULL),
    (SELECT min(answer_by) FROM impfzentrum_offer
        WHERE release_id = %(release)s AND state = 'open' AND answer_by > %(now)s)
"""


def look_at(release: Release, travel: list[int], learned: Learned | None, standing: Standing, *, now: datetime) -> Wave:
    """How many people of this release are to be asked `now`, and when to look again (rules.waves.decide_wave).

    `travel`: minutes that the next people in the order need. A county that does not widen (`learned` is None) asks one
    person for each free dose, whatever the clock says, and needs no `travel`. Nobody is asked whom no message could
    reach now: the sending of the county must not be stopped.
    """
    county = release.centre.county
    if standing.stopped:
        return Wave(0, 0, timedelta(0), None, Reason.STOPPED)
    limits = limits_of(county, now=now)
    if learned is not None:
        return decide_wave(read_state(release, travel, learned, free=standing.free, now=now), learned, limits)
    if limits.ask_from is not None:
        return Wave(0, 0, timedelta(0), limits.ask_from, Reason.QUIET)
    return Wave(standing.free, 0, limits.longest, None, Reason.HOLD)


def foresee(
    release: Release, travel: list[int], learned: Learned | None, standing: Standing, *, now: datetime
) -> tuple[datetime | None, int]:
    """When the next people of a running release are asked if nobody answers until then, and how many; (None, 0) when no
    wave is in sight within the hour.

    A county that does not widen (`learned` is None) asks again when the first held offer ends. Who was asked since
    `standing` was read has no open offer yet.
    """
    county = release.centre.county
    if learned is not None:
        free = release.doses.filter(state=DoseState.FREE).count()
        state = read_state(release, travel, learned, free=free, now=now)
        limits = limits_of(county, now=now)
        next_wave = foresee_wave(state, learned, limits, within=FORESEE)
        return (None, 0) if next_wave is None else (next_wave[0], next_wave[1].people)
    first = standing.first_end
    ends = release.offers.filter(state=OfferState.OPEN, answer_by=first)
    return (None, 0) if first is None else (first, ends.count())


def read_state(release: Release, travel: list[int], learned: Learned, *, free: int, now: datetime) -> ReleaseState:
    """The release as the rules see it: free doses, open offers, answers so far, and how far the next people travel."""
    offers = list(release.offers.select_related("entry", "release__centre__county"))
    return ReleaseState(
        now=now,
        arrive_until=release.arrive_until,
        free=free,
        open=_group([_as_open(offer) for offer in offers if offer.state in LIVE_OFFER]),
        answers=count_answers(offers, learned.response),
        travel=_spread(travel),
    )


def _as_open(offer: Offer) -> OpenOffers:
    handed_over = offer.handed_over_at or offer.created_at
    return OpenOffers(
        handed_over=handed_over, answer_by=offer.answer_by or offer.end_after(handed_over), held=offer.held
    )


def _group(offers: list[OpenOffers]) -> tuple[OpenOffers, ...]:
    counted = Counter(offers)
    return tuple(
        OpenOffers(one.handed_over, one.answer_by, count=count, held=one.held) for one, count in counted.items()
    )


def _spread(travel: list[int]) -> tuple[TravelBand, ...]:
    """How the next people are spread over minutes of travel, in steps of five."""
    steps = Counter(-(-minutes // 5) * 5 for minutes in travel)
    return tuple(TravelBand(minutes, count / steps.total()) for minutes, count in sorted(steps.items()))


def limits_of(county: County, *, now: datetime) -> Limits:
    """What the county allows at `now`: validity and quiet hours (Berlin wall-clock time)."""
    ask_from, ask_until = None, None
    if county.quiet_from is not None and county.quiet_until is not None:
        ask_from, ask_until = next_quiet_hours(timezone.localtime(now), county.quiet_from, county.quiet_until)
    return Limits(longest=county.offer_validity, most_people=MOST_IN_ONE_WAVE, ask_from=ask_from, ask_until=ask_until)
