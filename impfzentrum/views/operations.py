"""Watching over the sending of a county: see, stop, resume, try again. Messages only, never people."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from impfzentrum.access import OPERATOR_ROLES, StaffRequest, centres_of, for_county
from impfzentrum.forms.sending import StopForm
from impfzentrum.models import County
from impfzentrum.procedures.attributing import OF_OUTBOX, tell_last_act, tell_last_resume, tell_stop
from impfzentrum.procedures.halting import find_stop, resume_sending, stop_sending
from impfzentrum.procedures.holding import count_in_flight, count_waiting
from impfzentrum.procedures.leasing import LEASE
from impfzentrum.procedures.reviving import list_retriable, name_outbox, retry_failed
from impfzentrum.procedures.watching import watch_sending
from impfzentrum.views.polling import render_self_updating


@require_safe
@for_county(OPERATOR_ROLES)
def watch(request: StaffRequest, county: County) -> HttpResponse:
    """Queue, providers, failures, weights, budget, stop."""
    now = timezone.now()
    context = {
        "county": county,
        "centres": [] if request.htmx else centres_of(request.membership),
        "view": watch_sending(county, now=now),
        "now": now,
    }
    return render_self_updating(request, "operations/watch.html", "operations/watch_now.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_county(OPERATOR_ROLES)
def stop(request: StaffRequest, county: County) -> HttpResponse:
    """GET asks for the reason, POST stops. Who comes second sees that it is stopped, and by whom."""
    form = StopForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        stopped = stop_sending(county, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now())
        if stopped.stopped_by_id == request.user.pk:
            messages.success(request, _("Der Versand ist angehalten."))
        else:
            messages.info(request, _("Der Versand war schon angehalten.") + " " + tell_stop(stopped))
        return redirect("operations:watch", county=county.slug)
    if not form.is_bound and find_stop(county) is not None:
        return redirect("operations:watch", county=county.slug)
    context = {"county": county, "centres": centres_of(request.membership), "form": form}
    context |= {"waiting": count_waiting(county), "in_flight": count_in_flight(county), "seconds": LEASE.seconds}
    return render(request, "operations/stop.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_county(OPERATOR_ROLES)
def resume(request: StaffRequest, county: County) -> HttpResponse:
    """GET asks whether it is meant, POST lifts the stop."""
    if request.method == "POST":
        if resume_sending(county, by=request.user, now=timezone.now()):
            messages.success(request, _("Der Versand läuft wieder."))
        else:
            messages.info(request, _("Der Versand lief schon.") + " " + tell_last_resume(county))
        return redirect("operations:watch", county=county.slug)
    stopped = find_stop(county)
    if stopped is None:
        return redirect("operations:watch", county=county.slug)
    context = {"county": county, "centres": centres_of(request.membership), "stop": stopped}
    return render(request, "operations/resume.html", {**context, "waiting": count_waiting(county)})


@require_http_methods(["GET", "HEAD", "POST"])
@for_county(OPERATOR_ROLES)
def retry(request: StaffRequest, county: County) -> HttpResponse:
    """GET tells how many, POST puts them back into the queue."""
    now = timezone.now()
    if request.method == "POST":
        count = retry_failed(county, by=request.user, now=now)
        if count:
            told = ngettext(
                "%(count)d Nachricht wird noch einmal versucht.",
                "%(count)d Nachrichten werden noch einmal versucht.",
                count,
            )
            messages.success(request, told % {"count": count})
        else:
            told = _("Es gibt nichts, was noch einmal versucht werden könnte.")
            messages.info(request, f"{told} {tell_last_act(county, name_outbox(county), OF_OUTBOX)}")
        return redirect("operations:watch", county=county.slug)
    count = list_retriable(county, now=now).count()
    if not count:
        return redirect("operations:watch", county=county.slug)
    context = {"county": county, "centres": centres_of(request.membership), "count": count}
    return render(request, "operations/retry.html", context)
