"""Fields for what people at a counter type: a time of day, a number of doses."""

from __future__ import annotations

import re
from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from impfzentrum.models.release import DOSES_LIMIT


class ClockField(forms.TimeField):
    """A time of day. "18:30", "18.30" and "18:30 Uhr" are the same."""

    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time", "autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        messages = {"invalid": _("Das ist keine Uhrzeit. Bitte schreiben Sie zum Beispiel 18:30.")}
        messages |= kwargs.pop("error_messages", {})
        super().__init__(input_formats=["%H:%M", "%H.%M", "%H:%M:%S"], error_messages=messages, **kwargs)

    def to_python(self, value: Any) -> time | None:
        return super().to_python(value.strip().removesuffix("Uhr").strip() if isinstance(value, str) else value)


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
            },
            widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            **kwargs,
        )

    def to_python(self, value: Any) -> int | None:
        text = str(value or "").strip()
        if text and not re.fullmatch(r"-?[0-9]{1,9}", text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)
