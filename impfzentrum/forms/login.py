"""The login of staff: name and password, then the code, and the setting up of what shows it."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class StaffLoginForm(AuthenticationForm):
    """Name and password. One sentence for every failure, so that nobody learns which names exist."""

    error_messages = {
        "invalid_login": _("Name und Passwort passen nicht zusammen. Bitte prüfen Sie auch die Großschreibung."),
        "inactive": _("Name und Passwort passen nicht zusammen. Bitte prüfen Sie auch die Großschreibung."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Benutzername")
        self.fields["username"].help_text = _("Wer eingeladen wurde: die E-Mail-Adresse der Einladung.")
        self.fields["username"].error_messages["required"] = _("Bitte geben Sie Ihren Benutzernamen ein.")
        self.fields["password"].error_messages["required"] = _("Bitte geben Sie Ihr Passwort ein.")
        self.helper = FormHelper()
        self.helper.form_class = "form"
        self.helper.add_input(Submit("", _("Anmelden")))

    def clean_username(self) -> str:
        """An e-mail address in small letters, as it is stored; any other name as it was typed."""
        name: str = self.cleaned_data["username"].strip()
        return name.lower() if "@" in name else name


class AppCodeForm(forms.Form):
    """The first code of a new app."""

    code = forms.CharField(
        label=_("Code aus der App"),
        help_text=_("Sechs Ziffern, alle 30 Sekunden neu."),
        max_length=20,
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": _("Bitte geben Sie den Code ein.")},
    )

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split())


class FactorForm(AppCodeForm):
    """The code at the login: of the app, or one on paper."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")
        self.fields["code"].help_text = _("Sechs Ziffern aus der App, oder einer Ihrer Ersatzcodes.")
        self.fields["code"].widget.attrs |= {"inputmode": "text", "autocapitalize": "characters", "autofocus": True}
