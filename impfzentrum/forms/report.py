"""Which figures a report shows: a period, a place, and what its lines are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.period import USUAL, PeriodForm
from impfzentrum.models import County, Rhythm
from impfzentrum.procedures.reports.kinds import ReportKind
from impfzentrum.procedures.reports.report import By, Scope


class ReportForm(PeriodForm):
    """A period, and where the kind of report has them, a centre and what its lines are."""

    def __init__(self, data: Any, *, county: County, kind: ReportKind) -> None:
        super().__init__(data)
        self.county = county
        self.centres = {centre.slug: centre for centre in county.centres.order_by("name")}
        if kind.by_centre:
            choices = [("", _("ganzer Landkreis")), *((slug, one.name) for slug, one in self.centres.items())]
            self.fields["zentrum"] = forms.ChoiceField(label=_("Ort"), choices=choices, required=False)
        if kind.by_key:
            self.fields["nach"] = forms.ChoiceField(label=_("Je"), choices=[(by.value, by.label) for by in By])

    @classmethod
    def read(cls, query: QueryDict, *, county: County, kind: ReportKind, today: date) -> ReportForm:
        """The form as asked for; without any day the last thirty ones, without anything else lines by day."""
        data: dict[str, Any] = {"nach": By.DAY.value, **query.dict()}
        if "start" not in query and "end" not in query:
            data |= {"start": f"{today - USUAL:%d.%m.%Y}", "end": f"{today:%d.%m.%Y}"}
        return cls(data, county=county, kind=kind)

    @property
    def scope(self) -> Scope:
        """What was asked for; the form is valid."""
        chosen = self.cleaned_data
        return Scope(
            self.county,
            self.centres.get(chosen.get("zentrum", "")),
            chosen["start"],
            chosen["end"],
            By(chosen.get("nach") or By.DAY),
        )

    @property
    def query(self) -> dict[str, str]:
        """The same question for an address."""
        scope = self.scope
        asked = {"start": str(scope.first), "end": str(scope.last)}
        if scope.centre is not None:
            asked["zentrum"] = scope.centre.slug
        if "nach" in self.fields:
            asked["nach"] = scope.by.value
        return asked


class ExportForm(PeriodForm):
    """Which offers to write into a file."""

    datei = forms.ChoiceField(label=_("Datei"), choices=[("xlsx", "Excel"), ("csv", "CSV")])

    def __init__(self, data: Any, *, county: County, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.county = county
        self.centres = {centre.slug: centre for centre in county.centres.order_by("name")}
        choices = [("", _("ganzer Landkreis")), *((slug, one.name) for slug, one in self.centres.items())]
        self.fields["zentrum"] = forms.ChoiceField(label=_("Ort"), choices=choices, required=False)
        self.helper.form_tag = False
        self.helper.inputs = []

    @property
    def scope(self) -> Scope:
        """What was asked for; the form is valid."""
        chosen = self.cleaned_data
        return Scope(self.county, self.centres.get(chosen["zentrum"]), chosen["start"], chosen["end"])


class ScheduleForm(forms.Form):
    """Who gets word of the reports, and how often."""

    person = forms.ChoiceField(
        label=_("Wer"),
        error_messages={
            "required": _("Bitte wählen Sie eine Person."),
            "invalid_choice": _("Diese Person darf die Berichte nicht lesen oder hat keine E-Mail-Adresse."),
        },
    )
    rhythm = forms.ChoiceField(label=_("Wie oft"), choices=Rhythm.choices)

    def __init__(self, data: Any, *, readers: Sequence[User]) -> None:
        super().__init__(data)
        self.readers = {str(reader.pk): reader for reader in readers}
        names = [(pk, reader.get_full_name() or reader.get_username()) for pk, reader in self.readers.items()]
        self.fields["person"].choices = names  # type: ignore[attr-defined]
