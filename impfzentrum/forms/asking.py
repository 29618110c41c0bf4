"""A contact in one field, mobile or e-mail, as people type it; and the field that only machines fill in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.fields import EMAIL_LIMIT, OneEmailField, tidy
from impfzentrum.forms.numbers import MobileField
from impfzentrum.vocabulary import Channel


class ContactField(forms.CharField):
    """A mobile number or an e-mail address; the value is the channel with the contact as it is stored."""

    widget = forms.TextInput(attrs={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"})

    def to_python(self, value: Any) -> Any:
        text = tidy(super().to_python(value) or "")
        if not text:
            return None
        if len(text) > EMAIL_LIMIT:
            raise ValidationError(_("Das ist zu lang für eine Nummer oder Adresse."), code="long")
        if any(sign.isalpha() for sign in text) or "@" in text:
            return Channel.EMAIL, OneEmailField().clean(text)
        return Channel.SMS, MobileField().clean(text)


class TrapMixin(forms.Form):
    """A field that nobody sees: who fills it in is a machine."""

    website = forms.CharField(label=_("Bitte leer lassen"), required=False)

    @property
    def trapped(self) -> bool:
        """Whether the hidden field was filled in. Such a form is answered as if all were well, and nothing is done."""
        return bool(self.data.get("website"))


class LostLinkForm(TrapMixin):
    contact = ContactField(
        label=_("Mobilnummer oder E-Mail-Adresse"),
        help_text=_("Die, mit der Sie sich eingetragen haben. Zum Beispiel 0171 1234567 oder name@beispiel.de."),
        error_messages={"required": _("Bitte geben Sie Ihre Mobilnummer oder Ihre E-Mail-Adresse ein.")},
    )


class OpeningForm(TrapMixin):
    email = OneEmailField(
        label=_("E-Mail-Adresse"),
        help_text=_("Wir nutzen sie nur für diese eine Nachricht und löschen sie danach."),
        error_messages={"required": _("Bitte geben Sie Ihre E-Mail-Adresse ein.")},
    )
