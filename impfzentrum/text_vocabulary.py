"""The words of our message texts: on which occasions we write, and what a text may have filled in.

The values of placeholders are German, since county admins type them: `{bis}`, `{link}`.
"""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Occasion(TextChoices):
    """Why we write. Each has a text of its own a channel and language, under templates/messages/{sms,email}/."""

    CONTACT_PROOF = "contact_proof", _("Bestätigung des Kontakts")
    WELCOME = "welcome", _("Auf der Liste")
    LOST_LINK = "lost_link", _("Link verloren")
    OPENING_PROOF = "opening_proof", _("Nachricht zur Öffnung bestätigen")
    LIST_OPEN = "list_open", _("Die Liste ist wieder offen")
    OFFER = "offer", _("Angebot, die Dosis ist reserviert")
    OFFER_RACE = "offer_race", _("Angebot, solange der Vorrat reicht")
    PLACE_AND_TIME = "place_and_time", _("Ort und Zeit nach der Zusage")
    TIMES_CHANGED = "times_changed", _("Neue Ankunftszeit")
    CANCELLED = "cancelled", _("Absage bestätigt")
    PAUSED = "paused", _("Eintrag pausiert")
    READY_TODAY = "ready_today", _("Frage am Morgen")
    STILL_WAITING = "still_waiting", _("Frage, ob jemand noch wartet")
    REPLY_DECLINED = "reply_declined", _("Antwort auf NEIN")
    REPLY_PAUSED = "reply_paused", _("Antwort auf PAUSE")
    REPLY_HELPED = "reply_helped", _("Antwort auf HILFE und Unklares")
    REPLY_NOTHING_OPEN = "reply_nothing_open", _("Antwort: kein offenes Angebot")
    REPLY_EXPIRED = "reply_expired", _("Antwort: zu spät")
    REPLY_TAKEN = "reply_taken", _("Antwort: schon vergeben")
    REPLY_CLOSED = "reply_closed", _("Antwort: Angebot nicht mehr offen")
    REPLY_NOTHING_TO_CANCEL = "reply_nothing_to_cancel", _("Antwort: nichts abzusagen")
    REPLY_TOO_LATE_TO_CANCEL = "reply_too_late_to_cancel", _("Antwort: schon am Einlass")
    REPLY_NOT_NOW = "reply_not_now", _("Antwort: gerade nicht möglich")
    REPLY_NOBODY = "reply_nobody", _("Antwort an eine unbekannte Nummer")
    REPLY_SEVERAL = "reply_several", _("Antwort: mehrere Einträge oder Angebote")


class Placeholder(TextChoices):
    """What is filled in when a message is written; the label tells an admin what that is."""

    LINK = "link", _("Adresse der persönlichen Seite oder des Angebots")
    UNTIL = "bis", _("Uhrzeit, bis zu der die Antwort zählt, zum Beispiel 16:42")
    ARRIVE_FROM = "ankunft_ab", _("Uhrzeit, ab der man ankommen kann, zum Beispiel 17:00")
    ARRIVE_UNTIL = "ankunft_bis", _("Uhrzeit, bis zu der man ankommen muss, zum Beispiel 18:15")
    CENTRE = "zentrum", _("Name des Impfzentrums")
    STREET = "strasse", _("Straße und Hausnummer des Impfzentrums")
    TOWN = "ort", _("Postleitzahl und Ort des Impfzentrums")
    CODE = "code", _("der Code, sechs Zeichen")
    TO_BRING = "mitbringen", _("was die Person mitbringen muss")
    CANCEL_LINK = "absage", _("Adresse der Seite zum Absagen")
    COUNTY = "landkreis", _("Name des Landkreises")

    @property
    def written(self) -> str:
        """As it stands in a text: `{bis}`."""
        return f"{{{self.value}}}"


class Statement(TextChoices):
    """What some texts must say in words."""

    NOT_YET_AN_APPOINTMENT = "not_yet_an_appointment", _("dass es noch kein Termin ist")
    WHILE_DOSES_LAST = "while_doses_last", _("dass mehrere Personen gefragt werden")
    NOT_YET_AN_OFFER = "not_yet_an_offer", _("dass es noch kein Angebot und kein Termin ist")
