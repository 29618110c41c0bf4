"""Bringing a file with booked appointments, and saying which of its columns means what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext_lazy as _

from impfzentrum.models.booking import AHEAD
from impfzentrum.procedures.wording_files import describe_refused, name_column
from impfzentrum.rules.booking_columns import NEEDED, SHARED, Columns
from impfzentrum.tables.table import LARGEST_FILE, Unreadable
from impfzentrum.vocabulary import BookingField


class BookingFileForm(forms.Form):
    """A file, and the day for lines that name none."""

    file = forms.FileField(
        label=_("Datei"),
        help_text=_("Excel (.xlsx), CSV oder Kalender (.ics), höchstens 5 MB und 20.000 Zeilen."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.tsv,.txt,.ics"}),
        error_messages={"required": _("Bitte wählen Sie eine Datei."), "empty": _("In der Datei steht nichts.")},
    )
    day = forms.ChoiceField(label=_("Für welchen Tag?"), help_text=_("Zählt nur, wenn in der Datei keine Tage stehen."))
    form_key = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={"required": _("Das Formular kam unvollständig an. Bitte senden Sie es noch einmal.")},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days: forms.ChoiceField = self.fields["day"]  # type: ignore[assignment]
        days.choices = [_name_day(today + timedelta(days=ahead), ahead) for ahead in range(AHEAD.days + 1)]

    def clean_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_FILE:
            raise ValidationError(describe_refused(Unreadable.TOO_LARGE), code="too_large")
        return file

    def clean_day(self) -> date:
        return date.fromisoformat(self.cleaned_data["day"])


def _name_day(day: date, ahead: int) -> tuple[str, str]:
    told = f"{WEEKDAYS_ABBR[day.weekday()]}, {day:%d.%m.%Y}"
    near = {0: _("heute"), 1: _("morgen")}.get(ahead)
    return day.isoformat(), f"{near} ({told})" if near else told


class ColumnsForm(forms.Form):
    """For each kind of value the column of the file that holds it."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        headings: Sequence[str],
        examples: Sequence[Sequence[str]],
        columns: Columns,
    ) -> None:
        super().__init__(data, prefix="column")
        named = [
            (str(place), _with_examples(name_column(place, heading), examples[place]))
            for place, heading in enumerate(headings)
        ]
        for field in BookingField:
            needed = field in NEEDED
            nothing = ("", _("Bitte wählen") if needed else _("steht nicht in der Datei"))
            self.fields[field.value] = forms.ChoiceField(
                label=field.label,
                choices=[nothing, *named],
                required=needed,
                initial=str(columns.get(field.value, "")),
                error_messages={"required": _("Bitte wählen Sie eine Spalte."), "invalid_choice": _("Bitte wählen.")},
            )

    def clean(self) -> dict[str, Any]:
        chosen = self.columns()
        for field, place in chosen.items():
            others = [one for one, at in chosen.items() if at == place and one != field]
            if any(SHARED.get(BookingField(field)) != one and SHARED.get(BookingField(one)) != field for one in others):
                self.add_error(field, _("Diese Spalte ist schon für etwas anderes gewählt."))
        return self.cleaned_data

    def columns(self) -> Columns:
        """The places of the chosen columns."""
        return {field: int(place) for field, place in self.cleaned_data.items() if place}


def _with_examples(name: str, examples: Sequence[str]) -> str:
    shown = ", ".join(one[:20] for one in examples[:2] if one)
    return f"{name} ({shown})" if shown else name
