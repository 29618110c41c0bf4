"""Looking at a release: what the database says, in the words of the rules, and how many people are to be asked now."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.utils import timezone

from impfzentrum.models import County, Offer, Release
from impfzentrum.rules.acceptance import Acceptance, Answers, PastRelease, learn_acceptance
from impfzentrum.rules.quiet import next_quiet_hours
from impfzentrum.rules.response import PRIOR
from impfzentrum.rules.situation import Learned, OpenOffers, ReleaseState, TravelBand, count_unanswered
from impfzentrum.rules.waves import Limits, Reason, Wave, decide_wave, foresee_wave
from impfzentrum.rules.widening import MOST_IN_ONE_WAVE
from impfzentrum.vocabulary import LIVE_OFFER, DoseState, OfferState
from impfzentrum.vocabulary import ReleaseState as State

LEARN_FROM = 20
"""Releases of the county whose answers are remembered."""

FORESEE = timedelta(hours=1)
SAID_YES = (OfferState.ACCEPTED, OfferState.CANCELLED, OfferState.LATE)
SAID_NO = (OfferState.DECLINED,)


def look_at(release: Release, travel: list[int], *, now: datetime) -> Wave:
    """How many people of this release are to be asked `now`, and when to look again (rules.waves.decide_wave).

    `travel`: minutes that the next people in the order need.

    A county that does not widen asks one person for each free dose, whatever the clock says.
    """
    county = release.centre.county
    limits = limits_of(county, now=now)
    if county.widens:
        return decide_wave(read_state(release, travel, now=now), Learned(learn(county, now=now)), limits)
    if limits.ask_from is not None:
        return Wave(0, 0, timedelta(0), limits.ask_from, Reason.QUIET)
    free = release.doses.filter(state=DoseState.FREE).count()
    return Wave(free, 0, limits.longest, None, Reason.HOLD)


def foresee(release: Release, travel: list[int], *, now: datetime) -> tuple[datetime | None, int]:
    """When the next people of a running release are asked if nobody answers until then, and how many; (None, 0) when no
    wave is in sight within the hour.

    A county that does not widen asks again when the first held offer ends.
    """
    county = release.centre.county
    if county.widens:
        learned, limits = Learned(learn(county, now=now)), limits_of(county, now=now)
        next_wave = foresee_wave(read_state(release, travel, now=now), learned, limits, within=FORESEE)
        return (None, 0) if next_wave is None else (next_wave[0], next_wave[1].people)
    ends = release.offers.filter(state=OfferState.OPEN, answer_by__gt=now).order_by("answer_by")
    first = ends.values_list("answer_by", flat=True).first()
    return (None, 0) if first is None else (first, ends.filter(answer_by=first).count())


def read_state(release: Release, travel: list[int], *, now: datetime) -> ReleaseState:
    """The release as the rules see it: free doses, open offers, answers so far, and how far the next people travel."""
    offers = list(release.offers.select_related("entry", "release__centre__county"))
    return ReleaseState(
        now=now,
        arrive_until=release.arrive_until,
        free=release.doses.filter(state=DoseState.FREE).count(),
        open=_group([_as_open(offer) for offer in offers if offer.state in LIVE_OFFER]),
        answers=count_answers(offers),
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


def count_answers(offers: list[Offer]) -> Answers:
    """What offers that are over have taught: every yes, also a late one, and the silence of the others.

    A no is one full silence; who did not answer counts by how much of the response curve had passed. An offer that
    never reached the person teaches nothing.
    """
    yes = sum(offer.state in SAID_YES for offer in offers)
    silence = float(sum(offer.state in SAID_NO for offer in offers))
    ended = [offer for offer in offers if offer.state in (OfferState.EXPIRED, OfferState.WITHDRAWN)]
    for offer in ended:
        if offer.handed_over_at is not None and offer.answer_by is not None:
            over = OpenOffers(handed_over=offer.handed_over_at, answer_by=offer.answer_by)
            silence += count_unanswered((over,), PRIOR, until=offer.state_since)
    return Answers(yes=yes, unanswered=silence)


def note_lesson(release: Release) -> None:
    """At the end of a release, keep what its answers taught; the caller has locked it."""
    answers = count_answers(list(release.offers.all()))
    release.taught_yes, release.taught_silence = answers.yes, answers.unanswered
    release.save(update_fields=["taught_yes", "taught_silence"])


def _spread(travel: list[int]) -> tuple[TravelBand, ...]:
    """How the next people are spread over minutes of travel, in steps of five."""
    steps = Counter(-(-minutes // 5) * 5 for minutes in travel)
    return tuple(TravelBand(minutes, count / steps.total()) for minutes, count in sorted(steps.items()))


def learn(county: County, *, now: datetime) -> Acceptance:
    """What the county's last releases taught about acceptance, newer ones more."""
    over = Release.objects.filter(centre__county=county, state__in=[State.ENDED, State.WITHDRAWN])
    past = over.order_by("-released_at").values_list("released_at", "taught_yes", "taught_silence")[:LEARN_FROM]
    return learn_acceptance(
        PastRelease(Answers(yes, silence), days_ago=(now - released_at) / timedelta(days=1))
        for released_at, yes, silence in past
    )


def limits_of(county: County, *, now: datetime) -> Limits:
    """What the county allows at `now`: validity and quiet hours (Berlin wall-clock time)."""
    ask_from, ask_until = None, None
    if county.quiet_from is not None and county.quiet_until is not None:
        ask_from, ask_until = next_quiet_hours(timezone.localtime(now), county.quiet_from, county.quiet_until)
    return Limits(longest=county.offer_validity, most_people=MOST_IN_ONE_WAVE, ask_from=ask_from, ask_until=ask_until)
