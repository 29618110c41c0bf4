"""Who may be asked for a dose: the conditions one by one, so that they can be joined, and each can be told to a person.

Conditions of the order (§§ 1 to 4 CoronaImpfV as data), of the vaccine (age, interval, series), of the clock (days
and hours; answer and travel end before the arrival window does) and of courtesy (once a release, not in a cool-down,
not more offers than the county allows). That the contact is confirmed needs no condition: the database lets nobody
wait without.

Each condition is either lasting or fleeting. A lasting one hangs on nothing but the campaign, the vaccine and the day
in Berlin: whoever fills a queue with those who meet them looks again only when the day, the rules or what the person
told us changes. A fleeting one changes by the minute or with the release, and is asked for at the moment of asking.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import TYPE_CHECKING, NamedTuple

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.lookups import Exact
from django.utils import timezone

from impfzentrum.models.campaign import Campaign, GroupOrder, VaccineRule, in_force
from impfzentrum.models.switch_rule import SwitchRule
from impfzentrum.rules.availability import bits_of_day, bits_of_window
from impfzentrum.rules.deadline import longest_travel
from impfzentrum.rules.eligibility import birth_dates_for_ages, earliest_last_dose, latest_last_dose
from impfzentrum.states import EntryState
from impfzentrum.vocabulary import DoseWanted, Obstacle

if TYPE_CHECKING:
    from impfzentrum.models.release import Release
    from impfzentrum.models.standby import StandbyEntry

Named = tuple[Obstacle, Q]


class Condition(NamedTuple):
    """What must hold, under the name of what stands in the way where it does not."""

    obstacle: Obstacle
    q: Q
    lasting: bool


def list_conditions(
    model: type[StandbyEntry], release: Release, order: GroupOrder, *, now: datetime
) -> list[Condition] | None:
    """Every condition for a dose of this release at `now`; None when no rule for its vaccine is in force.

    The order of the list is the order in which a person is told, that of `Obstacle`: what lies with them and may change
    comes last.
    """
    lasting = list_lasting_conditions(model, release.campaign, release.vaccine_id, order, now=now)
    if lasting is None:
        return None
    told = list(Obstacle)
    fleeting = list_fleeting_conditions(model, release, order, now=now)
    return sorted([*lasting, *fleeting], key=lambda condition: told.index(condition.obstacle))


def list_lasting_conditions(
    model: type[StandbyEntry], campaign: Campaign, vaccine_id: int, order: GroupOrder, *, now: datetime
) -> list[Condition] | None:
    """What holds or not for a whole day in Berlin, whatever the release; None without a rule in force."""
    rules_day = campaign.rules_on(now)
    rules = campaign.vaccine_rules(rules_day).select_related("vaccine")
    rule = rules.filter(vaccine=vaccine_id).first()
    if rule is None:
        return None
    named = [
        *_of_the_criterion(campaign, order, rules_day),
        *_of_the_age(rule, timezone.localdate(now)),
        *_of_the_series(rule, rules_day, timezone.localdate(now)),
        (Obstacle.VACCINE_NOT_WANTED, _accepts(model, vaccine_id)),
        (Obstacle.NOT_THIS_DAY, _has_time_on(now)),
    ]
    return [Condition(obstacle, q, lasting=True) for obstacle, q in named]


def list_fleeting_conditions(
    model: type[StandbyEntry], release: Release, order: GroupOrder, *, now: datetime
) -> list[Condition]:
    """What may be otherwise a minute later or for another release."""
    named = [
        (Obstacle.NOT_WAITING, Q(state=EntryState.WAITING)),
        *([(Obstacle.GROUP_CLOSED, Q(priority_group__in=sorted(order.open)))] if order.ranked else []),
        (Obstacle.NOT_THIS_HOUR, _has_time_for(release, now)),
        (Obstacle.TOO_FAR, _arrives(model, release, now=now)),
        (Obstacle.COOL_DOWN, Q(cool_down_until=None) | Q(cool_down_until__lte=now)),
        (Obstacle.CAPPED, Q(capped_until=None) | Q(capped_until__lte=now)),
        *([(Obstacle.ALREADY_ASKED, _not_asked(model, release))] if release.pk else []),
    ]
    return [Condition(obstacle, q, lasting=False) for obstacle, q in named]


def _of_the_criterion(campaign: Campaign, order: GroupOrder, rules_day: date) -> Iterator[Named]:
    if order.ranked:
        criteria = campaign.criteria(rules_day).values("pk")
        yield Obstacle.CRITERION_OVER, Q(criterion__isnull=False, criterion__in=criteria)


def _of_the_age(rule: VaccineRule, today: date) -> Iterator[Named]:
    earliest, latest = birth_dates_for_ages(on=today, age_min=rule.age_min, age_max=rule.age_max)
    yield Obstacle.TOO_YOUNG, Q(birth_date__lte=latest)
    if earliest is not None:
        yield Obstacle.TOO_OLD, Q(birth_date__gte=earliest)


def _of_the_series(rule: VaccineRule, rules_day: date, today: date) -> Iterator[Named]:
    """A first dose, or a later one of the series after the same product or one that a rule in force lets it follow."""
    first = Q(dose_wanted=DoseWanted.FIRST)
    follows, too_soon, too_late = Q(pk__in=[]), Q(pk__in=[]), Q(pk__in=[])
    for after, weeks_min, weeks_max in _list_products_before(rule, rules_day):
        follows |= Q(dose_wanted__lte=rule.vaccine.series, last_vaccine=after)
        too_soon |= Q(last_vaccine=after, last_dose_on__gt=latest_last_dose(on=today, interval_min_weeks=weeks_min))
        earliest = earliest_last_dose(on=today, interval_max_weeks=weeks_max)
        if earliest is not None:
            too_late |= Q(last_vaccine=after, last_dose_on__lt=earliest)
    yield Obstacle.OTHER_DOSE, first | follows
    yield Obstacle.TOO_SOON, first | ~too_soon
    yield Obstacle.TOO_LATE, first | ~too_late


def comes_to(model: type[StandbyEntry], centre_id: int, **travel: int) -> Q:
    """Who accepts this centre, as their first or as a further one; `travel_minutes__lte` and such hold for it."""
    further = {f"further_centres__{name}": value for name, value in {"centre": centre_id, **travel}.items()}
    same_person = model._base_manager.filter(pk=OuterRef("pk"), **further)
    return Q(centre=centre_id, **travel) | Q(Exists(same_person))


def _arrives(model: type[StandbyEntry], release: Release, *, now: datetime) -> Q:
    longest = longest_travel(now=now, arrive_until=release.arrive_until)
    return comes_to(model, release.centre_id, travel_minutes__lte=longest)


def _list_products_before(rule: VaccineRule, rules_day: date) -> Iterator[tuple[int, int, int | None]]:
    """After which products this one may follow, and after how many weeks at least and at most."""
    if rule.interval_min_weeks is not None:
        yield rule.vaccine_id, rule.interval_min_weeks, rule.interval_max_weeks
    switches = in_force(SwitchRule.objects.filter(rule_set=rule.rule_set_id, vaccine=rule.vaccine_id), rules_day)
    yield from switches.order_by("pk").values_list("after", "interval_min_weeks", "interval_max_weeks")


def _accepts(model: type[StandbyEntry], vaccine_id: int) -> Q:
    accepted: models.Manager[models.Model] = model.vaccines.through._default_manager
    return Q(Exists(accepted.filter(standbyentry=OuterRef("pk"), vaccine=vaccine_id)))


def _has_time_on(now: datetime) -> Q:
    """Some part of today is ticked, or the person has said today that they are ready, until whenever that was."""
    today = timezone.localdate(now)
    midnight = datetime.combine(today, time(0), timezone.get_current_timezone())
    return _ticked(bits_of_day(today)) | Q(ready_until__isnull=False, ready_until__gte=midnight)


def _has_time_for(release: Release, now: datetime) -> Q:
    """A ticked part of today overlaps the time in which the person could arrive, or their readiness reaches into it.

    That time is from now, or from the beginning of arrival where that comes later, until the end of arrival. A person
    whose morning ends at noon is asked for an arrival from 11:50 to 14:00: whether the ten minutes are enough is for
    them to say. The way is not counted in, since TOO_FAR looks at it and the ticked parts are coarse.
    """
    today = timezone.localdate(now)
    start = timezone.localtime(max(now, release.arrive_from))
    touched = bits_of_window(today, start, timezone.localtime(release.arrive_until))
    return _ticked(touched) | Q(ready_until__isnull=False, ready_until__gt=start)


def _ticked(bits: int) -> Q:
    # Told as "not equal to 0": the planner misjudges "> 0" and would sort the whole list.
    return ~Q(Exact(F("availability").bitand(bits), 0))


def _not_asked(model: type[StandbyEntry], release: Release) -> Q:
    same_person = model._base_manager.filter(pk=OuterRef("pk"), offers__release=release.pk)
    return Q(~Exists(same_person))
