"""The words of the domain: reasons, channels, outcomes, roles and other choices. States are in `states.py`."""

from __future__ import annotations

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class ReleaseReason(TextChoices):
    CANCELLED = "cancelled", _("abgesagte Termine")
    MISSED = "missed", _("nicht erschienen")
    VIAL = "vial", _("Rest aus Fläschchen")
    OTHER = "other", _("anderer Grund")


class BookingField(TextChoices):
    """What a column of a file with booked appointments may say."""

    REFERENCE = "reference", _("Nummer der Buchung")
    DAY = "day", _("Tag")
    CLOCK = "clock", _("Uhrzeit")
    VACCINE = "vaccine", _("Impfstoff")
    DOSE = "dose", _("welche Impfung")
    NAME = "name", _("Name")
    GIVEN_NAME = "given_name", _("Vorname")
    STATE = "state", _("Stand")


class ReportOutcome(TextChoices):
    """What came of a cancellation that a booking system reported. The values are part of the interface."""

    CANCELLED = "cancelled", _("abgesagt")
    ALREADY = "already", _("war schon abgesagt oder nicht erschienen")
    WAITING = "waiting", _("Termin noch nicht bekannt")


class VialEnd(TextChoices):
    """Why opened vials no longer count."""

    RELEASED = "released", _("freigegeben")
    EMPTY = "empty", _("leer")
    MISTAKE = "mistake", _("Irrtum")


class OrderPolicy(TextChoices):
    """In which order the people of one group are asked."""

    DRAW = "draw", _("jeden Tag neu gelost")
    FIRST_COME = "first_come", _("wer zuerst auf der Liste stand")


class HandPickReason(TextChoices):
    """Why a dose should go to a named person instead of the next one in the order."""

    ON_SITE = "on_site", _("ist vor Ort, die Dosis verfällt sonst in Minuten")
    MESSAGES_LOST = "messages_lost", _("unsere Nachrichten kommen gerade nicht an")
    OUR_MISTAKE = "our_mistake", _("kam vergeblich, weil wir einen Fehler gemacht haben")
    OTHER = "other", _("anderer Grund")


class Channel(TextChoices):
    """How we reach a person. A call is no letter: staff make it (procedures/phoning.py), and workers leave it alone."""

    SMS = "sms", _("SMS")
    EMAIL = "email", _("E-Mail")
    CALL = "call", _("Anruf")


WRITTEN = (Channel.SMS, Channel.EMAIL)
"""Channels over which we write; a contact on them is proved by a code or a link."""


class ReceiptOutcome(TextChoices):
    """What a provider's receipt says of a message, whatever its own words."""

    TAKEN = "taken", _("angenommen")
    DELAYED = "delayed", _("verzögert")
    DELIVERED = "delivered", _("zugestellt")
    UNDELIVERABLE = "undeliverable", _("nicht zustellbar")


class EmailOff(TextChoices):
    """Why somebody with an e-mail address gets no e-mails."""

    UNSUBSCRIBED = "unsubscribed", _("abbestellt")
    BOUNCED = "bounced", _("kommt nicht an")


class ReplyWord(TextChoices):
    """What people may write back by SMS."""

    YES = "yes", _("JA")
    NO = "no", _("NEIN")
    CANCEL = "cancel", _("STORNO")
    PAUSE = "pause", _("PAUSE")
    STOP = "stop", _("STOPP")
    HELP = "help", _("HILFE")
    UNCLEAR = "unclear", _("unklar")


class ReplyOutcome(TextChoices):
    """What came of a reply."""

    ACCEPTED = "accepted", _("Zusage")
    DECLINED = "declined", _("Absage")
    CANCELLED = "cancelled", _("Storno")
    PAUSED = "paused", _("pausiert")
    LEFT = "left", _("abgemeldet")
    HELPED = "helped", _("Hilfe geschickt")
    NOBODY = "nobody", _("Nummer unbekannt")
    SEVERAL = "several", _("mehrere Einträge oder Angebote")
    NOTHING_OPEN = "nothing_open", _("kein offenes Angebot")
    EXPIRED = "expired", _("zu spät")
    TAKEN = "taken", _("schon vergeben")
    CLOSED = "closed", _("nicht mehr offen")
    NOTHING_TO_CANCEL = "nothing_to_cancel", _("nichts zu stornieren")
    TOO_LATE_TO_CANCEL = "too_late_to_cancel", _("schon am Einlass")
    NOT_NOW = "not_now", _("gerade nicht möglich")


class Erased(TextChoices):
    """What the terms of a county erase (models.retention)."""

    UNCONFIRMED = "unconfirmed", _("Anmeldungen, die niemand bestätigt hat")
    VACCINATED = "vaccinated", _("Geimpfte")
    IDLE = "idle", _("Menschen, die sich nicht mehr gemeldet haben")
    MESSAGES = "messages", _("Versandangaben von Nachrichten")
    REPLIES = "replies", _("Antworten per SMS")
    FEEDBACK = "feedback", _("Rückmeldungen zur Seite")
    TEAM_MAILS = "team_mails", _("verschickte Tageslisten: an wen")


class Role(TextChoices):
    CENTRE_STAFF = "centre_staff", _("Impfzentrum")
    CENTRE_LEAD = "centre_lead", _("Leitung Impfzentrum")
    COUNTY_ADMIN = "county_admin", _("Landkreis")
    COUNTY_AUDITOR = "county_auditor", _("Prüfung")
    OPERATOR = "operator", _("Betrieb")


class Proof(TextChoices):
    """What a person shows at the door (§ 6 Abs. 4 CoronaImpfV); the codes are those of the reference data."""

    IDENTITY = "ausweis", _("Ausweis")
    INSTITUTION = "einrichtung", _("Ausweis und Bescheinigung Ihrer Einrichtung oder Ihres Arbeitgebers")
    DOCTOR = "attest", _("Ausweis und ärztliches Attest")
    STATE_BODY = "attest_landesstelle", _("Ausweis und Zeugnis der Stelle, die das Land benannt hat")
    CARED_FOR = (
        "bestaetigung_bezugsperson",
        _("Ausweis und Bestätigung der Person, die Sie pflegen oder die schwanger ist"),
    )


class Theme(TextChoices):
    """How the sign-up sorts the criteria, so that nobody reads 45 lines."""

    AGE = "age", _("Mein Alter")
    WORK = "work", _("Meine Arbeit oder mein Einsatz")
    HEALTH = "health", _("Meine Gesundheit")
    CLOSE = "close", _("Ich bin für jemanden da")
    LIVING = "living", _("Wo und wie ich lebe")
    NONE = "none", _("Nichts davon")


class DoseWanted(IntegerChoices):
    FIRST = 1, _("die erste Impfung")
    SECOND = 2, _("die zweite Impfung")
    THIRD = 3, _("eine Auffrischung")


class Obstacle(TextChoices):
    """Why a person cannot be asked for a release, as staff would say it of them, in the order of telling."""

    NOT_WAITING = "not_waiting", _("wartet gerade nicht (gefragt, zugesagt oder pausiert)")
    CRITERION_OVER = "criterion_over", _("Kriterium gilt nicht mehr")
    GROUP_CLOSED = "group_closed", _("Gruppe noch nicht geöffnet")
    TOO_YOUNG = "too_young", _("zu jung für den Impfstoff")
    TOO_OLD = "too_old", _("zu alt für den Impfstoff")
    OTHER_DOSE = "other_dose", _("braucht eine andere Impfung")
    TOO_SOON = "too_soon", _("letzte Impfung zu kurz her")
    TOO_LATE = "too_late", _("letzte Impfung zu lange her")
    VACCINE_NOT_WANTED = "vaccine_not_wanted", _("möchte diesen Impfstoff nicht")
    NOT_THIS_DAY = "not_this_day", _("hat heute keine Zeit")
    NOT_THIS_HOUR = "not_this_hour", _("hat zur Ankunftszeit keine Zeit")
    TOO_FAR = "too_far", _("kann nicht rechtzeitig da sein")
    COOL_DOWN = "cool_down", _("wurde gerade erst gefragt")
    CAPPED = "capped", _("hat schon so viele Angebote bekommen, wie erlaubt sind")
    ALREADY_ASKED = "already_asked", _("wurde für diese Freigabe schon gefragt")


class FeedbackFrom(TextChoices):
    """On which kind of page somebody gave us a word."""

    SIGNED_UP = "signed_up", _("nach der Anmeldung")
    ACCEPTED = "accepted", _("nach der Zusage")
    DECLINED = "declined", _("nach der Absage")
    LEFT = "left", _("nach dem Abmelden")
    STATUS = "status", _("eigene Seite")
    ACCESSIBILITY = "accessibility", _("Erklärung zur Barrierefreiheit")
    OTHER = "other", _("andere Seite")


class Language(TextChoices):
    """In which language we write to somebody, each by its own name."""

    GERMAN = "de", "Deutsch"
    ENGLISH = "en", "English"
    TURKISH = "tr", "Türkçe"
    ARABIC = "ar", "العربية"
    RUSSIAN = "ru", "Русский"
    UKRAINIAN = "uk", "Українська"


class Interpreter(TextChoices):
    """Into which language somebody interprets at the centre, where German is not enough."""

    ENGLISH = "en", _("Englisch")
    TURKISH = "tr", _("Türkisch")
    ARABIC = "ar", _("Arabisch")
    RUSSIAN = "ru", _("Russisch")
    UKRAINIAN = "uk", _("Ukrainisch")
    POLISH = "pl", _("Polnisch")
    PERSIAN = "fa", _("Persisch oder Dari")
    SIGNS = "dgs", _("Deutsche Gebärdensprache")


class Need(TextChoices):
    """What the centre prepares for somebody. Never why: that would be a diagnosis."""

    STEP_FREE = "step_free", _("Weg ohne Stufen oder Aufzug")
    WHEELCHAIR = "wheelchair", _("Platz für einen Rollstuhl")
    MORE_TIME = "more_time", _("etwas mehr Zeit oder Ruhe")


class SettingKind(TextChoices):
    """What a county sets up by itself."""

    LIST = "list", _("Warteliste")
    CONTACT = "contact", _("Kontakt des Landkreises")
    ASKING = "asking", _("Reihenfolge und Angebote")
    SENDING = "sending", _("Absender und Versand")
    CENTRE = "centre", _("Impfzentrum")
    CAMPAIGN = "campaign", _("Impfaktion")
    GROUPS = "groups", _("Geöffnete Gruppen")
    VACCINE = "vaccine", _("Impfregel")
    CRITERIA = "criteria", _("Kriterium")
