"""Opened vials: what staff type."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.clock import ClockField, DosesField
from impfzentrum.models import Campaign, OpenedVials, Vaccine
from impfzentrum.models.vial import VIALS_LIMIT
from impfzentrum.rules.vial import opened_moment


class VialsForm(forms.Form):
    """Which vials were opened, how many, and when: a time of day that is over, also of last night."""

    vaccine = forms.ModelChoiceField(
        label=_("Impfstoff"),
        queryset=Vaccine.objects.none(),
        empty_label=_("Bitte wählen"),
        error_messages={
            "required": _("Bitte wählen Sie den Impfstoff."),
            "invalid_choice": _("Für diesen Impfstoff ist zurzeit keine Impfregel in Kraft."),
        },
    )
    vials = forms.IntegerField(
        label=_("Fläschchen"),
        min_value=1,
        max_value=VIALS_LIMIT,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": _("Bitte geben Sie ein, wie viele Fläschchen es sind."),
            "invalid": _("Bitte geben Sie eine ganze Zahl ein, zum Beispiel 1."),
            "min_value": _("Bitte geben Sie eine Zahl von 1 bis 20 ein."),
            "max_value": _("Bitte geben Sie eine Zahl von 1 bis 20 ein."),
        },
    )
    opened_at = ClockField(
        label=_("Geöffnet um"),
        help_text=_("Uhrzeit, zum Beispiel 14:10"),
        error_messages={"required": _("Bitte geben Sie an, wann geöffnet wurde.")},
    )

    def __init__(self, *args: Any, campaign: Campaign, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        rules = campaign.vaccine_rules(campaign.rules_on(now))
        vaccines: forms.ModelChoiceField[Vaccine] = self.fields["vaccine"]  # type: ignore[assignment]
        vaccines.queryset = Vaccine.objects.filter(pk__in=rules.values("vaccine"))

    def clean_opened_at(self) -> datetime:
        return opened_moment(self.cleaned_data["opened_at"], timezone.localtime(self.now))


class RestForm(forms.Form):
    """How many doses of opened vials were given already."""

    given = DosesField(
        label=_("Davon schon verimpft"),
        error_messages={"required": _("Bitte geben Sie ein, wie viele Dosen schon verimpft sind.")},
    )

    def __init__(self, *args: Any, opened: OpenedVials, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.opened = opened
        field = self.fields["given"]
        field.min_value, field.max_value = 0, opened.doses - 1  # type: ignore[attr-defined]
        field.widget.attrs |= {"min": 0, "max": opened.doses}
        field.validators = []

    def clean_given(self) -> int:
        given: int = self.cleaned_data["given"]
        if not 0 <= given <= self.opened.doses:
            raise forms.ValidationError(
                _("Bitte geben Sie eine Zahl von 0 bis {doses} ein.").format(doses=self.opened.doses)
            )
        if given == self.opened.doses:
            raise forms.ValidationError(_("Dann ist nichts übrig. Tippen Sie bitte unten auf „Ist leer“."))
        return given

    def rest(self) -> int:
        """How many doses a valid form leaves."""
        rest: int = self.opened.doses - self.cleaned_data["given"]
        return rest
