"""Refusals: every reason to say no, each with a sentence for the person who hears it.

A refusal is an answer, not a fault: views show its sentence, nothing is logged as an error. Sentences may carry values
by name, `OfferExpired(until="16:42")`.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext


class Refusal(Exception):
    """Base of all refusals. `str(refusal)` is the sentence in the active language."""

    sentence: ClassVar[str | Promise] = _("Das geht gerade nicht.")
    code: ClassVar[str] = "refused"

    def __init__(self, **values: object) -> None:
        super().__init__()
        self.values = values

    def __str__(self) -> str:
        return str(self.sentence).format(**self.values)


class OfferExpired(Refusal):
    code = "expired"
    sentence = _("Dieses Angebot galt bis {until} Uhr. Die Dosis ist inzwischen weitergegeben.")


class OfferNotOpen(Refusal):
    """Declined, withdrawn or cancelled before; nothing is left to answer."""

    code = "closed"
    sentence = _("Dieses Angebot ist nicht mehr offen.")


class DosesTaken(Refusal):
    code = "taken"
    sentence = _("Alle Dosen sind inzwischen vergeben. Andere waren ein wenig schneller.")


class NothingToCancel(Refusal):
    code = "nothing_to_cancel"
    sentence = _("Es gibt keinen zugesagten Termin, den Sie absagen könnten.")


class TooLateToCancel(Refusal):
    code = "too_late_to_cancel"
    sentence = _("Sie sind schon im Impfzentrum angemeldet. Bitte sprechen Sie mit dem Team am Einlass.")


class CodeWrong(Refusal):
    code = "code_wrong"
    sentence = _("Der Code stimmt nicht. Übrige Versuche: {left}.")


class CodeOver(Refusal):
    """The code is older than it may be, or was tried too often."""

    code = "code_over"
    sentence = _("Dieser Code gilt nicht mehr. Bitte fordern Sie einen neuen an.")


class TooManyCodes(Refusal):
    code = "too_many_codes"
    sentence = _("Wir haben gerade erst einen Code geschickt. Den nächsten gibt es frühestens in {seconds} s.")


class TooManyCodesToday(TooManyCodes):
    code = "too_many_codes_today"
    sentence = _(
        "An diesen Kontakt haben wir heute schon {sent} Mal geschrieben. Bitte versuchen Sie es morgen wieder."
    )


class LinkUnknown(Refusal):
    code = "link_unknown"
    sentence = _("Diesen Link kennen wir nicht. Vielleicht fehlt beim Kopieren ein Stück.")


class ListNotOpen(Refusal):
    code = "list_not_open"
    sentence = _("Zurzeit nimmt die Liste niemanden auf.")


class DraftOver(Refusal):
    """The sign-up was finished, or lay for two days."""

    code = "draft_over"
    sentence = _("Diese Anmeldung ist abgeschlossen oder älter als zwei Tage.")


class DraftTooLong(Refusal):
    """More was sent than all fields together can hold."""

    code = "draft_too_long"
    sentence = _("Das ist mehr Text, als wir brauchen können. Bitte kürzen Sie Ihre Angaben.")


class TooFast(Refusal):
    """Nobody fills in all pages in so few seconds; programs do."""

    code = "too_fast"
    sentence = _("Das ging sehr schnell. Bitte lesen Sie noch einmal nach und senden Sie in ein paar Sekunden ab.")


class TooManyRequests(Refusal):
    """More of one kind, by one address or for one number, than anybody needs. `until`: then it works again."""

    code = "too_many_requests"
    sentence = _("Von hier oder für diese Nummer kamen gerade zu viele Anfragen.")

    @property
    def until(self) -> datetime:
        until = self.values["until"]
        assert isinstance(until, datetime)  # noqa: S101  # who raises it gives a moment
        return until


class ReadyOver(Refusal):
    """The time until which somebody wants to be ready has passed already, or the centre has closed."""

    code = "ready_over"
    sentence = _("Diese Uhrzeit ist für heute schon vorbei. Bitte wählen Sie eine spätere.")


class NotPossibleNow(Refusal):
    """The entry's state does not allow the step, for instance a pause while a dose is confirmed."""

    code = "not_possible_now"
    sentence = _("Das ist im Augenblick nicht möglich: Ihr Eintrag steht auf „{state}“.")


class NoWayToReach(NotPossibleNow):
    """Nobody waits whom no offer could reach."""

    code = "no_way_to_reach"
    sentence = _(
        "Wir können Sie gerade weder per SMS noch per E-Mail erreichen."
        " Bitte bestätigen Sie zuerst auf Ihrer Seite einen Kontakt."
    )


class ReleaseNotRunning(Refusal):
    code = "release_not_running"
    sentence = _("Diese Freigabe läuft nicht mehr.")


class TooManyDoses(Refusal):
    """The release has as many doses as it may have, or would have more."""

    code = "too_many_doses"
    sentence = _("Eine Freigabe hat höchstens {limit} Dosen. Dazu passen hier noch {left}.")


class TooFewToTakeBack(Refusal):
    code = "too_few_to_take_back"
    sentence = _("Zurücknehmen lassen sich noch höchstens {left}. Alle anderen sind zugesagt, und dabei bleibt es.")


class NothingToTakeBack(TooFewToTakeBack):
    code = "nothing_to_take_back"
    sentence = _("Zurücknehmen lässt sich nichts mehr: Es ist keine Dosis offen. Was zugesagt ist, bleibt zugesagt.")


class ChangedMeanwhile(Refusal):
    """The release no longer stands as it was shown: a second tap, or a colleague was faster."""

    code = "changed_meanwhile"


class DosesChangedMeanwhile(ChangedMeanwhile):
    sentence = _(
        "Die Zahl der Dosen hat sich inzwischen geändert, jetzt sind es {doses}. Bitte prüfen Sie, ob das stimmt."
    )


class TimesChangedMeanwhile(ChangedMeanwhile):
    sentence = _(
        "Die Zeiten haben sich inzwischen geändert: Ankunft {arrive_from} bis {arrive_until} Uhr, "
        "verwendbar bis {use_by} Uhr. Bitte prüfen Sie, ob das stimmt."
    )


class EndPromised(Refusal):
    """An earlier end of arrival would break the promise to `people`."""

    code = "end_promised"

    def __str__(self) -> str:
        sentence = ngettext(
            "{people} Person hat bis {until} Uhr zugesagt bekommen. Früher darf die Ankunft nicht enden.",
            "{people} Personen haben bis {until} Uhr zugesagt bekommen. Früher darf die Ankunft nicht enden.",
            int(str(self.values["people"])),
        )
        return sentence.format(**self.values)


class UseByPassed(Refusal):
    code = "use_by_passed"
    sentence = _("Die Dosen wären um {use_by} Uhr schon verfallen. Bitte prüfen Sie die Uhrzeit.")


class VaccineNotInForce(Refusal):
    code = "vaccine_not_in_force"
    sentence = _("Für {vaccine} ist am {day} keine Impfregel in Kraft.")


class NotEligible(Refusal):
    """The person may not be asked for this release. `why` holds the obstacles in words."""

    code = "not_eligible"
    sentence = _("Diese Person darf die Dosis nicht bekommen: {why}.")


class NoFreeDose(Refusal):
    code = "no_free_dose"
    sentence = _("Zurzeit ist keine Dosis frei. Angebotene Dosen bleiben bei denen, die wir gefragt haben.")


class AlreadyProposed(Refusal):
    code = "already_proposed"
    sentence = _("Für diese Person wartet in dieser Freigabe schon ein Vorschlag auf Zustimmung.")


class ConsentOfTheSame(Refusal):
    """Whoever proposed cannot decide."""

    code = "consent_of_the_same"
    sentence = _("Sie haben das selbst vorgeschlagen. Entscheiden muss eine zweite Person.")


class WithdrawalOfAnother(Refusal):
    """Only who proposed can take the proposal back; a colleague refuses it."""

    code = "withdrawal_of_another"
    sentence = _("Zurückziehen kann den Vorschlag nur, wer ihn gemacht hat. Sie können ihn ablehnen.")


class HandPickDecided(Refusal):
    """A colleague was faster, or the proposal was withdrawn or has lapsed."""

    code = "hand_pick_decided"
    sentence = _("Über diesen Vorschlag ist schon entschieden: {state}.")


class CallTaken(Refusal):
    """A colleague makes this call."""

    code = "call_taken"
    sentence = _("{by} ruft diese Person seit {since} Uhr an.")


class CallDone(Refusal):
    code = "call_done"
    sentence = _("Dieser Anruf ist schon erledigt.")


class CallsHeld(Refusal):
    """Nobody calls about offers while sending is stopped."""

    code = "calls_held"
    sentence = _("Der Versand ist angehalten. Angebote machen wir dann auch am Telefon nicht.")


class CallsQuiet(CallsHeld):
    code = "calls_quiet"
    sentence = _("Bis {until} Uhr ist Ruhezeit. Bitte rufen Sie erst danach an.")


class AlreadyOnList(Refusal):
    """Staff wanted to sign somebody up who is on the list and can be reached."""

    code = "already_on_list"
    sentence = _("Diese Person steht schon auf der Liste, Stand: {state}. Ein zweiter Eintrag ist nicht nötig.")


class ReasonMissing(Refusal):
    """Drawing lots anew without a reason, or with one that says nothing."""

    code = "reason_missing"
    sentence = _("Bitte nennen Sie einen Grund mit mindestens {letters} Zeichen. Er wird veröffentlicht.")


class NewDayBegun(Refusal):
    """Midnight came between asking for a draw and carrying it out."""

    code = "new_day_begun"
    sentence = _("Inzwischen hat ein neuer Tag begonnen. Für ihn ist schon gelost.")


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
