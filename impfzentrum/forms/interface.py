"""A new key for a booking system, and what such a system may say."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.fields import tidy
from impfzentrum.models.interface import EVENT_LIMIT
from impfzentrum.rules.booking_values import REFERENCE_LENGTH


class InterfaceKeyForm(forms.Form):
    name = forms.CharField(
        label=_("Für welches System?"),
        help_text=_("Zum Beispiel „Terminportal des Landes“. So finden Sie den Schlüssel wieder."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Bitte geben Sie dem Schlüssel einen Namen."),
            "max_length": _("Bitte höchstens 60 Zeichen."),
        },
    )
    form_key = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={"required": _("Das Formular kam unvollständig an. Bitte senden Sie es noch einmal.")},
    )

    def clean_name(self) -> str:
        return tidy(self.cleaned_data["name"])


class Cancellation:
    """The body of a report. `faults` names each field that is wrong, in English: programmers read it."""

    def __init__(self, body: object) -> None:
        told = body if isinstance(body, dict) else {}
        self.faults: dict[str, str] = {} if isinstance(body, dict) else {"": "must be a JSON object"}
        self.event_id = self._text(told, "event_id", EVENT_LIMIT)
        self.reference = " ".join(self._text(told, "reference", REFERENCE_LENGTH).split())
        for name in sorted(set(told) - {"event_id", "reference"}, key=str):
            self.faults[str(name)[:60]] = "unknown field"

    def _text(self, told: dict[str, Any], name: str, limit: int) -> str:
        """A non-empty text; a whole number counts as its digits."""
        value = told.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not value.strip():
            self.faults[name] = "required, a non-empty string"
            return ""
        if len(value) > limit or "\0" in value:
            self.faults[name] = f"at most {limit} characters, no NUL"
            return ""
        return value
