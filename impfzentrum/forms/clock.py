"""Fields for what people at a counter type: a time of day, a number of doses."""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from impfzentrum.models.release import DOSES_LIMIT
from impfzentrum.rules.arrival import at_clock

_CLOCK = re.compile(r"(?P<hour>[0-9]{1,2})(?:[:.]?(?P<minute>[0-9]{2}))?\s*(?:Uhr|h)?", re.ASCII)


class ClockField(forms.TimeField):
    """A time of day in 24 hours. "18:30", "18.30 Uhr", "1830" and, for full hours, "18" are understood.

    Plain text on purpose: the browser's own time field shows AM and PM wherever the browser is set to English.
    """

    widget = forms.TimeInput(format="%H:%M", attrs={"inputmode": "numeric", "autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        messages = {"invalid": _("Das ist keine Uhrzeit. Bitte schreiben Sie zum Beispiel 18:30.")}
        messages |= kwargs.pop("error_messages", {})
        super().__init__(input_formats=["%H:%M"], error_messages=messages, **kwargs)

    def to_python(self, value: Any) -> time | None:
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        found = _CLOCK.fullmatch(value.strip())
        if found is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(f"{found['hour']}:{found['minute'] or '00'}")


def moment_to_come(clock: time, now: datetime) -> datetime:
    """This time of day as a moment after `now`. Raises ValidationError for one that is over."""
    moment = at_clock(clock, timezone.localtime(now))
    if moment <= now:
        raise ValidationError(
            _("{clock} Uhr liegt in der Vergangenheit: Es ist {now} Uhr. Freigaben gelten nur für heute.").format(
                clock=f"{clock:%H:%M}", now=f"{timezone.localtime(now):%H:%M}"
            ),
            code="past",
        )
    return moment


class DosesField(forms.IntegerField):
    """A whole number of doses, 1 to 200.

    Digits only: Django would read "10.000" as 10, and ten thousand doses must not become ten.
    """

    def __init__(self, **kwargs: Any) -> None:
        limits = format_lazy(_("Bitte geben Sie eine Zahl von 1 bis {limit} ein."), limit=DOSES_LIMIT)
        super().__init__(
            min_value=1,
            max_value=DOSES_LIMIT,
            error_messages={
                "required": _("Bitte geben Sie ein, wie viele Dosen frei sind."),
                "invalid": _("Bitte geben Sie eine ganze Zahl ein, zum Beispiel 6."),
                "min_value": limits,
                "max_value": limits,
                **kwargs.pop("error_messages", {}),
            },
            widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            **kwargs,
        )

    def to_python(self, value: Any) -> int | None:
        text = str(value or "").strip()
        if text and not re.fullmatch(r"-?[0-9]{1,9}", text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)
