"""Logging in, and finding one's own place."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from impfzentrum.access import centres_of, membership_of
from impfzentrum.forms.login import StaffLoginForm
from impfzentrum.vocabulary import Role


class StaffLogin(LoginView):
    """Leads to where the person wanted to go, else to their own place. Foreign addresses in `next` are ignored."""

    template_name = "login/login.html"
    authentication_form = StaffLoginForm
    next_page = "own_place"
    redirect_authenticated_user = True


@never_cache
@require_safe
@login_required
def own_place(request: HttpRequest) -> HttpResponse:
    """The county's page, its sending, the only centre, or a choice of centres."""
    membership = membership_of(request.user)
    if membership.role in (Role.COUNTY_ADMIN, Role.COUNTY_AUDITOR):
        return redirect("county:releases", county=membership.county.slug)
    if membership.role == Role.OPERATOR:
        return redirect("operations:watch", county=membership.county.slug)
    centres = list(centres_of(membership))
    if len(centres) == 1:
        return redirect("centre:today", centre=centres[0].slug)
    return render(request, "login/own_place.html", {"centres": centres, "membership": membership})
