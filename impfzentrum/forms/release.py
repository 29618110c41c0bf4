"""Giving doses free: what staff type, and the order that follows from it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.clock import ClockField, DosesField, moment_to_come
from impfzentrum.models import Campaign, Centre, OpenedVials, Vaccine
from impfzentrum.procedures.releasing import ReleaseOrder
from impfzentrum.rules.arrival import first_arrival, last_arrival
from impfzentrum.vocabulary import ReleaseReason


class ReleaseForm(forms.Form):
    """A release of today. Times are Berlin wall-clock times of the day on which the form is sent."""

    vaccine = forms.ModelChoiceField(
        label=_("Impfstoff"),
        queryset=Vaccine.objects.none(),
        empty_label=_("Bitte wählen"),
        error_messages={
            "required": _("Bitte wählen Sie den Impfstoff."),
            "invalid_choice": _("Für diesen Impfstoff ist zurzeit keine Impfregel in Kraft."),
        },
    )
    doses = DosesField(label=_("Dosen"))
    use_by = ClockField(
        label=_("Verwendbar bis"),
        help_text=_("Uhrzeit heute, zum Beispiel 18:30"),
        error_messages={"required": _("Bitte geben Sie an, bis wann die Dosen verimpft sein müssen.")},
    )
    arrive_from = ClockField(label=_("Ankunft ab"), required=False, help_text=_("Leer: in 30 Minuten."))
    arrive_until = ClockField(label=_("Ankunft bis"), required=False, help_text=_("Leer: 15 Minuten vor dem Ende."))
    reason = forms.ChoiceField(
        label=_("Warum sind Dosen frei?"),
        choices=ReleaseReason.choices,
        error_messages={
            "required": _("Bitte wählen Sie einen Grund."),
            "invalid_choice": _("Bitte wählen Sie einen Grund aus der Liste."),
        },
    )
    note = forms.CharField(
        label=_("Notiz"),
        max_length=200,
        required=False,
        help_text=_("Nur für das Team. Bitte keine Namen."),
        error_messages={"max_length": _("Bitte höchstens 200 Zeichen.")},
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    vials = forms.ModelChoiceField(
        widget=forms.HiddenInput, required=False, queryset=OpenedVials.objects.none(), to_field_name="public_id"
    )

    def __init__(self, *args: Any, centre: Centre, campaign: Campaign, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.centre, self.campaign, self.now = centre, campaign, now
        rules = campaign.vaccine_rules(campaign.rules_on(now))
        vaccines: forms.ModelChoiceField[Vaccine] = self.fields["vaccine"]  # type: ignore[assignment]
        vaccines.queryset = Vaccine.objects.filter(pk__in=rules.values("vaccine"))
        vials: forms.ModelChoiceField[OpenedVials] = self.fields["vials"]  # type: ignore[assignment]
        vials.queryset = OpenedVials.objects.filter(centre=centre)

    def clean_use_by(self) -> datetime:
        return moment_to_come(self.cleaned_data["use_by"], self.now)

    def clean_arrive_from(self) -> datetime:
        given = self.cleaned_data["arrive_from"]
        return first_arrival(self.now) if given is None else moment_to_come(given, self.now)

    def clean_arrive_until(self) -> datetime | None:
        given = self.cleaned_data["arrive_until"]
        if given is not None:
            return moment_to_come(given, self.now)
        use_by: datetime | None = self.cleaned_data.get("use_by")
        return None if use_by is None else last_arrival(use_by)

    def clean(self) -> dict[str, Any]:
        # What nobody has typed can only be damaged: then it counts as not sent.
        for name in ("seen", "vials"):
            if self.errors.pop(name, None):
                self.cleaned_data[name] = None
        vials = self.cleaned_data.get("vials")
        if vials is not None and vials.vaccine != self.cleaned_data.get("vaccine"):
            self.cleaned_data["vials"] = None  # another vaccine was chosen: these doses come from elsewhere
        if self.errors.pop("form_key", None):
            self.add_error(None, _("Das Formular kam unvollständig an. Bitte senden Sie es noch einmal."))
        use_by, begin, end = (self.cleaned_data.get(name) for name in ("use_by", "arrive_from", "arrive_until"))
        if use_by and end and end > use_by:
            self.add_error("arrive_until", _("Die Ankunft muss vor dem Ende der Verwendbarkeit liegen."))
        elif begin and end and begin >= end:
            self._refuse_empty_window(begin, end)
        return self.cleaned_data

    def _refuse_empty_window(self, begin: datetime, end: datetime) -> None:
        """Put the sentence beside the field that staff have to change."""
        if self["arrive_until"].data:
            self.add_error("arrive_until", _("Das Ende der Ankunft muss nach ihrem Beginn liegen."))
        elif self["arrive_from"].data:
            self.add_error("arrive_from", _("Die Ankunft muss spätestens 15 Minuten vor dem Ende beginnen."))
        else:
            latest = f"{timezone.localtime(begin):%H:%M}"
            self.add_error(
                "use_by",
                _("Das ist zu knapp: Wer jetzt gefragt wird, ist frühestens um {time} Uhr da.").format(time=latest),
            )

    def reach_asked(self) -> tuple[Vaccine, tuple[datetime, datetime]] | None:
        """Vaccine and time of arrival, as far as they can be read: that decides who comes into question.

        While the beginning cannot be read, arrival counts from now on.
        """
        self.full_clean()
        vaccine, begin, end = (self.cleaned_data.get(name) for name in ("vaccine", "arrive_from", "arrive_until"))
        return (vaccine, (begin or self.now, end)) if vaccine and end else None

    def order(self) -> ReleaseOrder:
        """What a valid form orders."""
        return ReleaseOrder(centre=self.centre, campaign=self.campaign, **self.cleaned_data)

    def renew_key(self) -> None:
        """Show the form again under a new key, after the old one was lost or damaged on the way."""
        data = QueryDict(urlencode(self.data, doseq=True), mutable=True)
        data["form_key"] = str(uuid.uuid4())
        self.data = data
