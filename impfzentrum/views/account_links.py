"""What somebody does with a link to their account: accept the invitation, set a new password, ask for one."""

from __future__ import annotations

from axes.utils import reset as forget_failed_logins
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from impfzentrum.account_refusals import LinkOver
from impfzentrum.errors import TooManyRequests
from impfzentrum.forms.accounts import ForgottenForm, NewPasswordForm
from impfzentrum.models.account import LinkPurpose
from impfzentrum.procedures.account_links import find_link, request_password, set_password
from impfzentrum.procedures.limiting import Limit, count_request
from impfzentrum.views.answers import personal, see_other
from impfzentrum.views.halfway import complete_login, needs_code, remember_halfway
from impfzentrum.views.visitors import count_visitor

GONE, TOO_MANY = 410, 429
BACKEND = "django.contrib.auth.backends.ModelBackend"


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@personal
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Set the first password; the second step is next."""
    return _set(request, token, LinkPurpose.INVITATION)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@personal
def new_password(request: HttpRequest, token: str) -> HttpResponse:
    """Set another password; the code of the app is asked for as ever."""
    return _set(request, token, LinkPurpose.PASSWORD)


def _set(request: HttpRequest, token: str, purpose: LinkPurpose) -> HttpResponse:
    now = timezone.now()
    try:
        link = find_link(token, purpose, now=now)
        form = NewPasswordForm(link.user, request.POST if request.method == "POST" else None)
        if form.is_valid():
            user = set_password(link, form.cleaned_data["new_password1"], now=now)
            forget_failed_logins(username=user.get_username())
            user.backend = BACKEND
            if needs_code(user):
                return redirect(remember_halfway(request, user, back="", now=now))
            complete_login(request, user, backend=BACKEND)
            return redirect("own_place")
    except LinkOver as refusal:
        return render(request, "login/link_over.html", {"refusal": refusal, "purpose": purpose}, status=GONE)
    values = {"form": form, "purpose": purpose, "account": link.user}
    return render(request, "login/new_password.html", values, status=422 if form.is_bound else 200)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for the address, and answer the same whether or not there is an account."""
    form = ForgottenForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        email, now = form.cleaned_data["email"], timezone.now()
        try:
            if not form.trapped:
                count_visitor(request, Limit.PASSWORD_LINK, now=now)
                count_request(Limit.PASSWORD_LINK_TO_ADDRESS, email.lower(), now=now)
                request_password(email, now=now)
        except TooManyRequests as refusal:
            form.add_error(None, str(refusal))
            status = TOO_MANY
        else:
            return see_other("account:forgotten_sent")
    return render(request, "login/forgotten.html", {"form": form}, status=status)


@require_safe
def forgotten_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "login/forgotten_sent.html")
