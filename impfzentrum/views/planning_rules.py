"""The rules of a campaign on pages: its own rules for vaccines, and criteria that do not count."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from impfzentrum.access import COUNTY_ROLES, StaffRequest, for_county
from impfzentrum.forms.planning import EndForm, PauseForm, RuleForm
from impfzentrum.models import County, PriorityCriterion, Vaccine, VaccineRule
from impfzentrum.procedures import scheduling
from impfzentrum.procedures.scheduling import read_own_rules, read_pauses
from impfzentrum.procedures.telling_plans import (
    foretell_end,
    foretell_pause,
    foretell_rule,
    tell_rule,
    tell_until,
)
from impfzentrum.views.planning import PlanPage, campaign_of, is_open
from impfzentrum.views.setting_up import page_of


@require_safe
@for_county(COUNTY_ROLES)
def vaccines(request: StaffRequest, county: County) -> HttpResponse:
    """Each vaccine with the rule that holds now, and what is planned."""
    campaign, now = campaign_of(county), timezone.now()
    today = campaign.rules_on(now)
    in_force = {rule.vaccine_id: rule for rule in campaign.vaccine_rules(today)}
    own: dict[int, list[VaccineRule]] = {}
    for rule in campaign.own_vaccine_rules.order_by("valid_from"):
        own.setdefault(rule.vaccine_id, []).append(rule)
    rows = [
        {
            "vaccine": vaccine,
            "rule": in_force.get(vaccine.pk),
            "words": tell_rule(in_force[vaccine.pk]) if vaccine.pk in in_force else None,
            "planned": [one for one in own.get(vaccine.pk, []) if one.valid_from > today],
            "suspended": any(one.suspended and is_open(one, today, now) for one in own.get(vaccine.pk, [])),
        }
        for vaccine in Vaccine.objects.filter(rules__rule_set=campaign.rule_set_id).distinct()
    ]
    context = page_of(request, county) | {"rows": rows, "campaign": campaign, "today": today}
    return render(request, "county/vaccines.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_county(COUNTY_ROLES)
def vaccine(request: StaffRequest, county: County, vaccine: int) -> HttpResponse:
    """The rules of one vaccine: the common ones, the campaign's own, and a form for a new one."""
    campaign = campaign_of(county)
    found = get_object_or_404(Vaccine.objects.filter(rules__rule_set=campaign.rule_set_id).distinct(), pk=vaccine)
    address = reverse("setup:vaccine", args=[county.slug, found.pk])
    page = PlanPage(request, read_own_rules(campaign, found), found.name, address)
    in_force = campaign.vaccine_rules(page.today).filter(vaccine=found).first()
    form = RuleForm.begin(in_force, stand=page.plan.stamp, today=page.today, now=page.now)
    ending = None
    if request.method == "POST" and request.POST.get("what") == "end":
        ending = page.read(EndForm)
    elif request.method == "POST":
        form = page.read(RuleForm)

    def show(status: int = 200) -> HttpResponse:
        rules = found.rules.filter(rule_set=campaign.rule_set_id).order_by("valid_from")
        own = list(rules.filter(campaign=campaign))
        return page.show(
            "county/vaccine.html",
            status=status,
            form=form,
            ending=ending,
            in_force=in_force,
            common=[(one, tell_rule(one), tell_until(one.valid_until)) for one in rules.filter(campaign=None)],
            own=[
                (
                    one,
                    tell_rule(one),
                    tell_until(one.valid_until),
                    page.begin(EndForm, row=one.pk) if is_open(one, page.today, page.now) is not None else None,
                )
                for one in own
            ],
        )

    if request.method != "POST":
        return show()
    if ending is not None:
        return page.answer(
            ending,
            lambda form: foretell_end(
                campaign, form.cleaned_data["ends"], _("gilt wieder die gemeinsame Regel."), now=page.now
            ),
            lambda form: scheduling.end_rule(
                campaign,
                found,
                form.cleaned_data["row"],
                ends=form.cleaned_data["ends"],
                author=form.author(request.user),
                now=page.now,
            ),
            show,
        )
    return page.answer(
        form,
        lambda form: foretell_rule(campaign, found, form.rule(), form.cleaned_data["begins"], now=page.now),
        lambda form: scheduling.set_rule(
            campaign,
            found,
            form.rule(),
            begins=form.cleaned_data["begins"],
            until=form.cleaned_data["until"],
            author=form.author(request.user),
            now=page.now,
        ),
        show,
    )


@require_safe
@for_county(COUNTY_ROLES)
def criteria(request: StaffRequest, county: County) -> HttpResponse:
    """Every criterion with its group, its dates, and whether it counts now."""
    campaign, now = campaign_of(county), timezone.now()
    today = campaign.rules_on(now)
    counting = set(campaign.criteria(today).values_list("pk", flat=True))
    pauses: dict[int, list[Any]] = {}
    for pause in campaign.criterion_pauses.order_by("valid_from"):
        pauses.setdefault(pause.criterion_id, []).append(pause)
    rows = [
        {
            "criterion": one,
            "counts": one.pk in counting,
            "until": tell_until(one.valid_until),
            "planned": [pause for pause in pauses.get(one.pk, []) if pause.valid_from > today],
            "paused": any(is_open(pause, today, now) for pause in pauses.get(one.pk, [])),
        }
        for one in PriorityCriterion.objects.filter(rule_set=campaign.rule_set_id).order_by("group", "valid_from", "pk")
    ]
    return render(
        request, "county/criteria.html", page_of(request, county) | {"rows": rows, "campaign": campaign, "today": today}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_county(COUNTY_ROLES)
def criterion(request: StaffRequest, county: County, criterion: int) -> HttpResponse:
    """One criterion: when it does not count."""
    campaign = campaign_of(county)
    found = get_object_or_404(PriorityCriterion, rule_set=campaign.rule_set_id, pk=criterion)
    address = reverse("setup:criterion", args=[county.slug, found.pk])
    page = PlanPage(request, read_pauses(campaign, found), found.plain_de, address)
    form, ending = page.begin(PauseForm), None
    if request.method == "POST" and request.POST.get("what") == "end":
        ending = page.read(EndForm)
    elif request.method == "POST":
        form = page.read(PauseForm)

    def show(status: int = 200) -> HttpResponse:
        rows = campaign.criterion_pauses.filter(criterion=found).order_by("valid_from")
        return page.show(
            "county/criterion.html",
            status=status,
            form=form,
            ending=ending,
            criterion=found,
            until=tell_until(found.valid_until),
            counts=campaign.criteria(page.today).filter(pk=found.pk).exists(),
            pauses=[
                (
                    one,
                    tell_until(one.valid_until),
                    page.begin(EndForm, row=one.pk) if is_open(one, page.today, page.now) is not None else None,
                )
                for one in rows
            ],
        )

    if request.method != "POST":
        return show()
    if ending is not None:
        return page.answer(
            ending,
            lambda form: foretell_end(
                campaign, form.cleaned_data["ends"], _("zählt dieses Kriterium wieder."), now=page.now
            ),
            lambda form: scheduling.apply_criterion(
                campaign,
                found,
                form.cleaned_data["row"],
                ends=form.cleaned_data["ends"],
                author=form.author(request.user),
                now=page.now,
            ),
            show,
        )
    return page.answer(
        form,
        lambda form: foretell_pause(campaign, found, form.cleaned_data["begins"], now=page.now),
        lambda form: scheduling.pause_criterion(
            campaign,
            found,
            begins=form.cleaned_data["begins"],
            until=form.cleaned_data["until"],
            source=form.cleaned_data["source"],
            author=form.author(request.user),
            now=page.now,
        ),
        show,
    )
