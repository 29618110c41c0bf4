"""Who may be asked for a dose: the conditions one by one, so that they can be joined, and each can be told to a person.

Conditions of the order (§§ 1 to 4 CoronaImpfV as data), of the vaccine (age, interval, series), of the clock (answer
and travel end before the arrival window does) and of courtesy (once a release, not in a cool-down). That the contact
is confirmed needs no condition: the database lets nobody wait without.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from impfzentrum.models.campaign import GroupOrder, VaccineRule, in_force
from impfzentrum.rules.deadline import longest_travel
from impfzentrum.rules.eligibility import birth_dates_for_ages, latest_last_dose
from impfzentrum.vocabulary import DoseWanted, EntryState, Obstacle

if TYPE_CHECKING:
    from impfzentrum.models.release import Release
    from impfzentrum.models.standby import StandbyEntry

Condition = tuple[Obstacle, Q]
"""What must hold, under the name of what stands in the way where it does not."""


def list_conditions(
    model: type[StandbyEntry], release: Release, order: GroupOrder, *, now: datetime
) -> list[Condition] | None:
    """Every condition for a dose of this release at `now`; None when no rule for its vaccine is in force.

    The order of the list is the order in which a person is told: what lies with them and may change comes last.
    """
    campaign = release.campaign
    rules_day = campaign.rules_on(now)
    rules = in_force(campaign.rule_set.vaccine_rules, rules_day).select_related("vaccine")
    rule = rules.filter(vaccine=release.vaccine_id).first()
    if rule is None:
        return None
    return [
        (Obstacle.NOT_WAITING, Q(state=EntryState.WAITING)),
        *_of_the_order(release, order, rules_day),
        *_of_the_vaccine(rule, timezone.localdate(now)),
        (Obstacle.VACCINE_NOT_WANTED, _accepts(model, release)),
        (Obstacle.TOO_FAR, _arrives(model, release, now=now)),
        (Obstacle.COOL_DOWN, Q(cool_down_until=None) | Q(cool_down_until__lte=now)),
        *([(Obstacle.ALREADY_ASKED, _not_asked(model, release))] if release.pk else []),
    ]


def _of_the_order(release: Release, order: GroupOrder, rules_day: date) -> Iterator[Condition]:
    if order.ranked:
        criteria = in_force(release.campaign.rule_set.criteria, rules_day).values("pk")
        yield Obstacle.CRITERION_OVER, Q(criterion__isnull=False, criterion__in=criteria)
        yield Obstacle.GROUP_CLOSED, Q(priority_group__in=sorted(order.open))


def _of_the_vaccine(rule: VaccineRule, today: date) -> Iterator[Condition]:
    earliest, latest = birth_dates_for_ages(on=today, age_min=rule.age_min, age_max=rule.age_max)
    yield Obstacle.TOO_YOUNG, Q(birth_date__lte=latest)
    if earliest is not None:
        yield Obstacle.TOO_OLD, Q(birth_date__gte=earliest)
    first = Q(dose_wanted=DoseWanted.FIRST)
    by_interval = latest_last_dose(on=today, interval_min_weeks=rule.interval_min_weeks)
    if by_interval is None:
        yield Obstacle.OTHER_DOSE, first
        return
    yield Obstacle.OTHER_DOSE, first | Q(dose_wanted__lte=rule.vaccine.series, last_vaccine=rule.vaccine_id)
    yield Obstacle.TOO_SOON, first | Q(last_dose_on__lte=by_interval)


def comes_to(model: type[StandbyEntry], centre_id: int, **travel: int) -> Q:
    """Who accepts this centre, as their first or as a further one; `travel_minutes__lte` and such hold for it."""
    further = {f"further_centres__{name}": value for name, value in {"centre": centre_id, **travel}.items()}
    same_person = model._base_manager.filter(pk=OuterRef("pk"), **further)
    return Q(centre=centre_id, **travel) | Q(Exists(same_person))


def _arrives(model: type[StandbyEntry], release: Release, *, now: datetime) -> Q:
    longest = longest_travel(now=now, arrive_until=release.arrive_until)
    return comes_to(model, release.centre_id, travel_minutes__lte=longest)


def _accepts(model: type[StandbyEntry], release: Release) -> Q:
    accepted: models.Manager[models.Model] = model.vaccines.through._default_manager
    return Q(Exists(accepted.filter(standbyentry=OuterRef("pk"), vaccine=release.vaccine_id)))


def _not_asked(model: type[StandbyEntry], release: Release) -> Q:
    same_person = model._base_manager.filter(pk=OuterRef("pk"), offers__release=release.pk)
    return Q(~Exists(same_person))
