"""The code that came by SMS."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout, Submit
from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.fields import tidy


class CodeField(forms.CharField):
    """Six digits; spaces and hyphens between them do no harm."""

    def to_python(self, value: Any) -> str:
        return tidy(super().to_python(value) or "").replace(" ", "").replace("-", "")


class CodeForm(forms.Form):
    """The one field of the page that proves a mobile number."""

    code = CodeField(
        label=_("Code aus der SMS"),
        help_text=_("Sechs Ziffern"),
        error_messages={"required": _("Bitte geben Sie den Code aus der SMS ein.")},
        validators=[RegexValidator(r"^\d{6}$", _("Der Code hat sechs Ziffern."))],
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_class = "form sheet"
        button = Submit("", _("Bestätigen"), css_id="prove-submit")
        self.helper.layout = Layout("code", Div(button, css_class="actions"))
