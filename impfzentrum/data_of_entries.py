"""The inventory of personal data: what hangs on an entry of the list, its offers and doses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from impfzentrum.data_kinds import FIND, Item, Kept, name_item

_ENTRY, _OFFER = "StandbyEntry", "Offer"

ABOUT_ENTRIES: tuple[Item, ...] = (
    # --- what people tell us
    name_item(
        _ENTRY, "given_name family_name", _("Name"), _("damit das Team am Einlass Sie erkennt"), Kept.UNTIL_LEAVING
    ),
    name_item(
        _ENTRY,
        "birth_date",
        _("Geburtsdatum"),
        _("für Ihre Gruppe und die Altersregel des Impfstoffs"),
        Kept.UNTIL_LEAVING,
    ),
    name_item(
        _ENTRY,
        "postcode",
        _("Postleitzahl"),
        _("weil die Liste für Menschen aus dem Landkreis ist"),
        Kept.UNTIL_LEAVING,
    ),
    name_item(
        _ENTRY,
        "mobile mobile_confirmed_at",
        _("Mobilnummer, und wann sie bestätigt wurde"),
        _("um Sie zu fragen"),
        Kept.UNTIL_LEAVING,
    ),
    name_item(
        _ENTRY,
        "email email_confirmed_at email_off email_off_since",
        _("E-Mail-Adresse, wann sie bestätigt und ob sie abbestellt wurde"),
        _("um Sie zu fragen"),
        Kept.UNTIL_LEAVING,
    ),
    name_item(
        _ENTRY,
        "phone phone_confirmed_at second_phone call_hint",
        _("Nummern für Anrufe, wann sie bestätigt wurden, und wann Sie zu erreichen sind"),
        _("um Sie anzurufen, wenn wir Ihnen nicht schreiben können"),
        Kept.UNTIL_LEAVING,
    ),
    name_item(
        _ENTRY,
        "mobile_index email_index name_index",
        _("Suchschlüssel von Nummer, Adresse und Name"),
        _("um Ihren Eintrag zu finden, ohne dass jemand Nummer oder Adresse lesen kann"),
        Kept.UNTIL_LEAVING,
        told=False,
    ),
    name_item(_ENTRY, "language", _("Sprache"), _("damit wir in Ihrer Sprache schreiben"), Kept.WITHOUT_NAME),
    name_item(
        _ENTRY,
        "criterion",
        _("Grund Ihrer Gruppe"),
        _("für die Reihenfolge, die das Recht vorgibt; eine Diagnose fragen wir nicht"),
        Kept.UNTIL_LEAVING,
    ),
    name_item(
        _ENTRY, "priority_group", _("Ihre Gruppe"), _("für die Reihenfolge, die das Recht vorgibt"), Kept.WITHOUT_NAME
    ),
    name_item(
        _ENTRY,
        "vaccines",
        _("Impfstoffe, die Sie annehmen"),
        _("damit die Dosis für Sie geeignet ist"),
        Kept.WITHOUT_NAME,
    ),
    name_item(
        _ENTRY,
        "dose_wanted last_vaccine last_dose_on",
        _("welche Impfung, und die letzte davor"),
        _("damit die Dosis für Sie geeignet ist"),
        Kept.UNTIL_LEAVING,
    ),
    name_item(
        _ENTRY,
        "campaign centre travel_minutes",
        _("Impfaktion, Impfzentrum und Minuten Weg"),
        _("damit Sie es rechtzeitig schaffen"),
        Kept.WITHOUT_NAME,
    ),
    name_item(
        "FurtherCentre",
        "centre travel_minutes",
        _("weitere Impfzentren mit Minuten Weg"),
        _("damit wir Sie auch dort fragen können"),
        Kept.UNTIL_LEAVING,
    ),
    name_item("FurtherCentre", "id entry", _("Kennung der Zeile"), FIND, Kept.UNTIL_LEAVING, told=False),
    name_item(
        _ENTRY,
        "availability ready_until",
        _("Tage und Zeiten, heute bereit bis"),
        _("damit wir Sie fragen, wenn Sie kommen können"),
        Kept.UNTIL_LEAVING,
    ),
    name_item(
        _ENTRY,
        "morning_mail morning_asked_on",
        _("ob wir morgens fragen sollen"),
        _("weil Sie es gewünscht haben"),
        Kept.UNTIL_LEAVING,
    ),
    name_item(
        _ENTRY,
        "consented_at consent_version",
        _("Ihre Einwilligung: wann und in welchen Text"),
        _("um sie nachweisen zu können"),
        Kept.WITHOUT_NAME,
    ),
    name_item(
        _ENTRY,
        "interpreter needs",
        _("ob jemand dolmetschen soll, und welche Hilfe Sie vor Ort brauchen"),
        _("damit das Team sich darauf einstellt"),
        Kept.UNTIL_LEAVING,
    ),
    name_item(
        _ENTRY,
        "comes_with",
        _("Begleit-Code der Person, mit der Sie kommen möchten"),
        _("damit das Team Sie zusammen empfängt, wenn es geht"),
        Kept.UNTIL_LEAVING,
    ),
    # --- what we note
    name_item(
        _ENTRY,
        "state state_since created_at",
        _("Stand Ihres Eintrags, und seit wann"),
        _("damit niemand doppelt oder vergeblich gefragt wird"),
        Kept.WITHOUT_NAME,
    ),
    name_item(
        _ENTRY,
        "late_since cool_down_until capped_until unanswered paused_until",
        _("Ruhezeiten, Pausen und Angebote ohne Antwort"),
        _("damit Sie nicht zu oft gefragt werden, und nach einer zu späten Zusage vorn stehen"),
        Kept.WITHOUT_NAME,
    ),
    name_item(
        _ENTRY,
        "seen_at asked_at",
        _("wann Sie sich zuletzt gemeldet haben, und wann wir gefragt haben, ob Sie noch warten"),
        _("damit niemand vergessen auf der Liste bleibt"),
        Kept.UNTIL_LEAVING,
    ),
    name_item(
        _ENTRY,
        "restricted_at",
        _("seit wann Ihre Angaben auf Ihren Wunsch für nichts benutzt werden"),
        _("weil Sie es verlangt haben"),
        Kept.UNTIL_LEAVING,
    ),
    name_item(
        _ENTRY,
        "public_id",
        _("Ihre Losnummer-Kennung"),
        _("damit Sie die Auslosung nachprüfen können"),
        Kept.WITHOUT_NAME,
    ),
    name_item(
        _ENTRY, "id token_hash", _("Kennung der Zeile und Prüfsumme Ihres Links"), FIND, Kept.WITHOUT_NAME, told=False
    ),
    name_item(
        "ContactProof",
        "new_contact",
        _("eine neue Nummer oder Adresse, bis sie bestätigt ist"),
        _("um Sie dort zu fragen, sobald sie bestätigt ist"),
        Kept.UNTIL_LEAVING,
    ),
    name_item(
        "ContactProof",
        "channel created_at expires_at tries used_at",
        _("Codes und Links zur Bestätigung: wann, wie oft versucht"),
        _("damit niemand fremde Nummern einträgt"),
        Kept.WITHOUT_NAME,
    ),
    name_item(
        "ContactProof",
        "id public_id entry token_hash",
        _("Kennung der Zeile und Prüfsumme des Links"),
        FIND,
        Kept.WITHOUT_NAME,
        told=False,
    ),
    name_item(
        _OFFER,
        "state state_since release dose priority_group created_at handed_over_at answer_by answered_at travel_minutes",
        _("Angebote an Sie und Ihre Antworten"),
        _("damit jede Dosis genau eine Person bekommt und die Auswahl prüfbar ist"),
        Kept.WITHOUT_NAME,
    ),
    name_item(
        _OFFER,
        "draw ticket wave",
        _("Auslosung und Ihre Losnummer bei jedem Angebot"),
        _("damit sich die Auslosung wiederholen lässt"),
        Kept.WITHOUT_NAME,
    ),
    name_item(
        _OFFER,
        "id public_id entry token_hash",
        _("Kennung der Zeile und Prüfsumme des Links"),
        FIND,
        Kept.WITHOUT_NAME,
        told=False,
    ),
    name_item(
        "Dose",
        "state release number check_in_code",
        _("Dosen, die für Sie reserviert oder Ihnen zugesagt sind, mit Einlasscode"),
        _("für den Einlass"),
        Kept.WITHOUT_NAME,
    ),
    name_item("Dose", "id state_since holder", _("Kennung der Zeile"), FIND, Kept.WITHOUT_NAME, told=False),
    name_item(
        "Attendance",
        "state state_since proof_checked batch",
        _("ob Sie gekommen sind und geimpft wurden, mit Charge; bei einer Rückstellung nie der Grund"),
        _("damit jede Dosis ihren Nachweis hat, und eine nicht gegebene an die Nächsten geht"),
        Kept.WITHOUT_NAME,
    ),
    name_item("Attendance", "id offer", _("Kennungen der Zeile"), FIND, Kept.WITHOUT_NAME, told=False),
    name_item(
        "AttendanceStep",
        "id attendance form_key before after proof_before freed at by undone_at undone_by",
        _("jeder Schritt am Einlass, und wer ihn eingetragen hat"),
        _("damit sich ein Irrtum zurücknehmen lässt"),
        Kept.WITHOUT_NAME,
        told=False,
    ),
    name_item(
        "HandPick",
        "release state state_since reason note proposed_at decided_at",
        _("Vorschlag, Ihnen eine Dosis direkt zu geben, mit Grund"),
        _("damit niemand ohne Grund und ohne zweite Person bevorzugt wird"),
        Kept.WITHOUT_NAME,
    ),
    name_item(
        "HandPick",
        "id public_id entry offer form_key proposed_by decided_by",
        _("Kennungen der Zeile, und wer im Impfzentrum entschieden hat"),
        FIND,
        Kept.WITHOUT_NAME,
        told=False,
    ),
    name_item(
        "Place",
        "draw vaccine place_class priority_group ticket travel_minutes ready",
        _("Ihr Platz in der Reihenfolge des Tages, je Impfstoff"),
        _("um die Nächsten zu finden, ohne die ganze Liste zu durchsuchen"),
        Kept.WITH_THE_DAY,
    ),
    name_item("Place", "entry", _("Kennung der Zeile"), FIND, Kept.WITH_THE_DAY, told=False),
)
