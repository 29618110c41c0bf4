"""The login of staff."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class StaffLoginForm(AuthenticationForm):
    """Name and password. One sentence for every failure, so that nobody learns which names exist."""

    error_messages = {
        "invalid_login": _("Name und Passwort passen nicht zusammen. Bitte prüfen Sie auch die Großschreibung."),
        "inactive": _("Dieses Konto ist gesperrt. Bitte wenden Sie sich an Ihre Leitung."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Benutzername")
        self.fields["username"].error_messages["required"] = _("Bitte geben Sie Ihren Benutzernamen ein.")
        self.fields["password"].error_messages["required"] = _("Bitte geben Sie Ihr Passwort ein.")
        self.helper = FormHelper()
        self.helper.form_class = "form"
        self.helper.add_input(Submit("", _("Anmelden")))
