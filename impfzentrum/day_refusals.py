"""What is refused to staff because a colleague was quicker: each sentence says who, when and what."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from impfzentrum.errors import CallDone, ChangedMeanwhile, Refusal


class ReleasedMeanwhile(ChangedMeanwhile):
    """Doses of the same vaccine were given free since the form was shown: perhaps the very same doses."""

    code = "released_meanwhile"

    def __str__(self) -> str:
        sentence = ngettext(
            "{who} hat um {at} Uhr {doses} Dosis {vaccine} freigegeben (Freigabe {number}). "
            "Sind Ihre Dosen andere, dann tippen Sie bitte noch einmal auf Freigeben.",
            "{who} hat um {at} Uhr {doses} Dosen {vaccine} freigegeben (Freigabe {number}). "
            "Sind Ihre Dosen andere, dann tippen Sie bitte noch einmal auf Freigeben.",
            int(str(self.values["doses"])),
        )
        return sentence.format(**self.values)


class VialsEnded(Refusal):
    """The vials were emptied, released or taken back."""

    code = "vials_ended"
    sentence = _("{who} hat für diese Fläschchen um {at} Uhr schon „{end}“ eingetragen.")


class VialsTooOld(Refusal):
    """Nobody notes vials whose doses could not be used any more."""

    code = "vials_too_old"
    sentence = _("Um {opened} Uhr geöffnet wären die Dosen seit {until} Uhr verfallen. Bitte prüfen Sie die Uhrzeit.")


class DrawnMeanwhile(ChangedMeanwhile):
    """Lots were drawn anew since the form was shown."""

    code = "drawn_meanwhile"
    sentence = _("{who} hat um {at} Uhr schon neu gelost. Bitte prüfen Sie, ob es noch einmal nötig ist.")


class CallDoneBy(CallDone):
    code = "call_done_by"
    sentence = _("Dieser Anruf ist schon erledigt: {by}, {at} Uhr.")
