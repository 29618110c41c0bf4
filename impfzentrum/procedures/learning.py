"""What a county's earlier releases teach: how many say yes, and how soon."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from impfzentrum.models import County, Offer, Release, ResponseLesson
from impfzentrum.rules.acceptance import Acceptance, Answers, PastRelease, learn_acceptance
from impfzentrum.rules.response import PRIOR, Delay, ResponseCurve, estimate_curve
from impfzentrum.rules.situation import MINUTE, Learned, OpenOffers, count_unanswered
from impfzentrum.states import OfferState, ReleaseState

LEARN_FROM = 20
"""Releases of the county whose answers are remembered."""

SAID_YES = (OfferState.ACCEPTED, OfferState.CANCELLED, OfferState.UNUSED, OfferState.LATE)
SAID_NO = (OfferState.DECLINED,)
SILENT = (OfferState.EXPIRED, OfferState.WITHDRAWN)
OVER = (ReleaseState.ENDED, ReleaseState.WITHDRAWN)


def read_lessons(county: County, *, now: datetime) -> Learned:
    """All that the waves need to know of earlier releases."""
    return Learned(learn(county, now=now), read_response(county))


def learn(county: County, *, now: datetime) -> Acceptance:
    """What the county's last releases taught about acceptance, newer ones more."""
    over = Release.objects.filter(centre__county=county, state__in=OVER)
    past = over.order_by("-released_at").values_list("released_at", "taught_yes", "taught_silence")[:LEARN_FROM]
    return learn_acceptance(
        PastRelease(Answers(yes, silence), days_ago=(now - released_at) / timedelta(days=1))
        for released_at, yes, silence in past
    )


def count_answers(offers: Iterable[Offer], response: ResponseCurve) -> Answers:
    """What offers that are over have taught: every yes, also a late one, and the silence of the others.

    A no is one full silence; who did not answer counts by how much of the response curve had passed. An offer that
    never reached the person teaches nothing, and neither does a dose given by hand: nobody was asked.
    """
    offers = [offer for offer in offers if not offer.by_hand]
    yes = sum(offer.state in SAID_YES for offer in offers)
    silence = float(sum(offer.state in SAID_NO for offer in offers))
    ended = [offer for offer in offers if offer.state in SILENT]
    for offer in ended:
        if offer.handed_over_at is not None and offer.answer_by is not None:
            over = OpenOffers(handed_over=offer.handed_over_at, answer_by=offer.answer_by)
            silence += count_unanswered((over,), response, until=offer.state_since)
    return Answers(yes=yes, unanswered=silence)


def note_lesson(release: Release) -> None:
    """At the end of a release, keep what its answers taught; the caller has locked it."""
    answers = count_answers(release.offers.all(), read_response(release.centre.county))
    release.taught_yes, release.taught_silence = answers.yes, answers.unanswered
    release.save(update_fields=["taught_yes", "taught_silence"])


def read_response(county: County) -> ResponseCurve:
    """When the people of this county answer; the prior until a release has taught something."""
    shares = ResponseLesson.objects.filter(county=county).values_list("shares", flat=True).first()
    return PRIOR if shares is None else ResponseCurve(tuple(shares))


def learn_response(county: County, *, now: datetime) -> bool:
    """Estimate the curve of the county anew from its last releases if one has ended since; say whether it was.

    An answer counts also when it came too late: it tells when people answer. Silence is silence until its end.
    """
    lesson = ResponseLesson.objects.filter(county=county).first()
    over = Release.objects.filter(centre__county=county, state__in=OVER)
    unheard = over if lesson is None else over.filter(state_since__gt=lesson.learned_at)
    if not unheard.exists():
        return False
    newest = over.order_by("-released_at").values_list("pk", flat=True)[:LEARN_FROM]
    delays = list(_read_delays(Offer.objects.filter(release__in=list(newest), handed_over_at__isnull=False)))
    curve, answers = estimate_curve(delays), sum(delay.answered for delay in delays)
    values = {"shares": list(curve.shares), "answers": answers, "learned_at": now}
    ResponseLesson.objects.update_or_create(county=county, defaults=values)
    return True


def _read_delays(offers: Iterable[Offer]) -> Iterator[Delay]:
    for offer in offers:
        if offer.handed_over_at is None or offer.by_hand:
            continue
        if offer.state in SAID_YES and offer.answered_at is not None:
            yield Delay((offer.answered_at - offer.handed_over_at) / MINUTE, answered=True)
        elif offer.state in SILENT or offer.state in SAID_NO:
            yield Delay((offer.state_since - offer.handed_over_at) / MINUTE, answered=False)
