"""The keys of the booking systems of a centre: made here, shown once, revoked here."""

from __future__ import annotations

import uuid
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from impfzentrum.access import INTERFACE_ROLES, StaffRequest, for_centre
from impfzentrum.forms.interface import InterfaceKeyForm
from impfzentrum.models import Centre, InterfaceKey
from impfzentrum.procedures.interfacing import make_key, revoke_key


@sensitive_variables("secret")
@require_http_methods(["GET", "HEAD", "POST"])
@for_centre(INTERFACE_ROLES)
def keys(request: StaffRequest, centre: Centre) -> HttpResponse:
    """All keys. POST makes one and shows it in its own answer, this once."""
    if request.method != "POST":
        return _show(request, centre, InterfaceKeyForm(initial={"form_key": uuid.uuid4()}))
    form = InterfaceKeyForm(request.POST)
    if not form.is_valid():
        return _show(request, centre, form, status=422)
    now = timezone.now()
    secret = make_key(
        centre, form.cleaned_data["name"], form_key=form.cleaned_data["form_key"], by=request.user, now=now
    )
    if secret is None:
        messages.info(request, _("Dieser Schlüssel ist schon angelegt und wurde schon gezeigt."))
        return redirect("bookings:keys", centre=centre.slug)
    return _show(request, centre, InterfaceKeyForm(initial={"form_key": uuid.uuid4()}), secret=secret)


def _show(
    request: StaffRequest, centre: Centre, form: InterfaceKeyForm, *, secret: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "centre": centre,
        "county": centre.county,
        "form": form,
        "secret": secret,
        "keys": centre.interface_keys.select_related("created_by", "revoked_by"),
        "address": request.build_absolute_uri("/schnittstelle/termine/storno/"),
    }
    return render(request, "bookings/keys.html", context, status=status)


@require_POST
@for_centre(INTERFACE_ROLES)
def revoke(request: StaffRequest, centre: Centre, public_id: UUID) -> HttpResponse:
    """From now on the key opens nothing."""
    key = get_object_or_404(InterfaceKey.objects.select_related("centre"), centre=centre, public_id=public_id)
    revoke_key(key, by=request.user, now=timezone.now())
    messages.success(request, _("Der Schlüssel „{name}“ gilt nicht mehr.").format(name=key.name))
    return redirect("bookings:keys", centre=centre.slug)
