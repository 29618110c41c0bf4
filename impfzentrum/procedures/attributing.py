"""Who was quicker: the last act of a colleague, as the record has it. For the person whose own act came too late."""

from __future__ import annotations

from collections.abc import Collection

from django.utils import timezone
from django.utils.translation import gettext as _

from impfzentrum.models import AuditEvent, Centre, County, Release, SendingStop, Vaccine
from impfzentrum.procedures.wording import describe_event, name_staff_and_role

OF_RELEASE = ("doses_added", "doses_taken_back", "times_changed", "stopped")
OF_HAND_PICK = ("hand_pick_consented", "hand_pick_refused", "hand_pick_withdrawn")
OF_TEXT = ("text_replaced", "text_restored", "text_plan_dropped")
OF_OUTBOX = ("messages_retried",)
OF_BOOKING = ("booking_cancelled", "booking_missed", "booking_undone")


def tell_last_change(release: Release, actions: Collection[str] = OF_RELEASE) -> str:
    """ "Petra Amend (Landkreis), 16:44 Uhr: 3 Dosen dazu", or nothing if staff changed nothing."""
    event = _find_last(release.centre.county_id, str(release.pk), actions)
    return "" if event is None else _("{who}: {what}.").format(who=_name_act(event), what=describe_event(event))


def tell_last_act(county: County, subject: str, actions: Collection[str]) -> str:
    """Who did the last of these, and when; nothing if nobody did."""
    event = _find_last(county.pk, subject, actions)
    return "" if event is None else _("Zuletzt: {who}.").format(who=_name_act(event))


def tell_last_booked_release(centre: Centre, vaccine: Vaccine) -> str:
    """Who released doses of booked appointments last, and when; nothing if nobody did."""
    released = Release.objects.filter(centre=centre, vaccine=vaccine, bookings__isnull=False)
    last = released.select_related("released_by").order_by("-number").first()
    if last is None:
        return ""
    at = f"{timezone.localtime(last.released_at):%H:%M}"
    told = _("Zuletzt: {who}, {at} Uhr, Freigabe {number}.")
    return told.format(who=name_staff_and_role(last.released_by), at=at, number=last.number)


def tell_stop(stop: SendingStop) -> str:
    """Who stopped the sending, when and why."""
    at = f"{timezone.localtime(stop.stopped_at):%H:%M}"
    told = _("{who} hat ihn um {at} Uhr angehalten: {reason}")
    return told.format(who=name_staff_and_role(stop.stopped_by), at=at, reason=stop.reason)


def tell_last_resume(county: County) -> str:
    """Who let the sending go on; nothing if it never stood still."""
    lifted = SendingStop.objects.filter(county=county, lifted_at__isnull=False).select_related("lifted_by")
    last = lifted.order_by("-lifted_at").first()
    if last is None or last.lifted_by is None or last.lifted_at is None:
        return ""
    at = f"{timezone.localtime(last.lifted_at):%H:%M}"
    return _("{who} hat ihn um {at} Uhr fortgesetzt.").format(who=name_staff_and_role(last.lifted_by), at=at)


def _find_last(county_id: int, subject: str, actions: Collection[str]) -> AuditEvent | None:
    events = AuditEvent.objects.filter(county=county_id, subject=subject, action__in=actions, actor__isnull=False)
    return events.select_related("actor").order_by("-at", "-pk").first()


def _name_act(event: AuditEvent) -> str:
    assert event.actor is not None  # noqa: S101  # only acts of staff are looked for
    return _("{name}, {at} Uhr").format(
        name=name_staff_and_role(event.actor), at=f"{timezone.localtime(event.at):%H:%M}"
    )
