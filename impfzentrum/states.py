"""States and what may follow what.

`docs/states.md` shows these tables; a test holds the document, this file and the database's constraints together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

S = TypeVar("S", bound=TextChoices)

Moves = Mapping[S, frozenset[S]]
"""From each state the states that may follow it. A state with an empty set is final."""


class ListState(TextChoices):
    """Whether a county's standby list takes new people."""

    OPEN = "open", _("offen")
    PAUSED = "paused", _("pausiert")
    CAPPED = "capped", _("voll")
    CLOSED = "closed", _("geschlossen")


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
    UNUSED = "unused", _("nicht eingelöst")


class AttendanceState(TextChoices):
    """What became at the door of somebody who had accepted."""

    EXPECTED = "expected", _("erwartet")
    ARRIVED = "arrived", _("angekommen")
    VACCINATED = "vaccinated", _("geimpft")
    DEFERRED = "deferred", _("medizinisch zurückgestellt")
    UNPROVEN = "unproven", _("Nachweis fehlt")
    MISSED = "missed", _("nicht erschienen")


class HandPickState(TextChoices):
    """The proposal to give a dose to a named person."""

    PROPOSED = "proposed", _("wartet auf Zustimmung")
    CONSENTED = "consented", _("vergeben")
    REFUSED = "refused", _("abgelehnt")
    WITHDRAWN = "withdrawn", _("zurückgezogen")
    LAPSED = "lapsed", _("ohne Zustimmung verfallen")


class BookingState(TextChoices):
    """A regular appointment that somebody booked elsewhere."""

    PLANNED = "planned", _("geplant")
    CANCELLED = "cancelled", _("abgesagt")
    MISSED = "missed", _("nicht erschienen")


class ImportState(TextChoices):
    """A file with a day's booked appointments."""

    WAITING = "waiting", _("wird gelesen")
    READ = "read", _("gelesen, noch nicht übernommen")
    CONFIRMED = "confirmed", _("wird übernommen")
    STORED = "stored", _("übernommen")
    REFUSED = "refused", _("nicht lesbar")
    DISCARDED = "discarded", _("verworfen")


class MessageState(TextChoices):
    QUEUED = "queued", _("wartet")
    SENDING = "sending", _("wird gesendet")
    SENT = "sent", _("übergeben")
    DELIVERED = "delivered", _("zugestellt")
    FAILED = "failed", _("gescheitert")
    LAPSED = "lapsed", _("verfallen")


ENTRY_MOVES: Moves[EntryState] = {
    EntryState.UNCONFIRMED: frozenset({EntryState.WAITING, EntryState.LEFT, EntryState.ERASED}),
    # Straight to an appointment: staff gave the person a dose by hand, so nobody asked them. Straight to erased: they
    # gave no sign of life for a long time (procedures/retaining.py).
    EntryState.WAITING: frozenset(
        {
            EntryState.OFFERED,
            EntryState.APPOINTED,
            EntryState.PAUSED,
            EntryState.VACCINATED,
            EntryState.LEFT,
            EntryState.ERASED,
        }
    ),
    EntryState.OFFERED: frozenset({EntryState.WAITING, EntryState.APPOINTED}),
    EntryState.APPOINTED: frozenset({EntryState.WAITING, EntryState.VACCINATED}),
    EntryState.VACCINATED: frozenset({EntryState.APPOINTED, EntryState.LEFT, EntryState.ERASED}),
    EntryState.PAUSED: frozenset({EntryState.WAITING, EntryState.VACCINATED, EntryState.LEFT, EntryState.ERASED}),
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
    DoseState.ARRIVED: frozenset(
        {DoseState.CONFIRMED, DoseState.VACCINATED, DoseState.DEFERRED, DoseState.FREE, DoseState.LAPSED}
    ),
    DoseState.VACCINATED: frozenset({DoseState.ARRIVED}),
    DoseState.DEFERRED: frozenset({DoseState.ARRIVED, DoseState.FREE, DoseState.LAPSED}),
    DoseState.MISSED: frozenset({DoseState.CONFIRMED, DoseState.FREE, DoseState.LAPSED}),
    # Only to undo a slip at the door: the release was over, and so the dose lapsed at once.
    DoseState.LAPSED: frozenset({DoseState.CONFIRMED}),
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
    OfferState.ACCEPTED: frozenset({OfferState.CANCELLED, OfferState.UNUSED}),
    # Staff undo what they noted at the door by mistake.
    OfferState.UNUSED: frozenset({OfferState.ACCEPTED}),
    OfferState.EXPIRED: frozenset({OfferState.LATE}),
    OfferState.UNDELIVERABLE: frozenset({OfferState.LATE}),
    # An open race that others have won: a yes that still comes is noted as late.
    OfferState.WITHDRAWN: frozenset({OfferState.LATE}),
    OfferState.DECLINED: frozenset(),
    OfferState.LATE: frozenset(),
    OfferState.CANCELLED: frozenset(),
}

_DONE_AT_THE_DOOR = frozenset(
    {AttendanceState.VACCINATED, AttendanceState.DEFERRED, AttendanceState.UNPROVEN, AttendanceState.MISSED}
)

ATTENDANCE_MOVES: Moves[AttendanceState] = {
    AttendanceState.EXPECTED: _DONE_AT_THE_DOOR | {AttendanceState.ARRIVED},
    AttendanceState.ARRIVED: (_DONE_AT_THE_DOOR - {AttendanceState.MISSED}) | {AttendanceState.EXPECTED},
    # Back only to where it was, within ten minutes: somebody tapped the wrong line.
    AttendanceState.VACCINATED: frozenset({AttendanceState.EXPECTED, AttendanceState.ARRIVED}),
    AttendanceState.DEFERRED: frozenset({AttendanceState.EXPECTED, AttendanceState.ARRIVED}),
    AttendanceState.UNPROVEN: frozenset({AttendanceState.EXPECTED, AttendanceState.ARRIVED}),
    AttendanceState.MISSED: frozenset({AttendanceState.EXPECTED}),
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

BOOKING_MOVES: Moves[BookingState] = {
    BookingState.PLANNED: frozenset({BookingState.CANCELLED, BookingState.MISSED}),
    # Back: staff took it back within ten minutes, or the same number was booked for another day.
    BookingState.CANCELLED: frozenset({BookingState.PLANNED}),
    BookingState.MISSED: frozenset({BookingState.PLANNED}),
}

IMPORT_MOVES: Moves[ImportState] = {
    ImportState.WAITING: frozenset({ImportState.READ, ImportState.REFUSED, ImportState.DISCARDED}),
    # Back to waiting: other columns were chosen, so the lines are looked at anew.
    ImportState.READ: frozenset({ImportState.WAITING, ImportState.CONFIRMED, ImportState.DISCARDED}),
    # Back to read: meanwhile other lines are right or wrong than the person has seen.
    ImportState.CONFIRMED: frozenset({ImportState.STORED, ImportState.READ, ImportState.REFUSED}),
    ImportState.STORED: frozenset(),
    ImportState.REFUSED: frozenset(),
    ImportState.DISCARDED: frozenset(),
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

DOSE_GIVEN_BACK = (AttendanceState.DEFERRED, AttendanceState.UNPROVEN, AttendanceState.MISSED)
"""The person was not vaccinated: the dose is anybody's again."""

TAKEN_DOSE = (DoseState.CONFIRMED, DoseState.ARRIVED, DoseState.VACCINATED, DoseState.DEFERRED)
"""A person has this dose, so no other may get it."""

LEFT_OVER = (BookingState.CANCELLED, BookingState.MISSED)
"""Nobody will come for this booked appointment: its dose may be released."""

HELD_BY_SOMEBODY = (DoseState.HELD, *TAKEN_DOSE, DoseState.MISSED)
"""States in which a dose row names its holder."""
