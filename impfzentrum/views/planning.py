"""Rules with dates, planned ahead: which groups are open, own rules for vaccines, criteria that do not count."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from impfzentrum.access import COUNTY_ROLES, StaffRequest, for_county
from impfzentrum.errors import Refusal
from impfzentrum.forms.planning import EndForm, OpenGroupForm, PlanForm, begin_form
from impfzentrum.models import Campaign, County
from impfzentrum.procedures import scheduling
from impfzentrum.procedures.scheduling import (
    Plan,
    find_campaign,
    read_openings,
)
from impfzentrum.procedures.setting_up import list_versions
from impfzentrum.procedures.telling_plans import (
    foretell_closing,
    foretell_opening,
    tell_plan_versions,
    tell_until,
)
from impfzentrum.views.setting_up import page_of, refuse_readers

Foretell = Callable[[Any], Sequence[str]]
Do = Callable[[Any], None]


def campaign_of(county: County) -> Campaign:
    """The campaign that is planned. Raises Http404 for a county without one."""
    campaign = find_campaign(county.pk)
    if campaign is None:
        raise Http404
    return campaign


class PlanPage:
    """One page of a plan: its forms, and what each does. A POST by `what` (the form) and `action` (check, save)."""

    def __init__(self, request: StaffRequest, plan: Plan, title: str, address: str) -> None:
        self.request, self.plan, self.title, self.address = request, plan, title, address
        self.now = timezone.now()
        self.today = plan.campaign.rules_on(self.now)
        self.context: dict[str, Any] = {}

    def begin(self, form: type[PlanForm], **initial: object) -> Any:
        return begin_form(form, stand=self.plan.stamp, today=self.today, now=self.now, **initial)

    def read(self, form: type[PlanForm]) -> Any:
        return form(self.request.POST, today=self.today, now=self.now)

    def show(self, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        plan, county = self.plan, self.plan.campaign.county
        versions = list_versions(county, plan.kind, plan.subject)
        page = page_of(self.request, county) | {
            "title": self.title,
            "address": self.address,
            "campaign": plan.campaign,
            "today": self.today,
            "changes": tell_plan_versions(plan.kind, versions),
            "no_way_back": True,
        }
        return render(self.request, template, page | self.context | context, status=status)

    def answer(self, form: Any, foretell: Foretell, do: Do, again: Callable[[int], HttpResponse]) -> HttpResponse:
        """Ask to confirm, or do it; with a fault, the page again with what was typed."""
        refuse_readers(self.request)
        if not form.is_valid():
            return again(422)
        if self.request.POST.get("action") != "save":
            return self._ask(form, foretell(form))
        try:
            do(form)
        except Refusal as refusal:
            form.data = {**form.data.dict(), "stand": self.plan.stamp}
            form.add_error(None, str(refusal))
            return again(409)
        messages.success(self.request, _("Gespeichert."))
        return redirect(self.address)

    def _ask(self, form: Any, sentences: Sequence[str]) -> HttpResponse:
        context = page_of(self.request, self.plan.campaign.county) | {
            "title": self.title,
            "address": self.address,
            "sentences": sentences,
            "typed": [*form.typed(), ("what", self.request.POST.get("what", ""))],
            "planned": True,
        }
        return render(self.request, "county/setting_confirm.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_county(COUNTY_ROLES)
def groups(request: StaffRequest, county: County) -> HttpResponse:
    """Which groups are open from when to when."""
    campaign = campaign_of(county)
    address = reverse("setup:groups", args=[county.slug])
    page = PlanPage(request, read_openings(campaign), _("Geöffnete Gruppen"), address)
    rows = list(campaign.orders.all())
    row = next((one for one in rows if str(one.pk) == request.POST.get("row")), None)
    opening, ending = page.begin(OpenGroupForm), None
    closing = request.method == "POST" and request.POST.get("what") == "close"
    if closing:
        ending = page.read(EndForm)
    elif request.method == "POST":
        opening = page.read(OpenGroupForm)

    def show(status: int = 200) -> HttpResponse:
        order = campaign.group_order(page.now)
        states = [(one, is_open(one, page.today, page.now), tell_until(one.valid_until)) for one in rows]
        return page.show(
            "county/groups.html",
            status=status,
            opening=opening,
            ending=ending,
            ended=row,
            rows=[(*state, page.begin(EndForm, row=state[0].pk)) for state in states if state[1] is not None],
            past=[state for state in states if state[1] is None],
            order=order,
        )

    if request.method != "POST":
        return show()
    if ending is not None:
        group = row.group if row is not None else None
        return page.answer(
            ending,
            lambda form: foretell_closing(campaign, group, form.cleaned_data["ends"], now=page.now),
            lambda form: scheduling.close_group(
                campaign,
                form.cleaned_data["row"],
                ends=form.cleaned_data["ends"],
                author=form.author(request.user),
                now=page.now,
            ),
            show,
        )
    return page.answer(
        opening,
        lambda form: foretell_opening(
            campaign, form.group_number(), form.cleaned_data["begins"], form.cleaned_data["at"], now=page.now
        ),
        lambda form: scheduling.open_group(
            campaign,
            form.group_number(),
            begins=form.cleaned_data["begins"],
            at=form.cleaned_data["at"],
            author=form.author(request.user),
            now=page.now,
        ),
        show,
    )


def is_open(row: Any, today: date, now: datetime) -> bool | None:
    """True for what holds now, False for what is planned, None for what is over."""
    if row.valid_until is not None and row.valid_until < today:
        return None
    clock = timezone.localtime(now).time()
    return bool(row.valid_from < today or (row.valid_from == today and getattr(row, "opens_at", clock) <= clock))
