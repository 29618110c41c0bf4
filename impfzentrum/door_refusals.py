"""What is refused at the door: to who acts second, too early, too late, or on somebody without an appointment."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from impfzentrum.errors import Refusal


class AttendanceNoted(Refusal):
    """A colleague was faster at the door, or it is an old page."""

    code = "attendance_noted"
    sentence = _("{by} hat für diese Person um {at} Uhr schon eingetragen: {state}.")


class AppointmentGone(Refusal):
    """The person has no appointment any more; `state` says what became of the offer."""

    code = "appointment_gone"
    sentence = _("Diese Person hat keinen Termin mehr: {state}.")


class StillExpected(Refusal):
    """Who was told to come until `until` must not lose the dose before, unless it is sure that they do not come."""

    code = "still_expected"
    sentence = _(
        "Die Person darf noch bis {until} Uhr kommen. Vorher geben Sie die Dosis bitte nur weiter,"
        " wenn sicher ist, dass sie nicht kommt."
    )


class ProofNotChecked(Refusal):
    code = "proof_not_checked"
    sentence = _("Bitte prüfen Sie zuerst den Nachweis.")


class UndoTooLate(Refusal):
    code = "undo_too_late"
    sentence = _("Rückgängig machen geht nur {minutes} Minuten lang. Bitte melden Sie den Fehler der Leitung.")


class UndoOutdated(AttendanceNoted):
    """Somebody noted something else since."""

    code = "undo_outdated"
    sentence = _("Inzwischen hat {by} um {at} Uhr eingetragen: {state}. Rückgängig geht nur der letzte Schritt.")


class DoseGivenOn(Refusal):
    code = "dose_given_on"
    sentence = _("Die Dosis ist inzwischen weitergegeben. Rückgängig machen geht deshalb nicht mehr.")


class PersonMovedOn(Refusal):
    """The person has another offer meanwhile, paused, left, or was vaccinated elsewhere."""

    code = "person_moved_on"
    sentence = _("Der Eintrag der Person steht inzwischen auf „{state}“. Rückgängig machen geht deshalb nicht mehr.")
