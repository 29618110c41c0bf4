"""Why a setting cannot be changed as somebody wanted, each with a sentence for them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from impfzentrum.errors import Refusal


class SettingChangedMeanwhile(Refusal):
    """A colleague was faster; `by` and `when` say who, where the change was made on these pages."""

    code = "setting_changed_meanwhile"
    sentence = _(
        "Diese Einstellung wurde inzwischen geändert. Ihre Eingaben stehen noch im Formular. "
        "Bitte vergleichen Sie und speichern Sie dann noch einmal."
    )


class NothingChanged(Refusal):
    code = "nothing_changed"
    sentence = _("Es steht schon alles so da. Gespeichert wurde nichts.")


class SettingImpossible(Refusal):
    """The values go together with nothing else that holds; `why` says what is wrong."""

    code = "setting_impossible"
    sentence = _("Das geht so nicht: {why}")


class ReleaseStillRunning(Refusal):
    code = "release_still_running"
    sentence = _("Es läuft noch eine Freigabe dieser Impfaktion. Bitte beenden Sie sie zuerst.")


class AnotherCampaignRuns(Refusal):
    code = "another_campaign_runs"
    sentence = _("Im Landkreis läuft schon die Impfaktion „{name}“. Zwei zugleich gehen nicht.")


class BeginsInThePast(Refusal):
    """What has held cannot be changed any more."""

    code = "begins_in_the_past"
    sentence = _("Das läge in der Vergangenheit. Was gegolten hat, lässt sich nicht mehr ändern.")


class AlreadyPlanned(Refusal):
    code = "already_planned"
    sentence = _("Für diesen Tag ist schon etwas eingetragen. Bitte nehmen Sie das zuerst zurück.")


class NotPlanned(Refusal):
    """It has begun, or a colleague has taken it back already."""

    code = "not_planned"
    sentence = _("Das ist nicht mehr geplant: Es gilt schon oder wurde zurückgenommen.")


class CheckUnderWay(Refusal):
    code = "check_under_way"
    sentence = _("Die Prüfung läuft schon. Das Ergebnis steht hier, sobald sie fertig ist.")
