"""Every action that is recorded about a release has its sentence for staff."""

from __future__ import annotations

import re

import pytest

from impfzentrum.models import AuditEvent
from impfzentrum.procedures import wording
from impfzentrum.procedures.wording import describe_event
from nachruecker.settings.base import BASE_DIR

SENTENCES = [
    ("released", {"doses": 1}, "1 Dosis freigegeben"),
    ("released", {"doses": 5}, "5 Dosen freigegeben"),
    ("asked", {"wave": 2, "people": 1, "group": 1, "held": True}, "Welle 2: 1 Person aus Gruppe 1"),
    ("asked", {"wave": 1, "people": 9, "group": 2, "held": True}, "Welle 1: 9 Personen aus Gruppe 2"),
    (
        "asked",
        {"wave": 3, "people": 4, "group": 2, "held": False},
        "Welle 3: 4 Personen aus Gruppe 2, wer zuerst zusagt",
    ),
    ("stepped_down", {"before": 1, "group": 2}, "Gruppe 1 erschöpft, weiter mit Gruppe 2"),
    ("nobody_left", {"doses": 1}, "Niemand mehr erreichbar, 1 Dosis bleibt frei"),
    ("nobody_left", {"doses": 3}, "Niemand mehr erreichbar, 3 Dosen bleiben frei"),
    ("accepted", {"offer": "…", "dose": 3}, "Zusage für Dosis 3"),
    ("declined", {"offer": "…"}, "Absage, Dosis wieder frei"),
    ("expired", {"offers": ["…"]}, "Angebot abgelaufen, Dosis wieder frei"),
    ("expired", {"offers": ["…", "…"]}, "2 Angebote abgelaufen, Dosen wieder frei"),
    ("late", {"offer": "…"}, "Zusage kam zu spät"),
    ("undeliverable", {"offer": "…"}, "Nicht zustellbar, Dosis wieder frei"),
    ("undeliverable", {"offers": ["…"] * 3}, "3 Angebote nicht zustellbar, Dosen wieder frei"),
    ("other_channel", {"offer": "…", "channel": "email"}, "Nicht zustellbar, Angebot geht jetzt per E-Mail"),
    ("cancelled", {"dose": 2, "free": True}, "Zugesagter Termin abgesagt, Dosis 2 wieder frei"),
    ("cancelled", {"dose": 2, "free": False}, "Zugesagter Termin abgesagt, Dosis 2 verfallen"),
    ("arrived", {"dose": 2, "proof_checked": True}, "Angekommen, Dosis 2"),
    ("proof_checked", {"dose": 2}, "Nachweis geprüft, Dosis 2"),
    ("given", {"dose": 2}, "Geimpft, Dosis 2"),
    ("deferred", {"dose": 2, "free": True}, "Medizinisch zurückgestellt, Dosis 2 wieder frei"),
    ("unproven", {"dose": 2, "free": False}, "Nachweis fehlte, Dosis 2 verfallen"),
    ("missed", {"dose": 2, "free": True}, "Nicht erschienen, Dosis 2 wieder frei"),
    (
        "attendance_undone",
        {"dose": 2, "undone": "missed", "back": "expected"},
        "Am Einlass rückgängig gemacht, Dosis 2: nicht erschienen",
    ),
    ("call_taken", {}, "Anruf übernommen"),
    ("call_answered", {"answer": "yes"}, "Am Telefon zugesagt"),
    ("call_answered", {"answer": "no"}, "Am Telefon abgesagt"),
    ("call_not_reached", {"tries": 2}, "Am Telefon nicht erreicht, 2. Versuch"),
    ("call_wrong_number", {}, "Falsche Telefonnummer"),
    ("call_told", {}, "Am Telefon Bescheid gesagt"),
    ("call_returned", {}, "Anruf übernommen, aber nicht eingetragen: wieder offen"),
    ("doses_added", {"doses": 1}, "1 Dosis dazu"),
    ("doses_added", {"doses": 4}, "4 Dosen dazu"),
    ("doses_taken_back", {"doses": 1, "offers": 0}, "1 Dosis zurückgenommen"),
    ("doses_taken_back", {"doses": 3, "offers": 1}, "3 Dosen zurückgenommen, 1 Angebot zurückgezogen"),
    ("doses_taken_back", {"doses": 3, "offers": 2}, "3 Dosen zurückgenommen, 2 Angebote zurückgezogen"),
    (
        "times_changed",
        {
            "offers": 0,
            "use_by": "19:00",
            "arrive_from": "12:30",
            "arrive_until": "18:45",
            "old_use_by": "18:00",
            "old_arrive_from": "12:30",
            "old_arrive_until": "17:45",
        },
        "Zeiten geändert: Ankunft 12:30 bis 18:45 Uhr, verwendbar bis 19:00 Uhr (vorher 12:30 bis 17:45 und 18:00 Uhr)",
    ),
    (
        "times_changed",
        {**dict.fromkeys(["arrive_from", "arrive_until", "use_by"], "12:30"), "offers": 2}
        | dict.fromkeys(["old_arrive_from", "old_arrive_until", "old_use_by"], "12:00"),
        "Zeiten geändert: Ankunft 12:30 bis 12:30 Uhr, verwendbar bis 12:30 Uhr "
        "(vorher 12:00 bis 12:00 und 12:00 Uhr), 2 Angebote zurückgezogen",
    ),
    (
        "bookings_released",
        {"cancelled": 3, "missed": 1},
        "Aus gebuchten Terminen: 3 abgesagt, 1 nicht erschienen",
    ),
    ("filled", {}, "Alle Dosen vergeben"),
    ("stopped", {"doses": 1}, "Freigabe beendet, 1 Dosis zurückgenommen"),
    ("stopped", {"doses": 0}, "Freigabe beendet"),
    ("ended", {"lapsed": 0}, "Zeit abgelaufen, nichts verfallen"),
    ("ended", {"lapsed": 2}, "Zeit abgelaufen, 2 Dosen verfallen"),
    ("hand_pick_proposed", {"reason": "other"}, "Vergabe von Hand vorgeschlagen: anderer Grund"),
    (
        "hand_pick_consented",
        {"reason": "on_site", "dose": 3},
        "Dosis 3 zu zweit von Hand vergeben: ist vor Ort, die Dosis verfällt sonst in Minuten",
    ),
    ("hand_pick_refused", {"reason": "other"}, "Vergabe von Hand abgelehnt: anderer Grund"),
    ("hand_pick_withdrawn", {"reason": "other"}, "Vergabe von Hand zurückgezogen: anderer Grund"),
    ("hand_pick_lapsed", {"reason": "other"}, "Vergabe von Hand ohne Zustimmung verfallen: anderer Grund"),
]


@pytest.mark.parametrize(("action", "detail", "sentence"), SENTENCES)
def test_an_event_is_told_in_a_sentence(action: str, detail: dict[str, object], sentence: str) -> None:
    assert describe_event(AuditEvent(action=action, detail=detail)) == sentence


def test_no_sentence_is_untested() -> None:
    assert {action for action, _, _ in SENTENCES} == set(wording._SENTENCES)


def test_whatever_the_procedures_record_about_a_release_has_a_sentence() -> None:
    source = "\n".join(file.read_text() for file in (BASE_DIR / "impfzentrum" / "procedures").glob("*.py"))
    about_releases = r"record\([^,]+,\s*\"(\w+)\",\s*(?:release\.pk|offer\.release_id)"
    recorded = set(re.findall(about_releases, source))
    assert len(recorded) >= 11
    assert recorded <= set(wording._SENTENCES)
