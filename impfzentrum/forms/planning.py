"""What an admin of a county types to plan rules with dates: a day, perhaps a time, and what they rest on."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.clock import ClockField
from impfzentrum.forms.fields import ForgivingDateField, tidy
from impfzentrum.forms.setting_up import WholeNumberField, between
from impfzentrum.models import VaccineRule
from impfzentrum.models.campaign import GROUPS
from impfzentrum.procedures.scheduling import EVERYBODY, RULE_FIELDS, Author

SOURCE = _("zum Beispiel „Erlass des Landes vom 3.5.2021“")


class PlanDayField(ForgivingDateField):
    """Any day, as people write it; whether it may be planned is said by the form that knows which day it is."""

    default_error_messages = {
        "unreadable": _("Bitte schreiben Sie den Tag so: 24.4.2021."),
        "short_year": _("Bitte geben Sie das Jahr mit vier Ziffern an, zum Beispiel 2021."),
        "required": _("Bitte geben Sie einen Tag an."),
    }

    def to_python(self, value: Any) -> Any:
        text = tidy(forms.CharField.to_python(self, value) or "").rstrip(".")
        return self._read(text) if text else None


class PlanForm(forms.Form):
    """`stand`: the stamp of the plan that was shown. `form_key`: a double tap plans once."""

    stand = forms.CharField(widget=forms.HiddenInput, required=False)
    form_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, today: date, now: datetime, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.today, self.now = today, now

    def clean(self) -> dict[str, Any]:
        if self.errors.pop("form_key", None):
            self.add_error(None, _("Das Formular kam unvollständig an. Bitte senden Sie es noch einmal."))
        for name in ("begins", "ends"):
            day = self.cleaned_data.get(name)
            if day is not None and day < self.today:
                self.add_error(
                    name, _("Das läge in der Vergangenheit. Was gegolten hat, lässt sich nicht mehr ändern.")
                )
        begins, until = self.cleaned_data.get("begins"), self.cleaned_data.get("until")
        if begins is not None and until is not None and until < begins:
            self.add_error("until", _("Das Ende liegt vor dem Beginn."))
        return self.cleaned_data

    def typed(self) -> list[tuple[str, str]]:
        """What stands in the form as it was sent, for the page that asks to confirm."""
        return [(name, str(value)) for name in self.fields for value in [self.data.get(name)] if value is not None]

    def author(self, by: Any) -> Author:
        return Author(by, self.cleaned_data["stand"], self.cleaned_data["form_key"])


class OpenGroupForm(PlanForm):
    group = forms.ChoiceField(
        label=_("Gruppe"),
        choices=[
            ("", _("Bitte wählen")),
            *((str(group), format_lazy(_("Gruppe {group}"), group=group)) for group in GROUPS),
            (EVERYBODY, _("Alle, ohne Reihenfolge der Gruppen")),
        ],
        error_messages={"required": _("Bitte wählen Sie eine Gruppe.")},
    )
    begins = PlanDayField(label=_("Offen ab"), help_text=_("Tag, zum Beispiel 24.4.2021."))
    at = ClockField(label=_("Uhrzeit"), required=False, help_text=_("Leer: 0 Uhr, am heutigen Tag sofort."))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        begins, at = data.get("begins"), data.get("at")
        if at is not None and data.get("group") == EVERYBODY and at != time(0):
            self.add_error("at", _("Die Reihenfolge der Gruppen endet um 0 Uhr. Bitte lassen Sie die Uhrzeit leer."))
        elif begins == self.today and at is not None and at < timezone.localtime(self.now).time():
            self.add_error("at", _("Diese Uhrzeit ist heute schon vorbei. Leer heißt: sofort."))
        return data

    def group_number(self) -> int | None:
        """None for everybody."""
        chosen = self.cleaned_data["group"]
        return None if chosen == EVERYBODY else int(chosen)


class EndForm(PlanForm):
    """From which day on a row of a plan holds no more."""

    row = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**53)
    ends = PlanDayField(label=_("Ab"), help_text=_("Tag, zum Beispiel 24.4.2021."))


class RuleForm(PlanForm):
    """An own rule for a vaccine."""

    begins = PlanDayField(label=_("Gilt ab"), help_text=_("Tag, zum Beispiel 24.4.2021."))
    until = PlanDayField(label=_("Gilt bis einschließlich"), required=False, help_text=_("Leer: bis auf Weiteres."))
    suspended = forms.BooleanField(label=_("Diesen Impfstoff in dieser Zeit nicht freigeben"), required=False)
    age_min = WholeNumberField(label=_("ab diesem Alter, Jahre"), **between(0, 120))
    age_max = WholeNumberField(
        label=_("bis zu diesem Alter, Jahre"), required=False, help_text=_("Leer: ohne Grenze."), **between(0, 120)
    )
    interval_min_weeks = WholeNumberField(
        label=_("Abstand zur nächsten Dosis mindestens, Wochen"),
        required=False,
        help_text=_("Leer: keine weitere Dosis."),
        **between(1, 104),
    )
    interval_max_weeks = WholeNumberField(
        label=_("Abstand höchstens, Wochen"), required=False, help_text=_("Leer: ohne Grenze."), **between(1, 260)
    )
    usable_hours = WholeNumberField(label=_("Nach Anbruch nutzbar, Stunden"), **between(1, 72))
    source = forms.CharField(
        label=_("Worauf stützt sich das?"),
        max_length=200,
        help_text=SOURCE,
        error_messages={
            "required": _("Bitte nennen Sie die Quelle."),
            "max_length": _("Bitte höchstens 200 Zeichen."),
        },
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for low, high in (("age_min", "age_max"), ("interval_min_weeks", "interval_max_weeks")):
            least, most = data.get(low), data.get(high)
            if least is not None and most is not None and most < least:
                self.add_error(high, _("Das ist weniger als die untere Grenze."))
        if data.get("interval_max_weeks") is not None and data.get("interval_min_weeks") is None:
            self.add_error("interval_min_weeks", _("Ein Abstand braucht auch eine untere Grenze."))
        return data

    def rule(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in RULE_FIELDS}

    @classmethod
    def begin(cls, rule: VaccineRule | None, *, stand: str, today: date, now: datetime) -> RuleForm:
        """The form with the rule that holds now, to go on from."""
        initial = {} if rule is None else {name: getattr(rule, name) for name in RULE_FIELDS if name != "source"}
        return cls(today=today, now=now, initial={**initial, "stand": stand, "form_key": uuid.uuid4()})


class PauseForm(PlanForm):
    """A criterion that does not count for a while."""

    begins = PlanDayField(label=_("Zählt nicht ab"), help_text=_("Tag, zum Beispiel 24.4.2021."))
    until = PlanDayField(label=_("bis einschließlich"), required=False, help_text=_("Leer: bis auf Weiteres."))
    source = forms.CharField(
        label=_("Worauf stützt sich das?"),
        max_length=200,
        help_text=SOURCE,
        error_messages={
            "required": _("Bitte nennen Sie die Quelle."),
            "max_length": _("Bitte höchstens 200 Zeichen."),
        },
    )


def begin_form(form: type[PlanForm], *, stand: str, today: date, now: datetime, **initial: object) -> Any:
    """The form as it is opened."""
    return form(today=today, now=now, initial={**initial, "stand": stand, "form_key": uuid.uuid4()})
