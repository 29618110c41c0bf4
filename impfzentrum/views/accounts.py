"""The accounts of a county: who works here, inviting, and changing one."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from impfzentrum.access import ACCOUNT_ROLES, StaffRequest, centres_of, for_county
from impfzentrum.account_refusals import CentresMissing, EmailTaken
from impfzentrum.errors import Refusal
from impfzentrum.forms.accounts import InviteForm, RoleForm
from impfzentrum.models import AccountLink, Authenticator, County, Membership
from impfzentrum.procedures.staffing import (
    change_role,
    close_account,
    invite,
    invite_again,
    open_account,
    reset_factor_of,
)

FIELDS: Mapping[type[Refusal], str] = {EmailTaken: "email", CentresMissing: "centres"}

ACTIONS: Mapping[str, Callable[..., None]] = {
    "close": close_account,
    "open": open_account,
    "reset_factor": reset_factor_of,
    "invite_again": invite_again,
}


@require_safe
@for_county(ACCOUNT_ROLES)
def accounts(request: StaffRequest, county: County) -> HttpResponse:
    """Who has an account, with role, centres and what is still missing."""
    return render(request, "county/accounts.html", _page(request, county) | {"accounts": _accounts_of(county)})


def _accounts_of(county: County) -> QuerySet[Membership]:
    open_links = AccountLink.objects.filter(user=OuterRef("user"), ended_at=None, purpose="invitation")
    return (
        Membership.objects.filter(county=county)
        .select_related("user")
        .prefetch_related("centres")
        .annotate(
            has_factor=Exists(Authenticator.objects.filter(user=OuterRef("user"), confirmed=True)),
            invited=Exists(open_links.filter(valid_until__gt=timezone.now(), fault="")),
            mail_failed=Exists(open_links.exclude(fault="")),
        )
        .order_by("-user__is_active", "user__last_name", "user__username")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_county(ACCOUNT_ROLES)
def invite_somebody(request: StaffRequest, county: County) -> HttpResponse:
    """Name, address, role, centres; the mail goes out at once."""
    form = InviteForm(request.POST, county=county) if request.method == "POST" else None
    if form is None:
        form = InviteForm(initial={"form_key": uuid.uuid4()}, county=county)
    elif form.is_valid():
        try:
            invite(county, form.invitee(), by=request.user, now=timezone.now())
        except Refusal as refusal:
            form.add_error(FIELDS.get(type(refusal)), str(refusal))
        else:
            messages.success(request, _("Eingeladen. Die E-Mail ist unterwegs; der Link darin gilt 72 Stunden."))
            return redirect("accounts:list", county=county.slug)
    values = _page(request, county) | {"form": form}
    return render(request, "county/invite.html", values, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_county(ACCOUNT_ROLES)
def account(request: StaffRequest, county: County, number: int) -> HttpResponse:
    """One account. `action`: save (role and centres), close, open, reset_factor, invite_again."""
    held = get_object_or_404(_accounts_of(county), pk=number)
    form, now = RoleForm.of(held, county), timezone.now()
    refusal: Refusal | None = None
    if request.method == "POST":
        action = request.POST.get("action", "save")
        try:
            if action in ACTIONS:
                ACTIONS[action](held, by=request.user, now=now)
                return _told(request, county, action)
            form = RoleForm(request.POST, county=county)
            if form.is_valid():
                change_role(held, *form.chosen(), by=request.user, now=now)
                return _told(request, county, "save")
        except CentresMissing as missing:
            form.add_error("centres", str(missing))
        except Refusal as refused:
            refusal = refused
    values = _page(request, county) | {"account": held, "form": form, "refusal": refusal}
    status = 409 if refusal is not None else 422 if form.errors else 200
    return render(request, "county/account.html", values, status=status)


def _told(request: StaffRequest, county: County, action: str) -> HttpResponse:
    told = {
        "save": _("Gespeichert. Es gilt ab dem nächsten Klick der Person."),
        "close": _("Das Konto ist geschlossen. Offene Sitzungen sind beendet."),
        "open": _("Das Konto ist wieder offen."),
        "reset_factor": _("Zurückgesetzt. Bei der nächsten Anmeldung richtet die Person den zweiten Schritt neu ein."),
        "invite_again": _("Eine neue Einladung ist unterwegs. Der alte Link gilt nicht mehr."),
    }
    messages.success(request, told[action])
    return redirect("accounts:list", county=county.slug)


def _page(request: StaffRequest, county: County) -> dict[str, object]:
    return {"county": county, "centres": centres_of(request.membership)}
