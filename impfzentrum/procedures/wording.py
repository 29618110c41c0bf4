"""What happened, in words that staff understand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from impfzentrum.models import AuditEvent, HandPick, Membership
from impfzentrum.states import AttendanceState, HandPickState, OfferState
from impfzentrum.vocabulary import Channel, HandPickReason

Detail = Mapping[str, Any]


def describe_event(event: AuditEvent) -> str:
    """One short sentence for an event of a release, in the active language. Names no person."""
    return _SENTENCES[event.action](event.detail)


def name_staff(user: User) -> str:
    """A member of staff as reports name them."""
    return user.get_full_name() or user.get_username()


def name_staff_and_role(user: User) -> str:
    """The same with what they are, for a colleague who may not know them."""
    membership = Membership.objects.filter(user=user).first()
    name = name_staff(user)
    return name if membership is None else f"{name} ({membership.get_role_display()})"


def tell_hand_pick_state(pick: HandPick) -> str:
    """What became of a proposal, also when the person gave the dose back later."""
    if pick.offer is not None and pick.offer.state == OfferState.CANCELLED:
        return _("vergeben, später abgesagt")
    return str(HandPickState(pick.state).label)


def _asked(detail: Detail) -> str:
    sentence = ngettext(
        "Welle {wave}: {people} Person aus Gruppe {group}",
        "Welle {wave}: {people} Personen aus Gruppe {group}",
        detail["people"],
    ).format(**detail)
    return sentence if detail["held"] else _("{wave}, wer zuerst zusagt").format(wave=sentence)


def _released(detail: Detail) -> str:
    return ngettext("{doses} Dosis freigegeben", "{doses} Dosen freigegeben", detail["doses"]).format(**detail)


def _nobody_left(detail: Detail) -> str:
    sentence = ngettext(
        "Niemand mehr erreichbar, {doses} Dosis bleibt frei",
        "Niemand mehr erreichbar, {doses} Dosen bleiben frei",
        detail["doses"],
    )
    return sentence.format(**detail)


def _ended(detail: Detail) -> str:
    if not detail["lapsed"]:
        return _("Zeit abgelaufen, nichts verfallen")
    sentence = ngettext(
        "Zeit abgelaufen, {lapsed} Dosis verfallen", "Zeit abgelaufen, {lapsed} Dosen verfallen", detail["lapsed"]
    )
    return sentence.format(**detail)


def _stopped(detail: Detail) -> str:
    if not detail["doses"]:
        return _("Freigabe beendet")
    sentence = ngettext(
        "Freigabe beendet, {doses} Dosis zurückgenommen",
        "Freigabe beendet, {doses} Dosen zurückgenommen",
        detail["doses"],
    )
    return sentence.format(**detail)


def _taken_back(detail: Detail) -> str:
    sentence = ngettext("{doses} Dosis zurückgenommen", "{doses} Dosen zurückgenommen", detail["doses"])
    return _with_withdrawn(sentence.format(**detail), detail["offers"])


def _times_changed(detail: Detail) -> str:
    sentence = _(
        "Zeiten geändert: Ankunft {arrive_from} bis {arrive_until} Uhr, verwendbar bis {use_by} Uhr "
        "(vorher {old_arrive_from} bis {old_arrive_until} und {old_use_by} Uhr)"
    )
    return _with_withdrawn(sentence.format(**detail), detail["offers"])


def _with_withdrawn(sentence: str, offers: int) -> str:
    if not offers:
        return sentence
    more = ngettext("{offers} Angebot zurückgezogen", "{offers} Angebote zurückgezogen", offers).format(offers=offers)
    return f"{sentence}, {more}"


def _expired(detail: Detail) -> str:
    offers = _count_offers(detail)
    sentence = ngettext(
        "Angebot abgelaufen, Dosis wieder frei", "{offers} Angebote abgelaufen, Dosen wieder frei", offers
    )
    return sentence.format(offers=offers)


def _undeliverable(detail: Detail) -> str:
    offers = _count_offers(detail)
    sentence = ngettext(
        "Nicht zustellbar, Dosis wieder frei", "{offers} Angebote nicht zustellbar, Dosen wieder frei", offers
    )
    return sentence.format(offers=offers)


def _count_offers(detail: Detail) -> int:
    """The clock records the offers of a release together, everybody else one by one."""
    return len(detail["offers"]) if "offers" in detail else 1


def _other_channel(detail: Detail) -> str:
    channel = Channel(detail["channel"]).label
    return _("Nicht zustellbar, Angebot geht jetzt per {channel}").format(channel=channel)


def _cancelled(detail: Detail) -> str:
    if not detail.get("free", True):
        return _("Zugesagter Termin abgesagt, Dosis {dose} verfallen").format(**detail)
    return _("Zugesagter Termin abgesagt, Dosis {dose} wieder frei").format(**detail)


def _given_back(sentence: str, detail: Detail) -> str:
    rest = _("Dosis {dose} wieder frei") if detail["free"] else _("Dosis {dose} verfallen")
    return f"{sentence}, {rest.format(**detail)}"


def _with_reason(sentence: str, detail: Detail) -> str:
    """A step of a dose given by hand: never without why."""
    return sentence.format(**{**detail, "reason": HandPickReason(detail["reason"]).label})


_SENTENCES: dict[str, Callable[[Detail], str]] = {
    "released": _released,
    "asked": _asked,
    "stepped_down": lambda detail: _("Gruppe {before} erschöpft, weiter mit Gruppe {group}").format(**detail),
    "nobody_left": _nobody_left,
    "accepted": lambda detail: _("Zusage für Dosis {dose}").format(**detail),
    "declined": lambda detail: _("Absage, Dosis wieder frei"),
    "expired": _expired,
    "late": lambda detail: _("Zusage kam zu spät"),
    "undeliverable": _undeliverable,
    "other_channel": _other_channel,
    "cancelled": _cancelled,
    "arrived": lambda detail: _("Angekommen, Dosis {dose}").format(**detail),
    "proof_checked": lambda detail: _("Nachweis geprüft, Dosis {dose}").format(**detail),
    "given": lambda detail: _("Geimpft, Dosis {dose}").format(**detail),
    "deferred": lambda detail: _given_back(_("Medizinisch zurückgestellt"), detail),
    "unproven": lambda detail: _given_back(_("Nachweis fehlte"), detail),
    "missed": lambda detail: _given_back(_("Nicht erschienen"), detail),
    "attendance_undone": lambda detail: _("Am Einlass rückgängig gemacht, Dosis {dose}: {state}").format(
        **{**detail, "state": AttendanceState(detail["undone"]).label}
    ),
    "call_taken": lambda detail: _("Anruf übernommen"),
    "call_answered": lambda detail: _("Am Telefon zugesagt") if detail["answer"] == "yes" else _("Am Telefon abgesagt"),
    "call_not_reached": lambda detail: _("Am Telefon nicht erreicht, {tries}. Versuch").format(**detail),
    "call_wrong_number": lambda detail: _("Falsche Telefonnummer"),
    "call_told": lambda detail: _("Am Telefon Bescheid gesagt"),
    "call_returned": lambda detail: _("Anruf übernommen, aber nicht eingetragen: wieder offen"),
    "doses_added": lambda detail: ngettext("{doses} Dosis dazu", "{doses} Dosen dazu", detail["doses"]).format(
        **detail
    ),
    "doses_taken_back": _taken_back,
    "times_changed": _times_changed,
    "bookings_released": lambda detail: _(
        "Aus gebuchten Terminen: {cancelled} abgesagt, {missed} nicht erschienen"
    ).format(**detail),
    "filled": lambda detail: _("Alle Dosen vergeben"),
    "stopped": _stopped,
    "ended": _ended,
    "hand_pick_proposed": lambda detail: _with_reason(_("Vergabe von Hand vorgeschlagen: {reason}"), detail),
    "hand_pick_consented": lambda detail: _with_reason(_("Dosis {dose} zu zweit von Hand vergeben: {reason}"), detail),
    "hand_pick_refused": lambda detail: _with_reason(_("Vergabe von Hand abgelehnt: {reason}"), detail),
    "hand_pick_withdrawn": lambda detail: _with_reason(_("Vergabe von Hand zurückgezogen: {reason}"), detail),
    "hand_pick_lapsed": lambda detail: _with_reason(_("Vergabe von Hand ohne Zustimmung verfallen: {reason}"), detail),
}
"""Every action that `record` writes about a release; a test holds the two together."""

TOLD_ACTIONS = frozenset(_SENTENCES)
"""Actions that `describe_event` knows."""
