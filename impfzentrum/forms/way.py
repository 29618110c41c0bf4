"""When and how fast somebody can come: days and hours, the centre, and the minutes, estimated where nobody says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.availability import PART_NAMES, TIMES, AvailabilityFields
from impfzentrum.forms.fields import MinutesField
from impfzentrum.forms.parts import Fact, PartForm, for_any_fault
from impfzentrum.models import Centre
from impfzentrum.models.standby import TRAVEL_LIMIT
from impfzentrum.rules.availability import ALWAYS, list_parts
from impfzentrum.templatetags.telling import span


class CentreField(forms.ModelChoiceField[Centre]):
    """Centres as radio buttons, each with the way there as far as it is known."""

    minutes: dict[int, int]

    def label_from_instance(self, obj: Centre) -> str:
        minutes = self.minutes.get(obj.pk)
        if minutes is None:
            return obj.name
        return gettext("%(centre)s, etwa %(minutes)d Minuten von Ihnen") % {"centre": obj.name, "minutes": minutes}


class WayForm(PartForm, AvailabilityFields):
    """Minutes that are left empty are the estimate from postcode to postcode; without one they are asked for."""

    centre = CentreField(
        Centre.objects.none(),
        label=_("Impfzentrum"),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages=for_any_fault(_("Bitte wählen Sie ein Impfzentrum.")),
    )
    travel_minutes = MinutesField(
        label=_("Wie viele Minuten brauchen Sie von zu Hause bis zum Impfzentrum?"),
        limit=TRAVEL_LIMIT,
        error_messages={"required": _("Bitte geben Sie an, wie viele Minuten Sie brauchen.")},
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric", "autocomplete": "off"}),
    )
    field_order = ("any_time", "times", "centre", "travel_minutes")

    def adapt(self) -> None:
        centres, estimates = self.circumstances.centres, self.circumstances.estimates
        field, minutes = self.fields["centre"], self.fields["travel_minutes"]
        assert isinstance(field, CentreField)  # noqa: S101  # tells the type checker which field this is
        field.minutes = estimates
        field.queryset = Centre.objects.filter(county=self.circumstances.campaign.county_id)
        self.only = centres[0] if len(centres) == 1 else None
        if self.only is not None:
            del self.fields["centre"]
            minutes.initial = estimates.get(self.only.pk)
        minutes.required = minutes.widget.is_required = not estimates
        minutes.help_text = _explain(bool(estimates), several=self.only is None)

    def lay_out(self) -> Iterable[object]:
        return ["any_time", TIMES, *(["centre"] if "centre" in self.fields else []), "travel_minutes"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        centre = data["centre"] = self.only or data.get("centre")
        if data.get("travel_minutes") is None and "travel_minutes" not in self.errors:
            estimate = self.circumstances.estimates.get(centre.pk) if centre else None
            data["estimated"] = estimate is not None
            data["travel_minutes"] = estimate
            if estimate is not None and estimate > TRAVEL_LIMIT:
                too_far = self.fields["travel_minutes"].error_messages["too_far"]
                self.add_error("travel_minutes", ValidationError(too_far, params={"limit": TRAVEL_LIMIT}))
            elif estimate is None and centre is not None:
                self.add_error("travel_minutes", self.fields["travel_minutes"].error_messages["required"])
        return data

    def tell(self) -> list[Fact]:
        data = self.cleaned_data
        way = span(data["travel_minutes"])
        if data.get("estimated"):
            way = gettext("%(way)s, von uns geschätzt") % {"way": way}
        return [
            Fact(_("Zeiten"), _tell_times(data["availability"])),
            Fact(_("Impfzentrum"), data["centre"].name),
            Fact(_("Ihr Weg dorthin"), way),
        ]


def _explain(estimated: bool, *, several: bool) -> str:
    if not estimated:
        return gettext("Von Tür zu Tür. So fragen wir Sie nur, wenn Sie es rechtzeitig schaffen.")
    if several:
        return gettext(
            "Leer lassen heißt: unsere Schätzung oben. Sie rechnet mit der geraden Linie zwischen den Orten, 45 km/h "
            "und zehn Minuten für Aufbruch und Parken. Brauchen Sie länger, schreiben Sie es hier."
        )
    return gettext(
        "Aus Ihrer Postleitzahl geschätzt: gerade Linie zwischen den Orten mit 45 km/h, dazu zehn Minuten für Aufbruch "
        "und Parken. Brauchen Sie länger, ändern Sie die Zahl. So fragen wir Sie nur, wenn Sie es rechtzeitig schaffen."
    )


def _tell_times(availability: int) -> str:
    if availability == ALWAYS:
        return gettext("jederzeit")
    days = []
    for day in range(7):
        if parts := list_parts(availability, day):
            days.append(f"{WEEKDAYS[day]} {', '.join(str(PART_NAMES[part]) for part in parts)}")
    return "; ".join(days)
