"""Drawing lots anew: what staff type."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class RedrawForm(forms.Form):
    """Why, and that they mean it. `stand`: how often staff had drawn anew when the form was shown."""

    reason = forms.CharField(
        label=_("Grund"),
        max_length=200,
        help_text=_("Wird veröffentlicht. Bitte keine Namen und nichts, woran jemand zu erkennen ist."),
        error_messages={
            "required": _("Bitte nennen Sie den Grund."),
            "max_length": _("Bitte höchstens 200 Zeichen."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    stand = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    agreed = forms.BooleanField(
        label=_("Ja, die Reihenfolge von heute soll durch eine neue ersetzt werden."),
        error_messages={"required": _("Bitte bestätigen Sie, dass neu gelost werden soll.")},
    )

    def order(self) -> dict[str, Any]:
        """What a valid form asks for."""
        return {"reason": self.cleaned_data["reason"], "stand": self.cleaned_data["stand"]}
