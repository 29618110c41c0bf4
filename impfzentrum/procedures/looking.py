"""Looking at a release: what the database says, in the words of the rules, and how many people are to be asked now."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.utils import timezone

from impfzentrum.models import County, Offer, Release
from impfzentrum.procedures.holding import is_stopped
from impfzentrum.procedures.learning import count_answers
from impfzentrum.rules.quiet import next_quiet_hours
from impfzentrum.rules.situation import Learned, OpenOffers, ReleaseState, TravelBand
from impfzentrum.rules.waves import Limits, Reason, Wave, decide_wave, foresee_wave
from impfzentrum.rules.widening import MOST_IN_ONE_WAVE
from impfzentrum.states import LIVE_OFFER, DoseState, OfferState

FORESEE = timedelta(hours=1)


def look_at(release: Release, travel: list[int], learned: Learned | None, *, free: int, now: datetime) -> Wave:
    """How many people of this release are to be asked `now`, and when to look again (rules.waves.decide_wave).

    `travel`: minutes that the next people in the order need. `free`: doses that nobody holds. A county that does not
    widen (`learned` is None) asks one person for each of them, whatever the clock says, and needs no `travel`. Nobody
    is asked whom no message could reach now.
    """
    county = release.centre.county
    if is_stopped(county):
        return Wave(0, 0, timedelta(0), None, Reason.STOPPED)
    limits = limits_of(county, now=now)
    if learned is not None:
        return decide_wave(read_state(release, travel, learned, free=free, now=now), learned, limits)
    if limits.ask_from is not None:
        return Wave(0, 0, timedelta(0), limits.ask_from, Reason.QUIET)
    return Wave(free, 0, limits.longest, None, Reason.HOLD)


def foresee(
    release: Release, travel: list[int], learned: Learned | None, *, now: datetime
) -> tuple[datetime | None, int]:
    """When the next people of a running release are asked if nobody answers until then, and how many; (None, 0) when no
    wave is in sight within the hour.

    A county that does not widen (`learned` is None) asks again when the first held offer ends.
    """
    county = release.centre.county
    if learned is not None:
        state = read_state(release, travel, learned, free=count_free(release), now=now)
        limits = limits_of(county, now=now)
        next_wave = foresee_wave(state, learned, limits, within=FORESEE)
        return (None, 0) if next_wave is None else (next_wave[0], next_wave[1].people)
    ends = release.offers.filter(state=OfferState.OPEN, answer_by__gt=now).order_by("answer_by")
    first = ends.values_list("answer_by", flat=True).first()
    return (None, 0) if first is None else (first, ends.filter(answer_by=first).count())


def count_free(release: Release) -> int:
    """How many doses of a release nobody holds."""
    return release.doses.filter(state=DoseState.FREE).count()


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
