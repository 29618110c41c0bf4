"""Changing a running release: what staff type. `stand` carries what the form was shown with."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.clock import ClockField, DosesField, moment_to_come
from impfzentrum.models import Release
from impfzentrum.procedures.retiming import Times
from impfzentrum.rules.arrival import last_arrival


class DosesForm(forms.Form):
    """How many doses are added or taken back. Without a readable stand nothing is changed, so none is required."""

    doses = DosesField(
        label=_("Dosen"), error_messages={"required": _("Bitte geben Sie ein, um wie viele Dosen es geht.")}
    )
    stand = forms.CharField(widget=forms.HiddenInput, required=False)


class TimesForm(forms.Form):
    """The times of a release as Berlin wall-clock times. One that is left as it was shown stays that very moment."""

    use_by = ClockField(
        label=_("Verwendbar bis"),
        help_text=_("Uhrzeit heute, zum Beispiel 18:30"),
        error_messages={"required": _("Bitte geben Sie an, bis wann die Dosen verimpft sein müssen.")},
    )
    arrive_from = ClockField(label=_("Ankunft ab"), required=False, help_text=_("Leer: wie bisher."))
    arrive_until = ClockField(label=_("Ankunft bis"), required=False, help_text=_("Leer: 15 Minuten vor dem Ende."))
    stand = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, release: Release, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.release, self.now = release, now

    def clean_use_by(self) -> datetime:
        return self._read("use_by", self.cleaned_data["use_by"])

    def clean_arrive_from(self) -> datetime:
        """A beginning that is over may stay as it was: people are arriving already."""
        given = self.cleaned_data["arrive_from"]
        return self.release.arrive_from if given is None else self._read("arrive_from", given)

    def clean_arrive_until(self) -> datetime | None:
        given = self.cleaned_data["arrive_until"]
        if given is not None:
            return (
                moment_to_come(given, self.now) if self._is_over("arrive_until") else self._read("arrive_until", given)
            )
        use_by: datetime | None = self.cleaned_data.get("use_by")
        return None if use_by is None else last_arrival(use_by)

    def clean(self) -> dict[str, Any]:
        use_by, begin, end = (self.cleaned_data.get(name) for name in ("use_by", "arrive_from", "arrive_until"))
        if use_by and end and end > use_by:
            self.add_error("arrive_until", _("Die Ankunft muss vor dem Ende der Verwendbarkeit liegen."))
        elif begin and end and begin >= end:
            self.add_error("arrive_until", _("Das Ende der Ankunft muss nach ihrem Beginn liegen."))
        return self.cleaned_data

    def times(self) -> Times:
        """What a valid form asks for."""
        return Times(**{name: self.cleaned_data[name] for name in ("use_by", "arrive_from", "arrive_until")})

    def _read(self, name: str, given: time) -> datetime:
        shown: datetime = getattr(self.release, name)
        return shown if given == _clock_of(shown) else moment_to_come(given, self.now)

    def _is_over(self, name: str) -> bool:
        over: bool = getattr(self.release, name) <= self.now
        return over


def _clock_of(moment: datetime) -> time:
    return timezone.localtime(moment).time().replace(second=0, microsecond=0)


def clocks_of(release: Release) -> dict[str, time]:
    """The times of a release as the form shows them."""
    return {name: _clock_of(getattr(release, name)) for name in ("use_by", "arrive_from", "arrive_until")}
