"""Stopping all sending: what staff type."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class StopForm(forms.Form):
    """Why. Whoever comes after reads it."""

    reason = forms.CharField(
        label=_("Grund"),
        max_length=200,
        help_text=_("Steht im Protokoll und auf den Seiten der Impfzentren. Bitte keine Namen."),
        error_messages={
            "required": _("Bitte nennen Sie den Grund."),
            "max_length": _("Bitte höchstens 200 Zeichen."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
