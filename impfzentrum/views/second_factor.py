"""The second step of the login, and setting up what it needs: an app on the phone, ten codes on paper."""

from __future__ import annotations

import segno
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from impfzentrum.access import StaffRequest, for_staff
from impfzentrum.account_refusals import FactorNotBegun, FactorTooSoon, FactorWrong
from impfzentrum.forms.login import AppCodeForm, FactorForm
from impfzentrum.models import Authenticator
from impfzentrum.procedures.second_factor import (
    begin_authenticator,
    check_code,
    confirm_authenticator,
    count_codes,
    find_authenticator,
    is_demanded,
    renew_codes,
)
from impfzentrum.views.halfway import complete_login, find_halfway

TOO_MANY = 429


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The code of the app or one on paper; then the person is logged in."""
    now = timezone.now()
    halfway = find_halfway(request, now=now)
    if halfway is None:
        return redirect("login")
    form = FactorForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            device = check_code(halfway.user, form.cleaned_data["code"], now=now)
        except FactorTooSoon as refusal:
            form.add_error("code", str(refusal))
            status = TOO_MANY
        except FactorWrong as refusal:
            form.add_error("code", str(refusal))
        else:
            complete_login(request, halfway.user, backend=halfway.backend, device=device)
            return redirect(_way_back(request, halfway.back))
    return render(request, "login/code.html", {"form": form}, status=status)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """QR code and secret; the first code confirms, and the answer shows the recovery codes, this one time."""
    now = timezone.now()
    halfway = find_halfway(request, now=now)
    user = halfway.user if halfway is not None and find_authenticator(halfway.user) is None else request.user
    if not isinstance(user, User) and not user.is_authenticated:
        return redirect("login")
    begun = find_authenticator(user, confirmed=False)
    if begun is None:
        return redirect("account:factor")
    form = AppCodeForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            device, codes = confirm_authenticator(begun.user, form.cleaned_data["code"], now=now)
        except FactorTooSoon as refusal:
            form.add_error("code", str(refusal))
            status = TOO_MANY
        except (FactorWrong, FactorNotBegun) as refusal:
            form.add_error("code", str(refusal))
        else:
            back = halfway.back if halfway is not None else ""
            backend = halfway.backend if halfway is not None else request.session["_auth_user_backend"]
            complete_login(request, begun.user, backend=backend, device=device)
            return _show_codes(request, codes, back=back)
    return render(request, "login/set_up.html", _show_secret(begun) | {"form": form}, status=status)


def _show_secret(begun: Authenticator) -> dict[str, object]:
    """The QR code as a picture in the page, and the secret in groups of four for typing."""
    picture = segno.make(begun.address(), error="m").svg_data_uri(scale=5, border=4, light="#fff", dark="#000")
    secret: str = begun.secret
    groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return {"picture": picture, "secret": groups, "address": begun.address()}


def _show_codes(request: HttpRequest, codes: list[str], *, back: str = "") -> HttpResponse:
    shown = [f"{one[:5]}-{one[5:]}" for one in codes]
    return render(request, "login/codes.html", {"codes": shown, "back": _way_back(request, back)})


def _way_back(request: HttpRequest, back: str) -> str:
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return back if safe else "/intern/"


@require_safe
@for_staff
def factor(request: StaffRequest) -> HttpResponse:
    """What one has set up: the app, how many codes are left."""
    values = {
        "authenticator": find_authenticator(request.user),
        "codes_left": count_codes(request.user),
        "demanded": is_demanded(),
    }
    return render(request, "login/factor.html", values)


@require_POST
@for_staff
def begin(request: StaffRequest) -> HttpResponse:
    """Set up an app, or another one instead of the one in use."""
    begin_authenticator(request.user, now=timezone.now())
    return redirect("account:set_up")


@require_POST
@for_staff
def renew(request: StaffRequest) -> HttpResponse:
    """Ten new recovery codes, shown this one time."""
    if find_authenticator(request.user) is None:
        messages.info(request, _("Bitte richten Sie zuerst eine App ein."))
        return redirect("account:factor")
    return _show_codes(request, renew_codes(request.user, now=timezone.now()))
