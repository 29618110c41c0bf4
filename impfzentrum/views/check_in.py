"""The door: one field that takes a code, what a reader scans, a name or a birth date; then the person in one glance."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from impfzentrum.access import DAY_LIST_ROLES, StaffRequest, for_centre
from impfzentrum.errors import Refusal, StillExpected
from impfzentrum.forms.day_list import NoteForm, read_wanted
from impfzentrum.models import AttendanceStep, Centre, Offer
from impfzentrum.procedures.attending import AttendanceOrder, can_anybody_come, note_attendance
from impfzentrum.procedures.day_list import (
    DayRow,
    Wanted,
    find_elsewhere,
    find_row,
    find_rows,
    list_day,
    recall_batches,
)
from impfzentrum.procedures.undoing_attendance import undo_step
from impfzentrum.procedures.wording import name_staff
from impfzentrum.states import DOSE_GIVEN_BACK, AttendanceState, OfferState
from impfzentrum.templatetags.telling import clock, day, span
from impfzentrum.views.day_list import for_who_has_opened

ONLY_LOOK = "nachsehen"


@require_http_methods(["GET", "HEAD", "POST"])
@for_centre(DAY_LIST_ROLES)
@for_who_has_opened
def check_in(request: StaffRequest, centre: Centre) -> HttpResponse:
    """The field; what was typed or scanned leads to the person. A code also notes that they have arrived."""
    now = timezone.now()
    if request.method != "POST":
        return _show_field(request, centre, {})
    wanted = read_wanted(request.POST.get("typed", ""))
    found = find_rows(list_day(centre, now=now), wanted) if wanted.text else []
    if len(found) != 1:
        return _show_field(request, centre, _tell_found(centre, wanted, found, now=now))
    [row] = found
    only_look = ONLY_LOOK in request.POST
    if row.code == wanted.code and row.state == AttendanceState.EXPECTED and not only_look:
        _arrive(request, row, now=now)
    address = reverse("daylist:person", args=[centre.slug, row.offer.public_id])
    return redirect(f"{address}?{ONLY_LOOK}=1" if only_look else address)


def _arrive(request: StaffRequest, row: DayRow, *, now: datetime) -> None:
    """A code is shown by the person themselves, so they are here. The page of the person offers to undo it."""
    try:
        note_attendance(_order(request, row, AttendanceState.ARRIVED), by=request.user, now=now)
    except Refusal as refusal:
        messages.warning(request, str(refusal))


def _order(request: StaffRequest, row: DayRow, state: AttendanceState) -> AttendanceOrder:
    form = NoteForm(request.POST, state=state)
    form.is_valid()
    return AttendanceOrder(row.offer, state, form.cleaned_data.get("form_key") or uuid4())


def _tell_found(centre: Centre, wanted: Wanted, found: list[DayRow], *, now: datetime) -> dict[str, object]:
    if found:
        return {"found": found, "typed": wanted.text}
    return {"nobody": _tell_nobody(centre, wanted, now=now), "typed": wanted.text}


def _tell_nobody(centre: Centre, wanted: Wanted, *, now: datetime) -> str:
    """Why nobody was found, in a sentence that the person at the door can be told."""
    if not wanted.text:
        return _("Bitte geben Sie einen Code, einen Namen oder ein Geburtsdatum ein.")
    other = find_elsewhere(centre, wanted.code, now=now) if wanted.code else None
    if other is not None:
        return _tell_other(centre, other)
    if wanted.code and any(sign.isdigit() for sign in wanted.code):
        return _("Den Code {code} kennen wir nicht. Vielleicht ist ein Zeichen verlesen.").format(code=wanted.code)
    return _("Heute erwarten wir niemanden, auf den das passt. Vielleicht hilft das Geburtsdatum oder der Code.")


def _tell_other(centre: Centre, other: Offer) -> str:
    release = other.release
    when = _("{day}, {begin} bis {end}").format(
        day=day(release.arrive_from),
        begin=f"{timezone.localtime(release.arrive_from):%H:%M}",
        end=clock(release.arrive_until),
    )
    if other.state == OfferState.CANCELLED:
        return _("Dieser Termin ({when}) wurde abgesagt, und die Dosis ging an jemand anderen.").format(when=when)
    if release.centre_id != centre.pk:
        return _("Dieser Code gilt im {centre}: {when}.").format(centre=release.centre.name, when=when)
    return _("Dieser Code gilt für einen anderen Tag: {when}.").format(when=when)


def _show_field(request: StaffRequest, centre: Centre, more: dict[str, object]) -> HttpResponse:
    context = {**_field(request, centre), "found": [], **more}
    return render(request, "daylist/check_in.html", context, status=422 if "nobody" in more else 200)


def _field(request: StaffRequest, centre: Centre) -> dict[str, object]:
    """What the field on top of each page needs."""
    return {
        "centre": centre,
        "county": centre.county,
        "form_key": uuid4(),
        "only_look": ONLY_LOOK in request.GET or ONLY_LOOK in request.POST,
        "typed": "",
        "nobody": "",
        "elsewhere": False,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@for_centre(DAY_LIST_ROLES)
@for_who_has_opened
def person(request: StaffRequest, centre: Centre, public_id: UUID) -> HttpResponse:
    """One person in one glance, and what to note. A POST notes it; what goes wrong is told beside the button."""
    now = timezone.now()
    row = _get_row(centre, public_id, now=now)
    if request.method != "POST":
        return _show_person(request, centre, row, now=now)
    state = request.POST.get("state", "")
    if state not in list(AttendanceState) or state == AttendanceState.EXPECTED:
        return _show_person(request, centre, row, now=now)
    form = NoteForm(request.POST, state=AttendanceState(state))
    if not form.is_valid():
        return _show_person(request, centre, row, form=form, now=now)
    try:
        step = note_attendance(_read_order(row, form), by=request.user, now=now)
    except Refusal as refusal:
        return _show_person(request, centre, _get_row(centre, public_id, now=now), refusal=refusal, now=now)
    if step.after in DOSE_GIVEN_BACK:
        messages.info(request, _tell_dose(row, step, now=now))
    return redirect("daylist:person", centre=centre.slug, public_id=public_id)


def _get_row(centre: Centre, public_id: UUID, *, now: datetime) -> DayRow:
    row = find_row(centre, public_id, now=now)
    if row is None:
        raise Http404
    return row


def _read_order(row: DayRow, form: NoteForm) -> AttendanceOrder:
    data = form.cleaned_data
    return AttendanceOrder(
        row.offer,
        form.state,
        data["form_key"],
        proof_checked=data["proof_checked"],
        batch=data["batch"],
        surely=data["surely"],
    )


def _tell_dose(row: DayRow, step: AttendanceStep, *, now: datetime) -> str:
    """What becomes of the dose, with how much time is left."""
    release = row.release
    if not step.freed:
        return _("Die Freigabe ist vorbei: Die Dosis ist verfallen.")
    if not can_anybody_come(release, now=now):
        return _(
            "Die Dosis ist wieder frei, aber niemand auf der Liste kann noch rechtzeitig kommen."
            " Verwendbar ist sie bis {end}."
        ).format(end=clock(release.use_by))
    minutes = int((release.arrive_until - now).total_seconds() // 60)
    return _("Die Dosis ist wieder frei. Bis {end} bleiben {left}; wir fragen schon die Nächsten.").format(
        end=clock(release.arrive_until), left=span(minutes)
    )


def _show_person(
    request: StaffRequest,
    centre: Centre,
    row: DayRow,
    *,
    form: NoteForm | None = None,
    refusal: Refusal | None = None,
    now: datetime,
) -> HttpResponse:
    batch = form.data.get("batch", "") if form else recall_batches(centre, now=now).get(row.release.vaccine_id, "")
    context = {
        **_field(request, centre),
        "now": now,
        "row": row,
        "entry": row.entry,
        "release": row.release,
        "last_by": name_staff(row.last.by) if row.last else "",
        "can_undo": row.last is not None and row.last.can_be_undone(now),
        "may_miss": now >= row.release.arrive_until,
        "batch": batch,
        "batch_errors": form.errors.get("batch", []) if form else [],
        "elsewhere": form is not None,
        "refusal": refusal,
        "ask_surely": isinstance(refusal, StillExpected),
    }
    status = 422 if form else 409 if refusal else 200
    return render(request, "daylist/person.html", context, status=status)


@require_POST
@for_centre(DAY_LIST_ROLES)
@for_who_has_opened
def undo(request: StaffRequest, centre: Centre, public_id: UUID, step: UUID) -> HttpResponse:
    """Take back a step, named by the key of its form."""
    steps = AttendanceStep.objects.filter(
        attendance__offer__release__centre=centre, attendance__offer__public_id=public_id
    )
    found = get_object_or_404(steps.select_related("attendance__offer"), form_key=step)
    try:
        undo_step(found, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("Rückgängig gemacht: {state}.").format(state=AttendanceState(found.after).label))
    return redirect("daylist:person", centre=centre.slug, public_id=public_id)
