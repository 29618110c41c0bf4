"""A period of days for reports."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.fields import ForgivingDateField

EARLIEST = date(2020, 12, 27)
"""The first vaccinations against the coronavirus in Germany; nothing can be older."""

LONGEST = timedelta(days=366)
USUAL = timedelta(days=29)
"""Thirty days with today: what the page shows when nobody asked for anything else."""


class DayField(ForgivingDateField):
    """A day up to today, as people write it."""

    def __init__(self, **kwargs: Any) -> None:
        messages = {
            "required": _("Bitte geben Sie einen Tag an."),
            "unreadable": _("Bitte schreiben Sie den Tag so: 24.4.2021."),
            "short_year": _("Bitte geben Sie das Jahr mit vier Ziffern an, zum Beispiel 2021."),
            "future": _("Dieser Tag liegt in der Zukunft."),
        }
        super().__init__(error_messages=messages, **kwargs)


class PeriodForm(forms.Form):
    """First and last day; both belong to the period."""

    start = DayField(label=_("Von"))
    end = DayField(label=_("Bis"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_method = "get"
        self.helper.form_class = "period"
        self.helper.add_input(Submit("", _("Anzeigen")))

    def clean_start(self) -> date:
        start: date = self.cleaned_data["start"]
        if start < EARLIEST:
            raise ValidationError(_("Vor dem 27. Dezember 2020 gab es noch keine Impfungen."))
        return start

    def clean(self) -> dict[str, Any]:
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if start and end and end < start:
            self.add_error("end", _("Der letzte Tag liegt vor dem ersten."))
        elif start and end and end - start >= LONGEST:
            self.add_error("end", _("Bitte wählen Sie höchstens ein Jahr."))
        return self.cleaned_data

    @classmethod
    def for_query(cls, query: QueryDict, *, today: date) -> PeriodForm:
        """The form as asked for; without any day, the last thirty ones."""
        usual = {"start": f"{today - USUAL:%d.%m.%Y}", "end": f"{today:%d.%m.%Y}"}
        return cls(query if "start" in query or "end" in query else usual)
