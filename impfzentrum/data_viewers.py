"""Who sees what is stored about a person: for the record of processing (docs/privacy.md), by model and field.

A model that is not named here has no answer, and then the tables cannot be made: a test says so.
"""

from __future__ import annotations

from collections.abc import Mapping

PERSON = "die Person selbst, auf ihrer Seite"
DOOR = "die Person; das Team ihres Impfzentrums, sobald sie zugesagt hat"
CALLER = "die Person; wer im Impfzentrum den Anruf übernommen hat"
SENDER = "die Person; beim Versand der Dienstleister; das Team, sobald sie zugesagt hat"
SEARCHED = "die Person; das Team nach der Zusage, und bei einer Vergabe von Hand, wer danach sucht"
FIGURES = "die Person; das Personal nur als Zahlen"
CHECK = "die Person; Landkreis und Prüfung ohne Namen"
STAFF = "das Personal des Landkreises"
NOBODY = "niemand; nur das Programm"

_OF_MODELS: Mapping[str, str] = {
    "StandbyEntry": PERSON,
    "FurtherCentre": FIGURES,
    "ContactProof": NOBODY,
    "Offer": CHECK,
    "Dose": CHECK,
    "Attendance": DOOR,
    "AttendanceStep": DOOR,
    "HandPick": "die beiden vom Personal, die entscheiden; Landkreis und Prüfung ohne Namen",
    "Place": CHECK,
    "Message": "die Person; der Betrieb ohne Namen und Kontakt",
    "DeliveryReceipt": "der Betrieb ohne Namen und Kontakt",
    "Reply": "die Person; der Betrieb ohne Namen und Kontakt",
    "LinkRequest": NOBODY,
    "OpeningWatch": NOBODY,
    "RequestCount": NOBODY,
    "FormKey": NOBODY,
    "SignUpDraft": "wer den Link der angefangenen Anmeldung hat",
    "Booking": "das Team des Impfzentrums",
    "BookingImport": "wer die Datei gebracht hat, und das Team des Impfzentrums",
    "CancelReport": "das Team des Impfzentrums",
    "Tombstone": NOBODY,
    "TeamMail": "die Leitung des Impfzentrums",
    "Feedback": "Landkreis und Prüfung",
}

_OF_FIELDS: Mapping[str, str] = {
    **dict.fromkeys(("given_name", "family_name", "birth_date"), SEARCHED),
    **dict.fromkeys(("mobile", "email"), SENDER),
    **dict.fromkeys(("phone", "second_phone", "call_hint"), CALLER),
    **dict.fromkeys(("criterion", "interpreter", "needs", "comes_with", "dose_wanted", "priority_group"), DOOR),
    **dict.fromkeys(("vaccines", "language"), DOOR),
    **dict.fromkeys(("postcode", "campaign", "centre", "travel_minutes", "availability", "ready_until"), FIGURES),
    **dict.fromkeys(("mobile_index", "email_index", "name_index", "token_hash", "id"), NOBODY),
}
"""Of an entry, where it is not the person alone."""


def who_sees(model: str, field: str) -> str:
    """Raises KeyError for a model of which nobody has said it."""
    return _OF_FIELDS.get(field, _OF_MODELS[model]) if model == "StandbyEntry" else _OF_MODELS[model]
