"""What staff see of the day: who waits, how releases stand, who accepted. Reads only, in a fixed number of queries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from impfzentrum.models import AuditEvent, Campaign, Centre, County, Dose, HandPick, Offer, Release, StandbyEntry
from impfzentrum.states import TAKEN_DOSE, CampaignState, DoseState, EntryState, HandPickState, ReleaseState

RUNNING = (ReleaseState.RUNNING, ReleaseState.FILLED)
"""The release may still change: a filled one runs again when somebody cancels."""

OPEN_DOSE = (DoseState.FREE, DoseState.HELD, DoseState.MISSED)
"""Nobody has this dose for good, and it may still be given."""

EVENTS_SHOWN = 30
SHARE_STEP = 5
"""A draining dose is drawn in steps of this many percent: a page changes only when there is something to see."""

Outlook = Literal["asking", "sending", "searching", "nobody_left", "filled", "ended", "withdrawn"]
"""What happens next with a release, for the sentence above the record."""


@dataclass(frozen=True, slots=True)
class DoseView:
    """One dose in the rack; `share_left` is how much of the time to answer is left, in percent."""

    number: int
    state: DoseState
    label: str
    minutes_left: int | None
    share_left: int


@dataclass(frozen=True, slots=True)
class ReleaseView:
    """A release as it stands at one moment. `events` is newest first."""

    release: Release
    doses: Sequence[DoseView]
    counts: Mapping[DoseState, int]
    offers_open: int
    offers_prepared: int
    next_end: datetime | None
    minutes_left: int
    events: Sequence[AuditEvent]

    @property
    def total(self) -> int:
        """The doses that count: while the release runs, those taken back are gone; its record keeps all."""
        return len(self.doses) - (self.counts.get(DoseState.WITHDRAWN, 0) if self.running else 0)

    @property
    def taken(self) -> int:
        return sum(self.counts.get(state, 0) for state in TAKEN_DOSE)

    @property
    def undecided(self) -> int:
        """Doses that can still be taken back."""
        return self.counts.get(DoseState.FREE, 0) + self.counts.get(DoseState.HELD, 0)

    @property
    def confirmed(self) -> int:
        """People who have accepted and are still to come."""
        return self.counts.get(DoseState.CONFIRMED, 0)

    @property
    def nobody_left(self) -> bool:
        return self.release.nobody_left_since is not None

    @property
    def running(self) -> bool:
        return self.release.state in RUNNING

    @property
    def outlook(self) -> Outlook:
        if self.release.state == ReleaseState.ENDED:
            return "ended"
        if self.release.state == ReleaseState.WITHDRAWN:
            return "withdrawn"
        if self.release.state == ReleaseState.FILLED:
            return "filled"
        if self.offers_open:
            return "asking"
        if self.offers_prepared:
            return "sending"
        return "nobody_left" if self.nobody_left else "searching"


@dataclass(frozen=True, slots=True)
class TodayCounts:
    """Doses of today's releases, and the people who wait, by group.

    `filled` counts all that somebody has taken, `confirmed` of them those who are still to come, `arrived` those who
    came, also if they are vaccinated already.
    `from_elsewhere`: people on the lists of other centres who wait and would come here too.
    """

    filled: int
    open_doses: int
    held: int
    confirmed: int
    arrived: int
    lapsed: int
    waiting_by_group: Mapping[int, int]
    from_elsewhere: int

    @property
    def free(self) -> int:
        """Nobody holds these doses, and they may still be given."""
        return self.open_doses - self.held

    @property
    def groups(self) -> list[tuple[int, int]]:
        return list(self.waiting_by_group.items())

    @property
    def waiting(self) -> int:
        return sum(self.waiting_by_group.values())


def bounds_of_days(first: date, last: date) -> tuple[datetime, datetime]:
    """The moments at which the Berlin days `first` to `last` begin and are over."""
    berlin = timezone.get_default_timezone()
    return datetime.combine(first, time.min, berlin), datetime.combine(last + timedelta(days=1), time.min, berlin)


def find_running_campaign(county: County) -> Campaign | None:
    """The campaign that runs in a county; there is never more than one."""
    return Campaign.objects.filter(county=county, state=CampaignState.RUNNING).select_related("rule_set").first()


def count_waiting(centre: Centre) -> dict[int, int]:
    """How many people wait on a centre's own list in the running campaign, by priority group."""
    waiting = _waiting().filter(centre=centre)
    return dict(waiting.values_list("priority_group").annotate(Count("pk")).order_by("priority_group"))


def _waiting() -> QuerySet[StandbyEntry]:
    return StandbyEntry.objects.filter(state=EntryState.WAITING, campaign__state=CampaignState.RUNNING)


def count_today(centre: Centre, *, now: datetime) -> TodayCounts:
    """The figures of the Berlin day: doses by the state they are in now, people by group."""
    doses = Dose.objects.filter(release__in=_releases_today(centre, now)).order_by()
    return TodayCounts(
        **doses.aggregate(
            filled=Count("pk", filter=Q(state__in=TAKEN_DOSE)),
            open_doses=Count("pk", filter=Q(state__in=OPEN_DOSE)),
            held=Count("pk", filter=Q(state=DoseState.HELD)),
            confirmed=Count("pk", filter=Q(state=DoseState.CONFIRMED)),
            arrived=Count("pk", filter=Q(state__in=[DoseState.ARRIVED, DoseState.VACCINATED])),
            lapsed=Count("pk", filter=Q(state=DoseState.LAPSED)),
        ),
        waiting_by_group=count_waiting(centre),
        from_elsewhere=_waiting().filter(further_centres__centre=centre).count(),
    )


def _releases_today(centre: Centre, now: datetime) -> QuerySet[Release]:
    today = timezone.localdate(now)
    begin, end = bounds_of_days(today, today)
    return Release.objects.filter(centre=centre, released_at__gte=begin, released_at__lt=end)


def list_confirmed_today(centre: Centre, *, now: datetime) -> list[Dose]:
    """Today's accepted doses by arrival, each with the person's name and proof; contacts stay sealed."""
    doses = Dose.objects.filter(release__in=_releases_today(centre, now), state__in=TAKEN_DOSE)
    return list(
        doses.select_related("release__vaccine", "holder__criterion")
        .only(
            "number",
            "state",
            "check_in_code",
            "release__number",
            "release__arrive_from",
            "release__arrive_until",
            "release__vaccine__name",
            "holder__public_id",
            "holder__given_name",
            "holder__family_name",
            "holder__interpreter",
            "holder__needs",
            "holder__comes_with",
            "holder__dose_wanted",
            "holder__criterion__proof",
        )
        .order_by("release__arrive_until", "release__number", "number")
    )


def list_open_hand_picks(centre: Centre, *, now: datetime) -> list[HandPick]:
    """The proposals of a centre that a second person still has to decide about, the oldest first."""
    picks = HandPick.objects.filter(state=HandPickState.PROPOSED, release__centre=centre, release__state__in=RUNNING)
    found = picks.select_related("release__vaccine", "proposed_by").order_by("proposed_at", "pk")
    return [pick for pick in found if now < pick.lapses_at]


def list_running(centre: Centre, *, now: datetime) -> list[ReleaseView]:
    """The centre's running releases, the most urgent first. Without their events."""
    releases = list(
        Release.objects.filter(centre=centre, state__in=RUNNING).select_related("vaccine").order_by("use_by", "number")
    )
    doses, offers = defaultdict(list), defaultdict(list)
    for dose in Dose.objects.filter(release__in=releases).order_by("number"):
        doses[dose.release_id].append(dose)
    for offer in Offer.objects.filter(release__in=releases).live():
        offers[offer.release_id].append(offer)
    return [_look_at(release, doses[release.pk], offers[release.pk], [], now=now) for release in releases]


def view_release(release: Release, *, now: datetime) -> ReleaseView:
    """One release with its doses, the offers that run and what happened."""
    events = AuditEvent.objects.filter(subject=str(release.pk), county=release.centre.county_id)
    return _look_at(
        release,
        list(release.doses.order_by("number")),
        list(release.offers.live()),
        list(events.order_by("-at", "-pk")[:EVENTS_SHOWN]),
        now=now,
    )


def _look_at(
    release: Release, doses: list[Dose], offers: list[Offer], events: list[AuditEvent], *, now: datetime
) -> ReleaseView:
    by_dose = {offer.dose_id: offer for offer in offers}
    states = Counter(DoseState(dose.state) for dose in doses)
    ends = [offer.answer_by for offer in offers if offer.answer_by is not None]
    return ReleaseView(
        release=release,
        doses=[_show_dose(dose, release, by_dose.get(dose.pk), now=now) for dose in doses],
        counts={state: states[state] for state in DoseState if state in states},
        offers_open=len(ends),
        offers_prepared=len(offers) - len(ends),
        next_end=min(ends, default=None),
        minutes_left=_minutes_until(release.use_by, now=now),
        events=events,
    )


def _show_dose(dose: Dose, release: Release, offer: Offer | None, *, now: datetime) -> DoseView:
    state = DoseState(dose.state)
    minutes, share = None, 100
    if state == DoseState.HELD and offer is not None and offer.answer_by is not None:
        minutes = _minutes_until(offer.answer_by, now=now)
        share = _share_left(offer.handed_over_at or offer.created_at, offer.answer_by, now=now)
    return DoseView(dose.number, state, _label(state, release, minutes), minutes, share)


def _label(state: DoseState, release: Release, minutes: int | None) -> str:
    """A few letters for the vial; the whole word stands in the legend and in the text for screen readers."""
    if state == DoseState.HELD:
        return "…" if minutes is None else f"{minutes}′"
    if state == DoseState.CONFIRMED:
        return f"{timezone.localtime(release.arrive_until):%H:%M}"
    return {
        DoseState.FREE: _("frei"),
        DoseState.ARRIVED: _("da"),
        DoseState.VACCINATED: "✓",
        DoseState.DEFERRED: "–",
        DoseState.MISSED: _("fehlt"),
        DoseState.LAPSED: "✕",
        DoseState.WITHDRAWN: "–",
    }[state]


def _minutes_until(end: datetime, *, now: datetime) -> int:
    """Whole minutes, rounded up, so that "0" means over."""
    return max(0, -((now - end) // timedelta(minutes=1)))


def _share_left(begin: datetime, end: datetime, *, now: datetime) -> int:
    whole = max((end - begin).total_seconds(), 1)
    share = 100 * (end - now).total_seconds() / whole
    return min(100, max(0, SHARE_STEP * round(share / SHARE_STEP)))
