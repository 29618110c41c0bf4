"""Setting up a county without a developer: what can be set, one setting with its history, and the way back."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from impfzentrum.access import COUNTY_ROLES, SETUP_ROLES, StaffRequest, centres_of, for_county
from impfzentrum.errors import Refusal
from impfzentrum.forms.setting_up import FORMS, CentreForm, SettingForm, begin_centre, begin_setting
from impfzentrum.models import Campaign, Centre, County
from impfzentrum.procedures.overlooking import overlook_settings
from impfzentrum.procedures.setting_up import (
    Setting,
    change_setting,
    list_versions,
    make_plain,
    open_centre,
    recall_values,
)
from impfzentrum.procedures.telling_settings import foretell, list_differences, list_values, tell_versions
from impfzentrum.setting_refusals import SettingChangedMeanwhile, SettingImpossible
from impfzentrum.vocabulary import SettingKind

TOPICS = {
    "liste": SettingKind.LIST,
    "kontakt": SettingKind.CONTACT,
    "anfragen": SettingKind.ASKING,
    "versand": SettingKind.SENDING,
    "zentrum": SettingKind.CENTRE,
    "aktion": SettingKind.CAMPAIGN,
}
"""What the addresses call the kinds of settings. A centre and a campaign need their number, too."""

TITLES = {
    SettingKind.LIST: gettext_lazy("Warteliste"),
    SettingKind.CONTACT: gettext_lazy("Kontakt des Landkreises"),
    SettingKind.ASKING: gettext_lazy("Reihenfolge und Angebote"),
    SettingKind.SENDING: gettext_lazy("Absender und Versand"),
}


def page_of(request: StaffRequest, county: County) -> dict[str, Any]:
    """What every page of the set-up needs."""
    return {
        "county": county,
        "centres": centres_of(request.membership),
        "may_change": request.membership.role in SETUP_ROLES,
    }


def refuse_readers(request: StaffRequest) -> None:
    """An auditor reads."""
    if request.membership.role not in SETUP_ROLES:
        raise PermissionDenied


@require_safe
@for_county(COUNTY_ROLES)
def overview(request: StaffRequest, county: County) -> HttpResponse:
    """Everything that can be set, with how it stands and who changed it last."""
    context = page_of(request, county) | {"view": overlook_settings(county, now=timezone.now())}
    return render(request, "county/setup.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_county(COUNTY_ROLES)
def setting(request: StaffRequest, county: County, topic: str, subject: int | None = None) -> HttpResponse:
    """One setting. A POST by its `action`: `check` asks to confirm, `edit` goes back, `save` saves."""
    found = _find(county, topic, subject)
    if request.method != "POST":
        return _show(request, found, begin_setting(found))
    refuse_readers(request)
    form = FORMS[found.kind](request.POST)
    action = request.POST.get("action", "check")
    if action == "edit":
        return _show(request, found, _unjudged(form))
    if not form.is_valid():
        return _show(request, found, form)
    return _save(request, found, form) if action == "save" else _ask_to_confirm(request, found, form)


def _find(county: County, topic: str, subject: int | None) -> Setting:
    kind = TOPICS.get(topic)
    if kind is None or (kind in TITLES) == (subject is not None):
        raise Http404
    if kind == SettingKind.CENTRE:
        return Setting(kind, county, get_object_or_404(Centre, county=county, pk=subject))
    if kind == SettingKind.CAMPAIGN:
        return Setting(kind, county, get_object_or_404(Campaign, county=county, pk=subject))
    return Setting(kind, county, county)


def _address(found: Setting) -> str:
    topic = next(word for word, kind in TOPICS.items() if kind == found.kind)
    subject = [] if found.kind in TITLES else [found.row.pk]
    return reverse("setup:one" if subject else "setup:setting", args=[found.county.slug, topic, *subject])


def _title(found: Setting) -> str:
    return str(TITLES[found.kind]) if found.kind in TITLES else str(getattr(found.row, "name", ""))


def _unjudged(form: SettingForm) -> SettingForm:
    """The same words in a form that says nothing about them."""
    return type(form)(initial=form.data.dict() if hasattr(form.data, "dict") else dict(form.data))


def _show(request: StaffRequest, found: Setting, form: SettingForm, *, status: int | None = None) -> HttpResponse:
    versions = list_versions(found.county, found.kind, found.row.pk)
    context = page_of(request, found.county) | {
        "title": _title(found),
        "address": _address(found),
        "form": form,
        "values": list_values(found),
        "changes": tell_versions(found, versions),
    }
    return render(request, "county/setting.html", context, status=status or (422 if form.errors else 200))


def _ask_to_confirm(request: StaffRequest, found: Setting, form: SettingForm) -> HttpResponse:
    wanted = form.values()
    after = {name: make_plain(value) for name, value in wanted.items()}
    differences = list_differences(found, found.read(), after)
    if not differences:
        messages.info(request, _("Es steht schon alles so da. Gespeichert wurde nichts."))
        return redirect(_address(found))
    context = page_of(request, found.county) | {
        "title": _title(found),
        "address": _address(found),
        "typed": form.typed(),
        "differences": differences,
        "sentences": foretell(found, wanted, now=timezone.now()),
    }
    return render(request, "county/setting_confirm.html", context)


def _save(request: StaffRequest, found: Setting, form: SettingForm) -> HttpResponse:
    key, stand = form.cleaned_data["form_key"], form.cleaned_data["stand"]
    try:
        change_setting(found, form.values(), stand=stand, form_key=key, by=request.user, now=timezone.now())
    except SettingChangedMeanwhile as refusal:
        return _show_clash(request, found, form, refusal)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _show(request, found, form, status=409)
    messages.success(request, _("Gespeichert. Das gilt ab sofort."))
    return redirect(_address(found))


def _show_clash(request: StaffRequest, found: Setting, form: SettingForm, refusal: Refusal) -> HttpResponse:
    """What was typed stays in the form; the history below says what the colleague did; the next try builds on that."""
    found = Setting(found.kind, found.county, type(found.row)._default_manager.get(pk=found.row.pk))
    again = type(form)({**dict(form.typed()), "stand": found.stamp})
    again.add_error(None, str(refusal))
    return _show(request, found, again, status=409)


@require_http_methods(["GET", "HEAD", "POST"])
@for_county(SETUP_ROLES)
def restore(request: StaffRequest, county: County, topic: str, number: int, subject: int | None = None) -> HttpResponse:
    """Back to what stood there after the change `number` (0: before the first), after a look at it."""
    found = _find(county, topic, subject)
    try:
        wanted = recall_values(found, number)
    except SettingImpossible:
        raise Http404 from None
    if request.method == "POST":
        return _restore(request, found, wanted, number)
    after = {name: make_plain(value) for name, value in wanted.items()}
    context = page_of(request, county) | {
        "title": _title(found),
        "address": _address(found),
        "differences": list_differences(found, found.read(), after),
        "sentences": foretell(found, wanted, now=timezone.now()),
        "typed": [("stand", found.stamp), ("form_key", str(uuid.uuid4()))],
        "number": number,
        "back": True,
    }
    return render(request, "county/setting_confirm.html", context)


def _restore(request: StaffRequest, found: Setting, wanted: dict[str, Any], number: int) -> HttpResponse:
    try:
        change_setting(
            found,
            wanted,
            stand=request.POST.get("stand", ""),
            form_key=_read_key(request.POST.get("form_key", "")),
            by=request.user,
            now=timezone.now(),
            restores=number,
        )
    except Refusal as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, _("Die frühere Fassung gilt wieder, ab sofort."))
    return redirect(_address(found))


def _read_key(text: str) -> uuid.UUID:
    """A key that nobody can read is no double tap."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()


@require_http_methods(["GET", "HEAD", "POST"])
@for_county(SETUP_ROLES)
def new_centre(request: StaffRequest, county: County) -> HttpResponse:
    """A further centre of the county."""
    form = CentreForm(request.POST) if request.method == "POST" else begin_centre()
    if form.is_bound and form.is_valid():
        try:
            centre, _version = open_centre(
                county, form.values(), form_key=form.cleaned_data["form_key"], by=request.user, now=timezone.now()
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("Das Impfzentrum ist angelegt. Ab sofort können dort Dosen freigegeben werden.")
            )
            return redirect("setup:one", county.slug, "zentrum", centre.pk)
    context = page_of(request, county) | {"title": _("Neues Impfzentrum"), "form": form, "new": True}
    return render(request, "county/setting.html", context, status=422 if form.errors else 200)
