"""Telephone numbers as people write them."""

from __future__ import annotations

import re
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from impfzentrum.forms.fields import tidy

_PHONE_SIGNS = re.compile(r"^[\d\s()+./–-]+$")


class MobileField(forms.CharField):
    """A mobile number as people write it; the value is E.164. Without a country code it is a German number."""

    widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"})
    default_error_messages = {
        "signs": _("Bitte geben Sie nur die Nummer ein, ohne Buchstaben, zum Beispiel 0171 1234567."),
        "invalid": _("Diese Nummer gibt es so nicht. Bitte prüfen Sie, ob eine Ziffer fehlt oder zu viel ist."),
        "landline": _("Das ist eine Festnetznummer. Wir schreiben SMS, dafür brauchen wir eine Mobilnummer."),
        "special": _("Das ist keine Mobilnummer einer Person, sondern eine Sondernummer."),
    }

    def to_python(self, value: Any) -> str:
        text = tidy(super().to_python(value) or "")
        if not text:
            return ""
        if not _PHONE_SIGNS.match(text):
            raise ValidationError(self.error_messages["signs"], code="signs")
        number = self._parse(text)
        kind = phonenumbers.number_type(number)
        if kind == PhoneNumberType.FIXED_LINE:
            raise ValidationError(self.error_messages["landline"], code="landline")
        if kind not in {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}:
            raise ValidationError(self.error_messages["special"], code="special")
        return phonenumbers.format_number(number, PhoneNumberFormat.E164)

    def _parse(self, text: str) -> PhoneNumber:
        try:
            number = phonenumbers.parse(text.replace("(0)", "") if text.startswith(("+", "00")) else text, "DE")
        except NumberParseException:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        if not phonenumbers.is_valid_number(number):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return number


_PEOPLE_ANSWER = {
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.PERSONAL_NUMBER,
    PhoneNumberType.VOIP,
}


class CallNumberField(MobileField):
    """Any number on which a person answers, a landline too; the value is E.164. No service or premium number."""

    default_error_messages = {
        "special": _("Das ist keine Nummer einer Person, sondern eine Sondernummer."),
        "local": _("Hier fehlt die Vorwahl, zum Beispiel 05631 für Korbach."),
    }

    def to_python(self, value: Any) -> str:
        text = tidy(forms.CharField.to_python(self, value) or "")
        if not text:
            return ""
        if not _PHONE_SIGNS.match(text):
            raise ValidationError(self.error_messages["signs"], code="signs")
        if not text.startswith(("0", "(0", "+")):
            raise ValidationError(self.error_messages["local"], code="local")
        number = self._parse(text)
        if phonenumbers.number_type(number) not in _PEOPLE_ANSWER:
            raise ValidationError(self.error_messages["special"], code="special")
        return phonenumbers.format_number(number, PhoneNumberFormat.E164)
