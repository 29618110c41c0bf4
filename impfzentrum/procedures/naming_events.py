"""What the record says, in plain German: a name for every action, and a sentence for an event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from impfzentrum.models import AuditEvent, Draw, Release
from impfzentrum.procedures.wording import TOLD_ACTIONS, describe_event, name_staff
from impfzentrum.vocabulary import SettingKind


class Topic(StrEnum):
    """By what the record can be narrowed."""

    RELEASE = "freigaben"
    PEOPLE = "menschen"
    DRAW = "lose"
    SENDING = "versand"
    SETUP = "einrichtung"
    ACCESS = "zugang"
    RECORD = "protokoll"


TOPICS: Mapping[Topic, Any] = {
    Topic.RELEASE: gettext_lazy("Freigaben und Angebote"),
    Topic.PEOPLE: gettext_lazy("Menschen auf der Liste"),
    Topic.DRAW: gettext_lazy("Auslosungen"),
    Topic.SENDING: gettext_lazy("Versand"),
    Topic.SETUP: gettext_lazy("Einrichtung"),
    Topic.ACCESS: gettext_lazy("Konten und Zugänge"),
    Topic.RECORD: gettext_lazy("Protokoll"),
}

WORDS: Mapping[str, tuple[Topic, Any]] = {
    "released": (Topic.RELEASE, gettext_lazy("Dosen freigegeben")),
    "asked": (Topic.RELEASE, gettext_lazy("Menschen gefragt")),
    "stepped_down": (Topic.RELEASE, gettext_lazy("Schritt zur nächsten Gruppe")),
    "nobody_left": (Topic.RELEASE, gettext_lazy("Niemand mehr erreichbar")),
    "accepted": (Topic.RELEASE, gettext_lazy("Zusage")),
    "declined": (Topic.RELEASE, gettext_lazy("Absage")),
    "expired": (Topic.RELEASE, gettext_lazy("Angebot abgelaufen")),
    "late": (Topic.RELEASE, gettext_lazy("Zusage kam zu spät")),
    "undeliverable": (Topic.RELEASE, gettext_lazy("Angebot nicht zustellbar")),
    "other_channel": (Topic.RELEASE, gettext_lazy("Angebot auf anderem Weg")),
    "cancelled": (Topic.RELEASE, gettext_lazy("Termin abgesagt")),
    "doses_added": (Topic.RELEASE, gettext_lazy("Dosen dazu")),
    "doses_taken_back": (Topic.RELEASE, gettext_lazy("Dosen zurückgenommen")),
    "times_changed": (Topic.RELEASE, gettext_lazy("Zeiten geändert")),
    "filled": (Topic.RELEASE, gettext_lazy("Alle Dosen vergeben")),
    "stopped": (Topic.RELEASE, gettext_lazy("Freigabe beendet")),
    "ended": (Topic.RELEASE, gettext_lazy("Freigabe abgelaufen")),
    "call_taken": (Topic.RELEASE, gettext_lazy("Anruf übernommen")),
    "call_answered": (Topic.RELEASE, gettext_lazy("Am Telefon geantwortet")),
    "call_not_reached": (Topic.RELEASE, gettext_lazy("Am Telefon nicht erreicht")),
    "call_wrong_number": (Topic.RELEASE, gettext_lazy("Falsche Telefonnummer")),
    "call_told": (Topic.RELEASE, gettext_lazy("Am Telefon Bescheid gesagt")),
    "call_returned": (Topic.RELEASE, gettext_lazy("Anruf wieder offen")),
    "hand_pick_proposed": (Topic.RELEASE, gettext_lazy("Vergabe von Hand vorgeschlagen")),
    "hand_pick_consented": (Topic.RELEASE, gettext_lazy("Von Hand vergeben, zu zweit")),
    "hand_pick_refused": (Topic.RELEASE, gettext_lazy("Vergabe von Hand abgelehnt")),
    "hand_pick_withdrawn": (Topic.RELEASE, gettext_lazy("Vergabe von Hand zurückgezogen")),
    "hand_pick_lapsed": (Topic.RELEASE, gettext_lazy("Vergabe von Hand verfallen")),
    "arrived": (Topic.RELEASE, gettext_lazy("Angekommen")),
    "proof_checked": (Topic.RELEASE, gettext_lazy("Nachweis geprüft")),
    "given": (Topic.RELEASE, gettext_lazy("Geimpft")),
    "deferred": (Topic.RELEASE, gettext_lazy("Zurückgestellt")),
    "unproven": (Topic.RELEASE, gettext_lazy("Nachweis fehlt")),
    "missed": (Topic.RELEASE, gettext_lazy("Nicht gekommen")),
    "attendance_undone": (Topic.RELEASE, gettext_lazy("Eintrag am Einlass zurückgenommen")),
    "vials_opened": (Topic.RELEASE, gettext_lazy("Fläschchen geöffnet")),
    "vials_ended": (Topic.RELEASE, gettext_lazy("Fläschchen aufgebraucht oder verworfen")),
    "bookings_imported": (Topic.RELEASE, gettext_lazy("Termine eingelesen")),
    "bookings_brought": (Topic.RELEASE, gettext_lazy("Termine vom Buchungssystem")),
    "bookings_confirmed": (Topic.RELEASE, gettext_lazy("Termine bestätigt")),
    "bookings_discarded": (Topic.RELEASE, gettext_lazy("Eingelesene Termine verworfen")),
    "bookings_refused": (Topic.RELEASE, gettext_lazy("Termine abgelehnt")),
    "bookings_released": (Topic.RELEASE, gettext_lazy("Freie Termine freigegeben")),
    "booking_undone": (Topic.RELEASE, gettext_lazy("Eintrag zu einem Termin zurückgenommen")),
    "team_export_sent": (Topic.SENDING, gettext_lazy("Tagesliste an das Team geschickt")),
    "team_export_failed": (Topic.SENDING, gettext_lazy("Tagesliste nicht angekommen")),
    "account_opened": (Topic.ACCESS, gettext_lazy("Konto angelegt")),
    "account_changed": (Topic.ACCESS, gettext_lazy("Konto geändert")),
    "account_closed": (Topic.ACCESS, gettext_lazy("Konto geschlossen")),
    "account_invited_again": (Topic.ACCESS, gettext_lazy("Noch einmal eingeladen")),
    "interface_key_made": (Topic.ACCESS, gettext_lazy("Schlüssel der Schnittstelle angelegt")),
    "interface_key_revoked": (Topic.ACCESS, gettext_lazy("Schlüssel der Schnittstelle gesperrt")),
    "joined": (Topic.PEOPLE, gettext_lazy("Auf die Liste gekommen")),
    "joined_with_known_name": (Topic.PEOPLE, gettext_lazy("Angemeldet, Name und Geburtsdatum schon bekannt")),
    "contact_confirmed_by_staff": (Topic.PEOPLE, gettext_lazy("Kontakt am Telefon bestätigt")),
    "corrected": (Topic.PEOPLE, gettext_lazy("Angaben geändert")),
    "further_centres_changed": (Topic.PEOPLE, gettext_lazy("Weitere Impfzentren geändert")),
    "hours_changed": (Topic.PEOPLE, gettext_lazy("Zeiten geändert, zu denen jemand kann")),
    "ready": (Topic.PEOPLE, gettext_lazy("Heute bereit")),
    "ready_taken_back": (Topic.PEOPLE, gettext_lazy("Doch nicht bereit")),
    "morning_mail": (Topic.PEOPLE, gettext_lazy("Frage am Morgen an- oder abbestellt")),
    "paused": (Topic.PEOPLE, gettext_lazy("Pausiert")),
    "paused_for_silence": (Topic.PEOPLE, gettext_lazy("Pausiert, weil keine Antwort kam")),
    "paused_without_channel": (Topic.PEOPLE, gettext_lazy("Pausiert, weil nicht zu erreichen")),
    "pause_over": (Topic.PEOPLE, gettext_lazy("Pause vorbei")),
    "resumed": (Topic.PEOPLE, gettext_lazy("Wartet wieder")),
    "vaccinated_elsewhere": (Topic.PEOPLE, gettext_lazy("Anderswo geimpft")),
    "left": (Topic.PEOPLE, gettext_lazy("Abgemeldet")),
    "replied": (Topic.PEOPLE, gettext_lazy("Per SMS geantwortet")),
    "email_off": (Topic.PEOPLE, gettext_lazy("Keine E-Mails mehr")),
    "email_on": (Topic.PEOPLE, gettext_lazy("Wieder E-Mails")),
    "committed": (Topic.DRAW, gettext_lazy("Startwert festgelegt")),
    "drawn": (Topic.DRAW, gettext_lazy("Reihenfolge gelost")),
    "places": (Topic.DRAW, gettext_lazy("Plätze versiegelt")),
    "sending_stopped": (Topic.SENDING, gettext_lazy("Versand angehalten")),
    "sending_resumed": (Topic.SENDING, gettext_lazy("Versand fortgesetzt")),
    "messages_retried": (Topic.SENDING, gettext_lazy("Nachrichten noch einmal versucht")),
    "sms_budget_near_end": (Topic.SENDING, gettext_lazy("SMS des Tages fast verbraucht")),
    "sms_budget_used_up": (Topic.SENDING, gettext_lazy("SMS des Tages verbraucht")),
    "list_changed": (Topic.SETUP, gettext_lazy("Warteliste geändert")),
    "setting_changed": (Topic.SETUP, gettext_lazy("Einstellung geändert")),
    "text_replaced": (Topic.SETUP, gettext_lazy("Nachrichtentext ersetzt")),
    "text_restored": (Topic.SETUP, gettext_lazy("Zurück zum eingebauten Text")),
    "text_plan_dropped": (Topic.SETUP, gettext_lazy("Geplanten Text verworfen")),
    "record_checked": (Topic.RECORD, gettext_lazy("Protokoll geprüft")),
    "record_exported": (Topic.RECORD, gettext_lazy("Protokoll als Datei geladen")),
}
"""Every action that is ever recorded, with its topic; a test finds whatever the procedures record without a word."""


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """An event in words. `about` names what it is about; `sentence` is empty where the name says it all."""

    event: AuditEvent
    name: str
    about: str
    sentence: str
    by: str


def name_action(action: str) -> str:
    """The name of an action; one that nobody has named yet shows its code rather than nothing."""
    found = WORDS.get(action)
    return action if found is None else str(found[1])


def actions_of(topic: Topic) -> list[str]:
    return [action for action, (its, _name) in WORDS.items() if its == topic]


def tell_events(events: Iterable[AuditEvent]) -> list[ToldEvent]:
    """Events in words; two more queries, however many they are."""
    rows = list(events)
    numbers = {int(one.subject) for one in rows if one.subject.isdigit()}
    draws = {int(one.subject[5:]) for one in rows if one.subject.startswith("draw-")}
    releases = Release.objects.select_related("centre").in_bulk(numbers)
    drawn = Draw.objects.select_related("centre").defer("late", "classes").in_bulk(draws)
    return [
        ToldEvent(
            event=one,
            name=name_action(one.action),
            about=_tell_subject(one.subject, releases, drawn),
            sentence=tell_detail(one),
            by=name_staff(one.actor) if one.actor is not None else "",
        )
        for one in rows
    ]


def _tell_subject(subject: str, releases: Mapping[int, Release], draws: Mapping[int, Draw]) -> str:
    if subject.isdigit() and (release := releases.get(int(subject))) is not None:
        return _("{centre}, Freigabe Nr. {number}").format(centre=release.centre.name, number=release.number)
    if subject.startswith("draw-") and (draw := draws.get(int(subject[5:]))) is not None:
        return _("Auslosung {day}, {centre}").format(day=f"{draw.day:%d.%m.%Y}", centre=draw.centre.name)
    if subject.startswith("setting-"):
        kind = subject.split("-")[1]
        return str(SettingKind(kind).label) if kind in SettingKind.values else subject
    try:
        return _("Person {reference}").format(reference=str(UUID(subject))[:8])
    except ValueError:
        return ""


def tell_detail(event: AuditEvent) -> str:
    """What more the record says of an event: of a release a sentence, else what matters of its values."""
    if event.action in TOLD_ACTIONS:
        try:
            return describe_event(event)
        except (KeyError, ValueError):  # an event of an older version, with other values
            return ""
    detail = event.detail
    parts = [f"{label}: {detail[key]}" for key, label in _SHOWN.items() if detail.get(key) not in (None, "", [])]
    changed = detail.get("changed")
    if isinstance(changed, dict):
        parts.append(ngettext("{n} Angabe geändert", "{n} Angaben geändert", len(changed)).format(n=len(changed)))
    return ", ".join(parts)


_SHOWN: Mapping[str, Any] = {
    "reason": gettext_lazy("Grund"),
    "day": gettext_lazy("Tag"),
    "group": gettext_lazy("Gruppe"),
    "number": gettext_lazy("Fassung"),
    "used": gettext_lazy("verbraucht"),
    "limit": gettext_lazy("Grenze"),
    "messages": gettext_lazy("Nachrichten"),
    "waiting": gettext_lazy("warten"),
    "faults": gettext_lazy("Fehler"),
    "rows": gettext_lazy("Zeilen"),
}
"""Values of an event that readers understand without its code."""
