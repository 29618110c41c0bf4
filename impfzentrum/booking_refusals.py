"""Refusals about booked appointments, their files and the way of the booking system."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from impfzentrum.errors import Refusal


class ImportNotOpen(Refusal):
    code = "import_not_open"
    sentence = _("Diese Datei ist schon übernommen oder verworfen.")


class LinesChanged(Refusal):
    code = "lines_changed"
    sentence = _("Inzwischen sind andere Zeilen richtig als eben gezeigt. Bitte sehen Sie noch einmal hin.")


class NothingToTakeIn(Refusal):
    code = "nothing_to_take_in"
    sentence = _("So lässt sich nichts übernehmen: Bitte entscheiden Sie, was mit den fehlerhaften Zeilen geschieht.")


class BookingChanged(Refusal):
    """Somebody else, or the booking system, marked the appointment meanwhile."""

    code = "booking_changed"
    sentence = _("Bei Termin {reference} hat sich gerade etwas geändert. Jetzt gilt: {state}.")


class NotYetDue(Refusal):
    code = "not_yet_due"
    sentence = _("Termin {reference} ist erst um {time} Uhr. Bis dahin kann nur abgesagt werden.")


class UndoOver(Refusal):
    code = "undo_over"
    sentence = _("Rückgängig geht nur zehn Minuten lang.")


class DoseReleased(Refusal):
    code = "dose_released"
    sentence = _("Die Dosis dieses Termins ist schon freigegeben (Freigabe {number}).")


class NothingLeftOver(Refusal):
    code = "nothing_left_over"
    sentence = _("Hier ist nichts mehr freizugeben. Vielleicht war gerade jemand schneller.")


class FewerLeftOver(Refusal):
    """Less falls out than the person wanted to release; `left` is how many doses there are."""

    code = "fewer_left_over"

    def __str__(self) -> str:
        left = int(str(self.values["left"]))
        return ngettext(
            "Es ist nur noch {left} Dosis aus ausgefallenen Terminen da.",
            "Es sind nur noch {left} Dosen aus ausgefallenen Terminen da.",
            left,
        ).format(left=left)


class EventReused(Refusal):
    """A booking system used the name of one event for two appointments."""

    code = "event_reused"
