"""The last word of a visit: how it went, and what to do better."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.asking import TrapMixin
from impfzentrum.vocabulary import FeedbackFrom

LETTERS = 2000

RATING_WORDS = [(5, _("sehr gut")), (4, _("gut")), (3, _("mittel")), (2, _("schlecht")), (1, _("sehr schlecht"))]


class FeedbackForm(TrapMixin):
    """A rating, a text, or both."""

    rating = forms.TypedChoiceField(
        label=_("Wie kamen Sie zurecht?"),
        choices=RATING_WORDS,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("Was sollen wir besser machen?"),
        help_text=_("Bitte keine Namen, Nummern oder Angaben zur Gesundheit. Antworten können wir hier nicht."),
        required=False,
        max_length=LETTERS,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        error_messages={"max_length": _("Bitte kürzen Sie den Text auf höchstens %(limit_value)d Zeichen.")},
    )
    page = forms.ChoiceField(choices=FeedbackFrom.choices, required=False, widget=forms.HiddenInput)

    def clean_page(self) -> FeedbackFrom:
        return FeedbackFrom(self.cleaned_data["page"] or FeedbackFrom.OTHER)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and data.get("rating") is None and not data.get("text"):
            raise ValidationError(_("Bitte wählen Sie eine Antwort oder schreiben Sie ein paar Worte."), code="empty")
        return data
