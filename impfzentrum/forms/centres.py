"""Further centres: a row for each other centre of the county, a box and the minutes from door to door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Fieldset, Layout, Submit
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.fields import MinutesField
from impfzentrum.models import Centre
from impfzentrum.models.standby import TRAVEL_LIMIT

MINUTES_SUGGESTED = (10, 20, 30, 45, 60)


class FurtherCentresForm(forms.Form):
    """`cleaned_data["chosen"]` maps the ticked centres (primary keys) to minutes; a row without a tick says nothing."""

    use_required_attribute = False
    """Minutes are missing only where there is a tick, and a browser cannot know that."""

    def __init__(
        self, centres: Sequence[Centre], stored: Mapping[int, int], data: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data)
        self.centres = centres
        for centre in centres:
            minutes = stored.get(centre.pk)
            self.fields[_box(centre)] = forms.BooleanField(
                label=centre.name, required=False, initial=minutes is not None
            )
            self.fields[_way(centre)] = _ask_minutes(centre, minutes)
        self.helper = FormHelper()
        self.helper.form_class = "form sheet"
        self.helper.form_id = "further-centres"
        button = Submit("", _("Impfzentren speichern"), css_id="further-centres-submit")
        rows = [Div(_box(centre), _way(centre), css_class="also") for centre in centres]
        suggestions = HTML('{% include "citizen/fields/minutes_suggested.html" %}')
        self.helper.layout = Layout(
            Fieldset(_("Hierhin würde ich auch kommen"), *rows), suggestions, Div(button, css_class="actions")
        )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        data["chosen"] = {}
        for centre in self.centres:
            if not data.get(_box(centre)):
                self.errors.pop(_way(centre), None)  # whatever stands in a row without a tick is not meant
            elif _way(centre) in data:
                data["chosen"][centre.pk] = data[_way(centre)]
        return data


def _box(centre: Centre) -> str:
    return f"centre_{centre.pk}"


def _way(centre: Centre) -> str:
    return f"minutes_{centre.pk}"


def _ask_minutes(centre: Centre, minutes: int | None) -> MinutesField:
    names = {"centre": centre.name}
    attributes = {"class": "short", "inputmode": "numeric", "list": "minutes-suggested", "autocomplete": "off"}
    return MinutesField(
        label=gettext("Minuten von Tür zu Tür: %(centre)s") % names,
        limit=TRAVEL_LIMIT,
        initial=minutes,
        error_messages={"required": gettext("Bitte geben Sie an, wie viele Minuten Sie brauchen: %(centre)s.") % names},
        widget=forms.TextInput(attrs=attributes),
    )
