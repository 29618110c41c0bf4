"""Opened vials: noting them, what is left of them, and their end. Staff decide; the software reminds and proposes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from impfzentrum.day_refusals import VialsEnded, VialsTooOld
from impfzentrum.errors import VaccineNotInForce
from impfzentrum.models import Campaign, Centre, OpenedVials, Release, Vaccine, VaccineRule
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.wording import name_staff_and_role
from impfzentrum.rules.vial import ENDS_SOON, use_by_of_vial
from impfzentrum.vocabulary import VialEnd

SHOWN_AFTER_END = timedelta(hours=1)
"""So long vials stay on the dashboard after their time, until somebody says what became of them."""

SAME_VIALS_WITHIN = timedelta(minutes=5)
"""Two colleagues who note the same vaccine within this time may mean the same vials."""


@dataclass(frozen=True, slots=True)
class VialsView:
    """Opened vials at one moment. `minutes_left` are full minutes."""

    opened: OpenedVials
    minutes_left: int
    ends_soon: bool
    over: bool


def note_vials(
    centre: Centre, campaign: Campaign, vaccine: Vaccine, vials: int, opened_at: datetime, *, by: User, now: datetime
) -> OpenedVials:
    """Note that vials were opened. Doses and hours are those of the rule in force.

    Raises VaccineNotInForce, and VialsTooOld for vials whose doses could not be used any more.
    """
    rule = find_vial_rule(campaign, vaccine, now=now)
    usable_until = opened_at + timedelta(hours=rule.usable_hours)
    if usable_until <= now:
        raise VialsTooOld(opened=_clock(opened_at), until=_clock(usable_until))
    with transaction.atomic():
        opened = OpenedVials.objects.create(
            centre=centre,
            vaccine=vaccine,
            vials=vials,
            doses=vials * rule.doses_in_a_vial,
            opened_at=opened_at,
            usable_until=usable_until,
            noted_by=by,
            noted_at=now,
        )
        record(centre.county_id, "vials_opened", _subject(opened), now=now, actor=by, vials=vials, vaccine=vaccine.name)
    return opened


def find_vial_rule(campaign: Campaign, vaccine: Vaccine, *, now: datetime) -> VaccineRule:
    """The rule in force for a vaccine. Raises VaccineNotInForce."""
    day = campaign.rules_on(now)
    rules = campaign.vaccine_rules(day).filter(vaccine=vaccine)
    rule = rules.select_related("vaccine").first()
    if rule is None:
        raise VaccineNotInForce(vaccine=vaccine, day=f"{day:%d.%m.%Y}")
    return rule


def list_vial_rules(campaign: Campaign, *, now: datetime) -> Sequence[VaccineRule]:
    """What is known of the vials of each vaccine in force, by name."""
    rules = campaign.vaccine_rules(campaign.rules_on(now))
    return list(rules.select_related("vaccine").order_by("vaccine__name"))


def end_vials(opened: OpenedVials, end: VialEnd, *, by: User, now: datetime, release: Release | None = None) -> None:
    """Say what became of vials. Two people at once: one of them writes, the other is told (VialsEnded)."""
    with transaction.atomic():
        open_still = OpenedVials.objects.filter(pk=opened.pk, end="")
        if not open_still.update(end=end, ended_by=by, ended_at=now, release=release):
            raise _refuse_ended(OpenedVials.objects.select_related("ended_by").get(pk=opened.pk))
        record(opened.centre.county_id, "vials_ended", _subject(opened), now=now, actor=by, end=end.value)


def _refuse_ended(opened: OpenedVials) -> VialsEnded:
    who = "" if opened.ended_by is None else name_staff_and_role(opened.ended_by)
    at = "" if opened.ended_at is None else _clock(opened.ended_at)
    return VialsEnded(who=who, at=at, end=opened.get_end_display())


def list_open_vials(centre: Centre, *, now: datetime) -> list[VialsView]:
    """The vials of a centre that nobody has ended, the most urgent first. One query."""
    still = OpenedVials.objects.filter(centre=centre, end="", usable_until__gt=now - SHOWN_AFTER_END)
    return [view_vials(opened, now=now) for opened in still.select_related("vaccine").order_by("usable_until", "pk")]


def view_vials(opened: OpenedVials, *, now: datetime) -> VialsView:
    left = opened.usable_until - now
    minutes = max(0, left // timedelta(minutes=1))
    return VialsView(opened, minutes, opened.end == "" and left <= ENDS_SOON, left <= timedelta(0))


def propose_use_by_of(opened: OpenedVials, *, now: datetime) -> datetime:
    """Until when the rest of these vials is proposed to be used: their end or the centre's closing."""
    local = timezone.localtime(now)
    until = timezone.localtime(opened.usable_until)
    return use_by_of_vial(usable_until=until, closes_at=opened.centre.closes_at, now=local)


def find_same_vials(opened: OpenedVials) -> OpenedVials | None:
    """What a colleague noted of the same vaccine a moment before: perhaps the same vials."""
    others = OpenedVials.objects.filter(centre=opened.centre, vaccine=opened.vaccine, end="")
    recent = others.filter(noted_at__gt=opened.noted_at - SAME_VIALS_WITHIN, pk__lt=opened.pk)
    return recent.exclude(noted_by=opened.noted_by).select_related("noted_by").order_by("-pk").first()


def _subject(opened: OpenedVials) -> str:
    return f"vials-{opened.public_id}"


def _clock(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%H:%M}"
