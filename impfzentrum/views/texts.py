"""The texts of a county's messages: the list, one text with its preview, and the way back."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from impfzentrum.access import COUNTY_ROLES, TEXT_ROLES, StaffRequest, centres_of, for_county
from impfzentrum.errors import Refusal
from impfzentrum.forms.texts import TextForm, begin_form
from impfzentrum.models import County, MessageText
from impfzentrum.procedures.attributing import OF_TEXT, tell_last_act
from impfzentrum.procedures.phrasing import builtin_wording
from impfzentrum.procedures.previewing import preview_text
from impfzentrum.procedures.rewriting import (
    TextState,
    drop_plan,
    find_text,
    lint_text,
    list_texts,
    list_versions,
    replace_text,
    restore_builtin,
)
from impfzentrum.rules.linting import Wording
from impfzentrum.rules.text_kinds import TextKey, kind_of, list_replaceable
from impfzentrum.text_refusals import TextRefused
from impfzentrum.text_vocabulary import Occasion
from impfzentrum.vocabulary import Channel, Language

_REPLACEABLE = {str(key): key for key in list_replaceable()}


@require_safe
@for_county(COUNTY_ROLES)
def texts(request: StaffRequest, county: County) -> HttpResponse:
    """Every text with its state in each language."""
    states = list_texts(county, now=timezone.now())
    parts = {
        _("SMS"): [state for state in states if _is_letter(state, Channel.SMS)],
        _("Antworten auf eine SMS"): [state for state in states if state.key.occasion.startswith("reply_")],
        _("E-Mail"): [state for state in states if _is_letter(state, Channel.EMAIL)],
    }
    context = _page(request, county) | {"parts": {name: _by_occasion(part) for name, part in parts.items()}}
    return render(request, "county/texts.html", context)


def _is_letter(state: TextState, channel: Channel) -> bool:
    return state.key.channel == channel and not state.key.occasion.startswith("reply_")


def _by_occasion(states: list[TextState]) -> list[tuple[Occasion, list[TextState]]]:
    """One row an occasion, its languages side by side."""
    occasions = dict.fromkeys(state.key.occasion for state in states)
    return [(one, [state for state in states if state.key.occasion == one]) for one in occasions]


@require_http_methods(["GET", "HEAD", "POST"])
@for_county(COUNTY_ROLES)
def text(request: StaffRequest, county: County, channel: str, occasion: str, language: str) -> HttpResponse:
    """One text. A POST by its `action`: `preview` shows, `check` asks to confirm, `edit` goes back, `save` saves."""
    key, now = _find_key(channel, occasion, language), timezone.now()
    if request.method != "POST":
        state = find_text(county, key, now=now)
        form = begin_form(state.next_wording, key=key, stand=state.number, plan=state.plan)
        return _show(request, county, state, form, state.next_wording)
    _refuse_readers(request)
    form = TextForm(request.POST, key=key)
    if request.htmx:
        return render(request, "county/text_preview.html", {"preview": preview_text(form.typed(), key)})
    action = request.POST.get("action", "check")
    if action == "save":
        return _save(request, county, key, form)
    state = find_text(county, key, now=now)
    if action == "edit":
        return _show(request, county, state, _unjudged(form), form.typed())
    if form.is_valid():
        form.tell_faults(lint_text(form.wording(), key))
    if action == "preview" or not form.is_valid():
        return _show(request, county, state, form, form.typed())
    return _ask_to_confirm(request, county, state, form)


def _unjudged(form: TextForm) -> TextForm:
    """The same words in a form that says nothing about them."""
    return TextForm(key=form.key, initial=_read_typed(form))


def _read_typed(form: TextForm) -> dict[str, str]:
    return {name: str(form.data.get(name, "")) for name in form.fields}


def _save(request: StaffRequest, county: County, key: TextKey, form: TextForm) -> HttpResponse:
    now = timezone.now()
    if form.is_valid():
        stand, begins = form.stand_shown(), form.begin()
        try:
            replace_text(county, key, form.wording(), begins=begins, stand=stand, by=request.user, now=now)
        except TextRefused as refused:
            form.tell_faults(refused.faults)
        except Refusal as refusal:
            return _show_clash(request, county, key, form, refusal)
        else:
            told = _("Der Text ist gespeichert und gilt ab sofort.") if begins is None else _("Der Text ist geplant.")
            messages.success(request, told)
            return redirect("county:texts", county=county.slug)
    return _show(request, county, find_text(county, key, now=now), form, form.typed())


def _show_clash(request: StaffRequest, county: County, key: TextKey, form: TextForm, refusal: Refusal) -> HttpResponse:
    """What was typed stays in the form, above what the colleague saved; the next try is made against that."""
    state = find_text(county, key, now=timezone.now())
    form = TextForm(_read_typed(form) | {"stand": str(state.number)}, key=key)
    form.add_error(None, f"{refusal} {tell_last_act(county, str(key), OF_TEXT)}")
    return _show(request, county, state, form, form.typed(), status=409)


@require_http_methods(["GET", "HEAD", "POST"])
@for_county(TEXT_ROLES)
def restore(request: StaffRequest, county: County, channel: str, occasion: str, language: str) -> HttpResponse:
    """Back to the built-in text, after a look at it."""
    key, now = _find_key(channel, occasion, language), timezone.now()
    if request.method == "POST":
        return _change(request, county, key, restore_builtin, _("Ab sofort gilt wieder der eingebaute Text."))
    state = find_text(county, key, now=now)
    if state.own is None and state.plan is None:
        return redirect("county:text", county.slug, channel, occasion, language)
    context = _page(request, county) | {
        "state": state,
        "before": preview_text(state.wording, key),
        "after": preview_text(builtin_wording(key), key),
    }
    return render(request, "county/text_restore.html", context)


@require_POST
@for_county(TEXT_ROLES)
def drop(request: StaffRequest, county: County, channel: str, occasion: str, language: str) -> HttpResponse:
    """Leave it at what is in force: what was planned is dropped."""
    key = _find_key(channel, occasion, language)
    return _change(request, county, key, drop_plan, _("Die geplante Änderung ist verworfen."))


def _change(
    request: StaffRequest, county: County, key: TextKey, change: Callable[..., MessageText], told: str
) -> HttpResponse:
    stand = request.POST.get("stand", "")
    number = int(stand) if stand.isascii() and stand.isdigit() and len(stand) < 10 else -1
    try:
        change(county, key, stand=number, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.info(request, f"{refusal} {tell_last_act(county, str(key), OF_TEXT)}")
    else:
        messages.success(request, told)
    return redirect("county:text", county.slug, key.channel, key.occasion, key.language)


def _show(
    request: StaffRequest,
    county: County,
    state: TextState,
    form: TextForm,
    wording: Wording,
    *,
    status: int | None = None,
) -> HttpResponse:
    context = _page(request, county) | {
        "state": state,
        "form": form,
        "may_change": request.membership.role in TEXT_ROLES,
        "placeholders": [(one, one in kind_of(state.key).must) for one in kind_of(state.key).may],
        "preview": preview_text(wording, state.key),
        "versions": list_versions(county, state.key),
    }
    return render(request, "county/text.html", context, status=status or (422 if form.errors else 200))


def _ask_to_confirm(request: StaffRequest, county: County, state: TextState, form: TextForm) -> HttpResponse:
    context = _page(request, county) | {
        "state": state,
        "typed": _read_typed(form).items(),
        "begins": form.begin(),
        "before": preview_text(state.wording, state.key),
        "after": preview_text(form.wording(), state.key),
    }
    return render(request, "county/text_confirm.html", context)


def _page(request: StaffRequest, county: County) -> dict[str, object]:
    return {"county": county, "centres": centres_of(request.membership)}


def _find_key(channel: str, occasion: str, language: str) -> TextKey:
    try:
        key = TextKey(Occasion(occasion), Channel(channel), Language(language))
    except ValueError:
        raise Http404 from None
    if str(key) not in _REPLACEABLE:
        raise Http404
    return key


def _refuse_readers(request: StaffRequest) -> None:
    """An auditor reads."""
    if request.membership.role not in TEXT_ROLES:
        raise PermissionDenied
