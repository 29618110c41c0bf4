"""The words of the domain: states, what may follow what, and choices.

`docs/states.md` shows these tables; a test holds the document, this file and the database's constraints together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _

S = TypeVar("S", bound=TextChoices)
Moves = Mapping[S, frozenset[S]]
"""From each state the states that may follow it. A state with an empty set is final."""


class ListState(TextChoices):
    """Whether a county's standby list takes new people."""

    OPEN = "open", _("offen")
    PAUSED = "paused", _("pausiert")
    CAPPED = "capped", _("voll")


class CampaignState(TextChoices):
    PLANNED = "planned", _("geplant")
    RUNNING = "running", _("läuft")
    CLOSED = "closed", _("beendet")


class EntryState(TextChoices):
    """A person on the standby list."""

    UNCONFIRMED = "unconfirmed", _("noch nicht bestätigt")
    WAITING = "waiting", _("wartet")
    OFFERED = "offered", _("hat ein Angebot")
    APPOINTED = "appointed", _("hat zugesagt")
    VACCINATED = "vaccinated", _("geimpft")
    PAUSED = "paused", _("pausiert")
    LEFT = "left", _("abgemeldet")
    ERASED = "erased", _("gelöscht")


class ReleaseState(TextChoices):
    RUNNING = "running", _("läuft")
    FILLED = "filled", _("alle vergeben")
    ENDED = "ended", _("beendet")
    WITHDRAWN = "withdrawn", _("zurückgezogen")


class DoseState(TextChoices):
    FREE = "free", _("frei")
    HELD = "held", _("angeboten, Frist läuft")
    CONFIRMED = "confirmed", _("zugesagt")
    ARRIVED = "arrived", _("angekommen")
    VACCINATED = "vaccinated", _("geimpft")
    DEFERRED = "deferred", _("medizinisch zurückgestellt")
    MISSED = "missed", _("nicht erschienen")
    LAPSED = "lapsed", _("verfallen")
    WITHDRAWN = "withdrawn", _("zurückgenommen")


class OfferState(TextChoices):
    PREPARED = "prepared", _("wird versendet")
    OPEN = "open", _("offen")
    ACCEPTED = "accepted", _("angenommen")
    DECLINED = "declined", _("abgelehnt")
    EXPIRED = "expired", _("abgelaufen")
    LATE = "late", _("zu spät")
    UNDELIVERABLE = "undeliverable", _("nicht zustellbar")
    WITHDRAWN = "withdrawn", _("zurückgezogen")
    CANCELLED = "cancelled", _("storniert")


class HandPickState(TextChoices):
    """The proposal to give a dose to a named person."""

    PROPOSED = "proposed", _("wartet auf Zustimmung")
    CONSENTED = "consented", _("vergeben")
    REFUSED = "refused", _("abgelehnt")
    WITHDRAWN = "withdrawn", _("zurückgezogen")
    LAPSED = "lapsed", _("ohne Zustimmung verfallen")


class MessageState(TextChoices):
    QUEUED = "queued", _("wartet")
    SENDING = "sending", _("wird gesendet")
    SENT = "sent", _("übergeben")
    DELIVERED = "delivered", _("zugestellt")
    FAILED = "failed", _("gescheitert")
    LAPSED = "lapsed", _("verfallen")


ENTRY_MOVES: Moves[EntryState] = {
    EntryState.UNCONFIRMED: frozenset({EntryState.WAITING, EntryState.LEFT, EntryState.ERASED}),
    # Straight to an appointment: staff gave the person a dose by hand, so nobody asked them.
    EntryState.WAITING: frozenset(
        {EntryState.OFFERED, EntryState.APPOINTED, EntryState.PAUSED, EntryState.VACCINATED, EntryState.LEFT}
    ),
    EntryState.OFFERED: frozenset({EntryState.WAITING, EntryState.APPOINTED}),
    EntryState.APPOINTED: frozenset({EntryState.WAITING, EntryState.VACCINATED}),
    EntryState.VACCINATED: frozenset({EntryState.APPOINTED, EntryState.LEFT, EntryState.ERASED}),
    EntryState.PAUSED: frozenset({EntryState.WAITING, EntryState.VACCINATED, EntryState.LEFT}),
    EntryState.LEFT: frozenset({EntryState.ERASED}),
    EntryState.ERASED: frozenset(),
}

RELEASE_MOVES: Moves[ReleaseState] = {
    ReleaseState.RUNNING: frozenset({ReleaseState.FILLED, ReleaseState.ENDED, ReleaseState.WITHDRAWN}),
    ReleaseState.FILLED: frozenset({ReleaseState.RUNNING, ReleaseState.ENDED, ReleaseState.WITHDRAWN}),
    ReleaseState.ENDED: frozenset(),
    ReleaseState.WITHDRAWN: frozenset(),
}

DOSE_MOVES: Moves[DoseState] = {
    DoseState.FREE: frozenset({DoseState.HELD, DoseState.CONFIRMED, DoseState.LAPSED, DoseState.WITHDRAWN}),
    DoseState.HELD: frozenset({DoseState.FREE, DoseState.CONFIRMED, DoseState.LAPSED, DoseState.WITHDRAWN}),
    DoseState.CONFIRMED: frozenset({DoseState.FREE, DoseState.ARRIVED, DoseState.MISSED, DoseState.LAPSED}),
    DoseState.ARRIVED: frozenset({DoseState.CONFIRMED, DoseState.VACCINATED, DoseState.DEFERRED, DoseState.FREE}),
    DoseState.VACCINATED: frozenset({DoseState.ARRIVED}),
    DoseState.DEFERRED: frozenset({DoseState.ARRIVED, DoseState.FREE, DoseState.LAPSED}),
    DoseState.MISSED: frozenset({DoseState.CONFIRMED, DoseState.FREE, DoseState.LAPSED}),
    DoseState.LAPSED: frozenset(),
    DoseState.WITHDRAWN: frozenset(),
}

_ANSWERS_AND_ENDS = frozenset(
    {
        OfferState.ACCEPTED,
        OfferState.DECLINED,
        OfferState.EXPIRED,
        OfferState.LATE,
        OfferState.UNDELIVERABLE,
        OfferState.WITHDRAWN,
    }
)

OFFER_MOVES: Moves[OfferState] = {
    # An answer may overtake our own note that the message was handed over, so a prepared offer can be answered too.
    OfferState.PREPARED: _ANSWERS_AND_ENDS | {OfferState.OPEN},
    OfferState.OPEN: _ANSWERS_AND_ENDS,
    OfferState.ACCEPTED: frozenset({OfferState.CANCELLED}),
    OfferState.EXPIRED: frozenset({OfferState.LATE}),
    OfferState.UNDELIVERABLE: frozenset({OfferState.LATE}),
    # An open race that others have won: a yes that still comes is noted as late.
    OfferState.WITHDRAWN: frozenset({OfferState.LATE}),
    OfferState.DECLINED: frozenset(),
    OfferState.LATE: frozenset(),
    OfferState.CANCELLED: frozenset(),
}

HAND_PICK_MOVES: Moves[HandPickState] = {
    HandPickState.PROPOSED: frozenset(
        {HandPickState.CONSENTED, HandPickState.REFUSED, HandPickState.WITHDRAWN, HandPickState.LAPSED}
    ),
    HandPickState.CONSENTED: frozenset(),
    HandPickState.REFUSED: frozenset(),
    HandPickState.WITHDRAWN: frozenset(),
    HandPickState.LAPSED: frozenset(),
}

MESSAGE_MOVES: Moves[MessageState] = {
    # A receipt may prove that a message was taken whose worker died before it could note so.
    MessageState.QUEUED: frozenset(
        {
            MessageState.SENDING,
            MessageState.SENT,
            MessageState.DELIVERED,
            MessageState.FAILED,
            MessageState.LAPSED,
        }
    ),
    MessageState.SENDING: frozenset(
        {
            MessageState.QUEUED,
            MessageState.SENT,
            MessageState.DELIVERED,
            MessageState.FAILED,
            MessageState.LAPSED,
        }
    ),
    MessageState.SENT: frozenset({MessageState.DELIVERED, MessageState.FAILED}),
    MessageState.DELIVERED: frozenset(),
    # Staff have it tried once more, if no provider ever had it (procedures/reviving.py).
    MessageState.FAILED: frozenset({MessageState.QUEUED}),
    MessageState.LAPSED: frozenset(),
}

LIVE_OFFER = (OfferState.PREPARED, OfferState.OPEN)
"""The person has been asked and may still answer: at most one for each person."""

TAKEN_DOSE = (DoseState.CONFIRMED, DoseState.ARRIVED, DoseState.VACCINATED, DoseState.DEFERRED)
"""A person has this dose, so no other may get it."""

HELD_BY_SOMEBODY = (DoseState.HELD, *TAKEN_DOSE, DoseState.MISSED)
"""States in which a dose row names its holder."""


class ReleaseReason(TextChoices):
    CANCELLED = "cancelled", _("abgesagte Termine")
    MISSED = "missed", _("nicht erschienen")
    VIAL = "vial", _("Rest aus Fläschchen")
    OTHER = "other", _("anderer Grund")


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
    SMS = "sms", _("SMS")
    EMAIL = "email", _("E-Mail")


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


class Language(TextChoices):
    GERMAN = "de", "Deutsch"
    ENGLISH = "en", "English"
