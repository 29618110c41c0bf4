"""To the county's directory and back. Where there is none, neither address exists."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from mozilla_django_oidc.views import OIDCAuthenticationCallbackView, OIDCAuthenticationRequestView

from impfzentrum.directory import is_there
from impfzentrum.views.halfway import complete_login, needs_code, remember_halfway

BACKEND = "impfzentrum.directory.DirectoryBackend"


class _Back(OIDCAuthenticationCallbackView):  # type: ignore[misc]  # mozilla-django-oidc has no types
    user: User

    def login_success(self) -> HttpResponse:
        """The directory knows them and they were invited. Their second step is the directory's, or ours."""
        request = cast("HttpRequest", self.request)
        back = request.session.get("oidc_login_next") or ""
        by_directory = bool(self.user.directory_factor)  # type: ignore[attr-defined]
        if needs_code(self.user) and not by_directory:
            return redirect(remember_halfway(request, self.user, back=back, now=timezone.now()))
        complete_login(request, self.user, backend=BACKEND, by_directory=by_directory)
        return redirect(back or "own_place")

    def login_failure(self) -> HttpResponse:
        """One sentence, whatever it was: no account, an unchecked address, a directory that does not answer."""
        told = _("Das Konto des Landkreises passt zu keinem Konto hier. Bitte lassen Sie sich einladen.")
        messages.error(self.request, told)
        return redirect("login")


_begin = OIDCAuthenticationRequestView.as_view()
_back = _Back.as_view()


@never_cache
def begin(request: HttpRequest) -> HttpResponseBase:
    """Off to the directory, with state, nonce and a PKCE challenge."""
    _need_directory()
    return cast("HttpResponseBase", _begin(request))


@never_cache
def come_back(request: HttpRequest) -> HttpResponseBase:
    """Back from it. A made-up state, a token for somebody else: the same sentence as for no account."""
    _need_directory()
    try:
        return cast("HttpResponseBase", _back(request))
    except SuspiciousOperation:
        view: Any = _Back(request=request)
        return cast("HttpResponseBase", view.login_failure())


def _need_directory() -> None:
    if not is_there():
        raise Http404
