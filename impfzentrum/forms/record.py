"""What somebody looks for in the record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.period import LONGEST, USUAL, DayField
from impfzentrum.forms.setting_up import WholeNumberField
from impfzentrum.models import County, Release, StandbyEntry
from impfzentrum.procedures.naming_events import TOPICS, Topic, actions_of
from impfzentrum.procedures.reporting import bounds_of_days
from impfzentrum.procedures.searching_record import Search, find_person
from impfzentrum.procedures.wording import name_staff

REFERENCE = _("Nummer des Eintrags oder Angebots, oder der Code vom Einlass. Kein Name, keine Telefonnummer.")


class PersonField(forms.CharField):
    """A person by reference; `county` is set by the form."""

    county: County

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 60)
        kwargs.setdefault("help_text", REFERENCE)
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> StandbyEntry | None:
        text = super().clean(value)
        if not text:
            return None
        person = find_person(self.county, text)
        if person is None:
            raise ValidationError(_("Unter dieser Nummer ist in Ihrem Landkreis niemand bekannt."), code="unknown")
        return person


class CountyScopedForm(forms.Form):
    """Persons, centres and releases of one county only."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, county: County, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.county = county
        for field in self.fields.values():
            if isinstance(field, PersonField):
                field.county = county
        centres = [(str(centre.pk), centre.name) for centre in county.centres.all()]
        self.fields["centre"].choices = [("", _("alle")), *centres]  # type: ignore[attr-defined]  # a ChoiceField

    def find_release(self) -> Release | None:
        """The release of the centre and number that were typed; a fault beside the number where there is none."""
        number, centre = self.cleaned_data.get("number"), self.cleaned_data.get("centre")
        if number is None or self.errors:
            return None
        if not centre:
            self.add_error("centre", _("Bitte wählen Sie dazu das Impfzentrum."))
            return None
        releases = Release.objects.select_related("centre__county", "campaign", "vaccine", "draw")
        release = releases.filter(centre=centre, centre__county=self.county, number=number).first()
        if release is None:
            self.add_error("number", _("Diese Freigabe gibt es in diesem Impfzentrum nicht."))
        return release


class SearchForm(CountyScopedForm):
    """Everything may be left empty; the period is thirty days where nobody said otherwise."""

    person = PersonField(label=_("Person"), required=False)
    centre = forms.ChoiceField(label=_("Impfzentrum"), required=False)
    number = WholeNumberField(label=_("Freigabe Nr."), required=False, min_value=1)
    staff = forms.ChoiceField(label=_("Wer"), required=False)
    topic = forms.ChoiceField(label=_("Was"), required=False, choices=[("", _("alles")), *TOPICS.items()])
    start = DayField(label=_("Von"))
    end = DayField(label=_("Bis"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(membership__county=self.county).order_by("last_name", "username")
        self.fields["staff"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", _("alle")),
            *((str(one.pk), name_staff(one)) for one in people),
        ]

    def clean(self) -> dict[str, Any]:
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if start and end and end < start:
            self.add_error("end", _("Der letzte Tag liegt vor dem ersten."))
        elif start and end and end - start >= LONGEST:
            self.add_error("end", _("Bitte wählen Sie höchstens ein Jahr."))
        self.cleaned_data["release"] = self.find_release()
        return self.cleaned_data

    def search(self) -> Search:
        """What a valid form looks for."""
        begin, end = bounds_of_days(self.cleaned_data["start"], self.cleaned_data["end"])
        topic, staff = self.cleaned_data["topic"], self.cleaned_data["staff"]
        return Search(
            county=self.county,
            start=begin,
            end=end,
            person=self.cleaned_data["person"],
            release=self.cleaned_data["release"],
            actor=int(staff) if staff else None,
            actions=tuple(actions_of(Topic(topic))) if topic else (),
        )

    @classmethod
    def for_query(cls, query: Mapping[str, Any], county: County, *, today: date) -> SearchForm:
        """The form as asked for; without any day, the last thirty ones."""
        usual = {"start": f"{today - USUAL:%d.%m.%Y}", "end": f"{today:%d.%m.%Y}"}
        asked = {name: query[name] for name in cls.base_fields if name in query}
        return cls(usual | asked, county=county)


class WhyForm(CountyScopedForm):
    """A release and one or two persons."""

    centre = forms.ChoiceField(
        label=_("Impfzentrum"), error_messages={"required": _("Bitte wählen Sie das Impfzentrum.")}
    )
    number = WholeNumberField(
        label=_("Freigabe Nr."), min_value=1, error_messages={"required": _("Bitte geben Sie die Nummer an.")}
    )
    person = PersonField(label=_("Person"), error_messages={"required": _("Bitte geben Sie die Nummer der Person an.")})
    other = PersonField(label=_("Andere Person, zum Vergleich"), required=False)

    def clean(self) -> dict[str, Any]:
        self.cleaned_data["release"] = self.find_release()
        return self.cleaned_data
