"""Logging in, and finding one's own place."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from impfzentrum.access import StaffRequest, centres_of, for_staff, membership_of
from impfzentrum.forms.login import StaffLoginForm
from impfzentrum.procedures.logging_in import record_failed_login
from impfzentrum.procedures.second_factor import is_demanded
from impfzentrum.sessions import IDLE, OVER, TOO_LONG
from impfzentrum.views.halfway import complete_login, needs_code, remember_halfway
from impfzentrum.vocabulary import Role

TOO_MANY = 429


class StaffLogin(LoginView):
    """The first step. Leads to the code, else to where the person wanted to go, else to their own place.

    Foreign addresses in `next` are ignored. Five wrong passwords: views.login.show_locked (django-axes).
    """

    template_name = "login/login.html"
    authentication_form = StaffLoginForm
    next_page = "own_place"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        over = {
            IDLE: _("Sie wurden abgemeldet, weil {minutes} Minuten lang nichts geschah.").format(
                minutes=int(settings.SESSION_IDLE.total_seconds() // 60)
            ),
            TOO_LONG: _("Nach {hours} Stunden ist eine neue Anmeldung nötig.").format(
                hours=int(settings.SESSION_LONGEST.total_seconds() // 3600)
            ),
        }
        values = {
            "over": over.get(self.request.GET.get(OVER, ""), ""),
            "without_factor": not is_demanded(),
            "directory": bool(settings.OIDC_OP_AUTHORIZATION_ENDPOINT),
        }
        return super().get_context_data(**kwargs) | values

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """The password is right; whether that is enough is for the second factor to say."""
        user = form.get_user()
        if needs_code(user):
            back = self.get_redirect_url()
            return redirect(remember_halfway(self.request, user, back=back, now=timezone.now()))
        complete_login(self.request, user, backend=user.backend)
        return redirect(self.get_success_url())

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        if "username" in form.cleaned_data and "password" in form.cleaned_data:
            record_failed_login(form.cleaned_data["username"], now=timezone.now())
        return super().form_invalid(form)


def show_locked(request: HttpRequest, _response: object, _credentials: object) -> HttpResponse:
    """429 after too many wrong passwords. The same for names that exist and names that do not."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    response = render(request, "login/locked.html", {"minutes": minutes}, status=TOO_MANY)
    response["Retry-After"] = str(minutes * 60)
    return response


@require_safe
@for_staff
def own_place(request: StaffRequest) -> HttpResponse:
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
