"""Days and hours: "any time" in one tap, or a small table of a week to tick."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout, Submit
from django import forms
from django.forms.boundfield import BoundWidget
from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from impfzentrum.rules.availability import ALWAYS, PARTS, WEEK, Part, list_parts

ANY_TIME, SOME_TIMES = "always", "some"

PART_NAMES = {
    Part.MORNING: _("bis 12 Uhr"),
    Part.AFTERNOON: _("12 bis 17 Uhr"),
    Part.EVENING: _("ab 17 Uhr"),
}

TIMES = Field("times", template="citizen/fields/times.html")
"""How the table is laid out in a crispy form."""


@dataclass(frozen=True, slots=True)
class DayRow:
    """A line of the table: a weekday and the boxes of its parts, each with the name of its part."""

    name: str | Promise
    boxes: list[tuple[str | Promise, BoundWidget]]


class AvailabilityFields(forms.Form):
    """The two fields for forms that ask about days and hours; `cleaned_data["availability"]` is their one number."""

    any_time = forms.ChoiceField(
        label=_("Wann könnten Sie kurzfristig kommen?"),
        help_text=_("Wird eine Dosis frei, bleiben meist nur wenige Stunden."),
        widget=forms.RadioSelect,
        initial=ANY_TIME,
        choices=[(ANY_TIME, _("Jederzeit")), (SOME_TIMES, _("Nur an bestimmten Tagen oder zu bestimmten Zeiten"))],
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), _("Bitte wählen Sie „Jederzeit“ oder bestimmte Zeiten.")
        ),
    )
    times = forms.TypedMultipleChoiceField(
        label=_("An diesen Tagen und zu diesen Zeiten"),
        required=False,
        coerce=int,
        empty_value=[],
        widget=forms.CheckboxSelectMultiple,
        choices=[(number, "") for number in range(WEEK)],
        error_messages={"invalid_choice": _("Diese Zeit gibt es nicht. Bitte wählen Sie aus der Tabelle.")},
    )

    def part_names(self) -> list[str | Promise]:
        """The heads of the columns."""
        return list(PART_NAMES.values())

    def day_rows(self) -> list[DayRow]:
        """The table: a line a day."""
        boxes = list(self["times"].subwidgets)
        return [
            DayRow(WEEKDAYS[day], list(zip(PART_NAMES.values(), boxes[day * PARTS : (day + 1) * PARTS], strict=True)))
            for day in range(7)
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("any_time") == SOME_TIMES:
            data["availability"] = sum(1 << number for number in data.get("times", []))
            if not data["availability"] and "times" not in self.errors:
                self.add_error("times", _("Bitte kreuzen Sie mindestens eine Zeit an, oder wählen Sie „Jederzeit“."))
        else:
            data["availability"] = ALWAYS
        return data


def tick_times(availability: int) -> dict[str, Any]:
    """The two fields as they stand for somebody with these parts of a week."""
    if availability == ALWAYS:
        return {"any_time": ANY_TIME, "times": []}
    ticked = [day * PARTS + part for day in range(7) for part in list_parts(availability, day)]
    return {"any_time": SOME_TIMES, "times": ticked}


class AvailabilityForm(AvailabilityFields):
    """Other days and hours for somebody on the list."""

    def __init__(self, availability: int, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=tick_times(availability))
        self.helper = FormHelper()
        self.helper.form_class = "form sheet"
        self.helper.form_id = "hours"
        button = Submit("", _("Zeiten speichern"), css_id="hours-submit")
        self.helper.layout = Layout("any_time", TIMES, Div(button, css_class="actions"))


class ReadyForm(forms.Form):
    """One tap: until when today."""

    until = forms.TimeField(input_formats=["%H:%M"])
