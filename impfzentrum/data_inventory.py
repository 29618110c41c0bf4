"""What is stored about a person: each field with its purpose and how long it is kept.

The privacy notice and the file of one's own data are made from this table. A test compares it with the models: a new
field without a line here fails, so the notice cannot fall behind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from impfzentrum.data_kinds import Item, Kept

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


def _item(model: str, fields: str, label: StrPromise, purpose: StrPromise, kept: Kept, *, told: bool = True) -> Item:
    return Item(model, tuple(fields.split()), label, purpose, kept, told)


_ENTRY, _OFFER, _MESSAGE = "StandbyEntry", "Offer", "Message"
_FIND = _("um eine Zeile wiederzufinden; für sich sagt das nichts über Sie")

INVENTORY: tuple[Item, ...] = (
    # --- what people tell us
    _item(_ENTRY, "given_name family_name", _("Name"), _("damit das Team am Einlass Sie erkennt"), Kept.UNTIL_LEAVING),
    _item(
        _ENTRY,
        "birth_date",
        _("Geburtsdatum"),
        _("für Ihre Gruppe und die Altersregel des Impfstoffs"),
        Kept.UNTIL_LEAVING,
    ),
    _item(
        _ENTRY,
        "postcode",
        _("Postleitzahl"),
        _("weil die Liste für Menschen aus dem Landkreis ist"),
        Kept.UNTIL_LEAVING,
    ),
    _item(
        _ENTRY,
        "mobile mobile_confirmed_at",
        _("Mobilnummer, und wann sie bestätigt wurde"),
        _("um Sie zu fragen"),
        Kept.UNTIL_LEAVING,
    ),
    _item(
        _ENTRY,
        "email email_confirmed_at email_off email_off_since",
        _("E-Mail-Adresse, wann sie bestätigt und ob sie abbestellt wurde"),
        _("um Sie zu fragen"),
        Kept.UNTIL_LEAVING,
    ),
    _item(
        _ENTRY,
        "mobile_index email_index",
        _("Suchschlüssel von Nummer und Adresse"),
        _("um Ihren Eintrag zu finden, ohne dass jemand Nummer oder Adresse lesen kann"),
        Kept.UNTIL_LEAVING,
        told=False,
    ),
    _item(_ENTRY, "language", _("Sprache"), _("damit wir in Ihrer Sprache schreiben"), Kept.WITHOUT_NAME),
    _item(
        _ENTRY,
        "criterion",
        _("Grund Ihrer Gruppe"),
        _("für die Reihenfolge, die das Recht vorgibt; eine Diagnose fragen wir nicht"),
        Kept.UNTIL_LEAVING,
    ),
    _item(
        _ENTRY, "priority_group", _("Ihre Gruppe"), _("für die Reihenfolge, die das Recht vorgibt"), Kept.WITHOUT_NAME
    ),
    _item(
        _ENTRY,
        "vaccines",
        _("Impfstoffe, die Sie annehmen"),
        _("damit die Dosis für Sie geeignet ist"),
        Kept.WITHOUT_NAME,
    ),
    _item(
        _ENTRY,
        "dose_wanted last_vaccine last_dose_on",
        _("welche Impfung, und die letzte davor"),
        _("damit die Dosis für Sie geeignet ist"),
        Kept.UNTIL_LEAVING,
    ),
    _item(
        _ENTRY,
        "campaign centre travel_minutes",
        _("Impfaktion, Impfzentrum und Minuten Weg"),
        _("damit Sie es rechtzeitig schaffen"),
        Kept.WITHOUT_NAME,
    ),
    _item(
        "FurtherCentre",
        "centre travel_minutes",
        _("weitere Impfzentren mit Minuten Weg"),
        _("damit wir Sie auch dort fragen können"),
        Kept.UNTIL_LEAVING,
    ),
    _item("FurtherCentre", "id entry", _("Kennung der Zeile"), _FIND, Kept.UNTIL_LEAVING, told=False),
    _item(
        _ENTRY,
        "availability ready_until",
        _("Tage und Zeiten, heute bereit bis"),
        _("damit wir Sie fragen, wenn Sie kommen können"),
        Kept.UNTIL_LEAVING,
    ),
    _item(
        _ENTRY,
        "morning_mail morning_asked_on",
        _("ob wir morgens fragen sollen"),
        _("weil Sie es gewünscht haben"),
        Kept.UNTIL_LEAVING,
    ),
    _item(
        _ENTRY,
        "consented_at consent_version",
        _("Ihre Einwilligung: wann und in welchen Text"),
        _("um sie nachweisen zu können"),
        Kept.WITHOUT_NAME,
    ),
    # --- what we note
    _item(
        _ENTRY,
        "state state_since created_at",
        _("Stand Ihres Eintrags, und seit wann"),
        _("damit niemand doppelt oder vergeblich gefragt wird"),
        Kept.WITHOUT_NAME,
    ),
    _item(
        _ENTRY,
        "late_since cool_down_until capped_until unanswered paused_until",
        _("Ruhezeiten, Pausen und Angebote ohne Antwort"),
        _("damit Sie nicht zu oft gefragt werden, und nach einer zu späten Zusage vorn stehen"),
        Kept.WITHOUT_NAME,
    ),
    _item(
        _ENTRY,
        "public_id",
        _("Ihre Losnummer-Kennung"),
        _("damit Sie die Auslosung nachprüfen können"),
        Kept.WITHOUT_NAME,
    ),
    _item(
        _ENTRY, "id token_hash", _("Kennung der Zeile und Prüfsumme Ihres Links"), _FIND, Kept.WITHOUT_NAME, told=False
    ),
    _item(
        "ContactProof",
        "channel created_at expires_at tries used_at",
        _("Codes und Links zur Bestätigung: wann, wie oft versucht"),
        _("damit niemand fremde Nummern einträgt"),
        Kept.WITHOUT_NAME,
    ),
    _item(
        "ContactProof",
        "id public_id entry token_hash",
        _("Kennung der Zeile und Prüfsumme des Links"),
        _FIND,
        Kept.WITHOUT_NAME,
        told=False,
    ),
    _item(
        _OFFER,
        "state state_since release dose priority_group created_at handed_over_at answer_by answered_at travel_minutes",
        _("Angebote an Sie und Ihre Antworten"),
        _("damit jede Dosis genau eine Person bekommt und die Auswahl prüfbar ist"),
        Kept.WITHOUT_NAME,
    ),
    _item(
        _OFFER,
        "draw ticket wave",
        _("Auslosung und Ihre Losnummer bei jedem Angebot"),
        _("damit sich die Auslosung wiederholen lässt"),
        Kept.WITHOUT_NAME,
    ),
    _item(
        _OFFER,
        "id public_id entry token_hash",
        _("Kennung der Zeile und Prüfsumme des Links"),
        _FIND,
        Kept.WITHOUT_NAME,
        told=False,
    ),
    _item(
        "Dose",
        "state release number check_in_code",
        _("Dosen, die für Sie reserviert oder Ihnen zugesagt sind, mit Einlasscode"),
        _("für den Einlass"),
        Kept.WITHOUT_NAME,
    ),
    _item("Dose", "id state_since holder", _("Kennung der Zeile"), _FIND, Kept.WITHOUT_NAME, told=False),
    _item(
        "HandPick",
        "release state state_since reason note proposed_at decided_at",
        _("Vorschlag, Ihnen eine Dosis direkt zu geben, mit Grund"),
        _("damit niemand ohne Grund und ohne zweite Person bevorzugt wird"),
        Kept.WITHOUT_NAME,
    ),
    _item(
        "HandPick",
        "id public_id entry offer form_key proposed_by decided_by",
        _("Kennungen der Zeile, und wer im Impfzentrum entschieden hat"),
        _FIND,
        Kept.WITHOUT_NAME,
        told=False,
    ),
    _item(
        "Place",
        "draw vaccine place_class priority_group ticket travel_minutes ready",
        _("Ihr Platz in der Reihenfolge des Tages, je Impfstoff"),
        _("um die Nächsten zu finden, ohne die ganze Liste zu durchsuchen"),
        Kept.WITH_THE_DAY,
    ),
    _item("Place", "entry", _("Kennung der Zeile"), _FIND, Kept.WITH_THE_DAY, told=False),
    # --- messages
    _item(
        _MESSAGE,
        "channel template state state_since created_at handed_over_at",
        _("Nachrichten an Sie: welche Art, wann, ob angekommen; der Text wird nicht gespeichert"),
        _("damit keine doppelt oder gar nicht kommt"),
        Kept.WITHOUT_NAME,
    ),
    _item(
        _MESSAGE,
        "bounced",
        _("ob eine E-Mail als unzustellbar zurückkam"),
        _("damit wir an tote Adressen nicht weiter schreiben"),
        Kept.WITHOUT_NAME,
    ),
    _item(
        _MESSAGE,
        "provider provider_id parts price currency doubtful_since last_error attempts due_at expires_at lease_until",
        _("Versand der Nachrichten: Dienstleister, seine Nummer, Versuche, Preis"),
        _("um Fehler zu finden und abzurechnen"),
        Kept.WITHOUT_NAME,
        told=False,
    ),
    _item(
        _MESSAGE,
        "id reference entry offer proof reply watch",
        _("Kennungen der Zeile"),
        _FIND,
        Kept.WITHOUT_NAME,
        told=False,
    ),
    _item(
        "DeliveryReceipt",
        "provider provider_id reference outcome reason received_at message id",
        _("Belege der Dienstleister über die Zustellung"),
        _("um zu wissen, ob eine Nachricht ankam"),
        Kept.A_MONTH,
        told=False,
    ),
    _item(
        "Reply",
        "received_at received_by word outcome handled_at answered",
        _("Antworten per SMS: welches Wort und was daraus wurde; der Text wird nicht gespeichert"),
        _("um Ihre Antwort zu befolgen"),
        Kept.WITHOUT_NAME,
    ),
    _item(
        "Reply",
        "sender sender_index",
        _("Absendernummer einer Antwort, die zu keinem Eintrag passt"),
        _("um auf sie zu antworten"),
        Kept.TWO_HOURS,
        told=False,
    ),
    _item("Reply", "id provider provider_id entry", _("Kennungen der Zeile"), _FIND, Kept.WITHOUT_NAME, told=False),
    # --- without an entry
    _item(
        "LinkRequest",
        "id channel contact_index asked_at",
        _("„Link verloren?“: Suchschlüssel der Nummer oder Adresse"),
        _("um den Link zu schicken"),
        Kept.UNTIL_SENT,
        told=False,
    ),
    _item(
        "OpeningWatch",
        "id public_id county email email_index language asked_at confirmed_at told_at token_hash",
        _("E-Mail-Adresse für die Nachricht, dass eine Liste wieder öffnet"),
        _("für diese eine Nachricht"),
        Kept.UNTIL_TOLD,
        told=False,
    ),
    _item(
        "Attempt",
        "id kind whose at",
        _("Versuche: verschlüsselte Kennung von Netzadresse oder Kontakt"),
        _("damit niemand Formulare missbraucht"),
        Kept.A_DAY,
        told=False,
    ),
    _item(
        "Feedback",
        "id county page rating text language given_at read_at read_by",
        _("Rückmeldungen: Ihre Worte und die Art der Seite, nicht wer Sie sind"),
        _("um die Seiten besser zu machen"),
        Kept.BY_COUNTY,
        told=False,
    ),
)
