"""Who somebody is, and how we reach them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from crispy_forms.layout import HTML
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.fields import NameField, OneEmailField
from impfzentrum.forms.numbers import MobileField
from impfzentrum.forms.parts import Fact, PartForm
from impfzentrum.templatetags.telling import phone

ONE_CONTACT = HTML('{% include "citizen/fields/one_contact.html" %}')
HOME = "+49"


class ContactForm(PartForm):
    """Name and at least one way to reach the person. Foreign numbers only where the county sends there."""

    given_name = NameField(
        label=_("Vorname"),
        error_messages={"required": _("Bitte geben Sie Ihren Vornamen ein.")},
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    family_name = NameField(
        label=_("Familienname"),
        error_messages={"required": _("Bitte geben Sie Ihren Familiennamen ein.")},
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    mobile = MobileField(label=_("Mobilnummer"), required=False, help_text=_("Der schnellste Weg zu Ihnen."))
    email = OneEmailField(label=_("E-Mail-Adresse"), required=False)

    def lay_out(self) -> Iterable[object]:
        return ["given_name", "family_name", ONE_CONTACT, "mobile", "email"]

    def clean_mobile(self) -> str:
        number: str = self.cleaned_data["mobile"]
        if number and not number.startswith(HOME) and not self.circumstances.campaign.county.sms_abroad:
            raise ValidationError(
                _("An ausländische Nummern schickt der Landkreis keine SMS. Bitte geben Sie eine E-Mail-Adresse an.")
            )
        return number

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.circumstances.called:
            return data
        if not (data.get("mobile") or data.get("email") or self.errors.keys() & {"mobile", "email"}):
            self.add_error("mobile", _("Bitte geben Sie eine Mobilnummer oder eine E-Mail-Adresse an."))
        return data

    def tell(self) -> list[Fact]:
        data = self.cleaned_data
        facts = [
            Fact(_("Name"), f"{data['given_name']} {data['family_name']}"),
            Fact(_("Mobilnummer"), phone(data["mobile"]) if data["mobile"] else ""),
            Fact(_("E-Mail"), data["email"]),
        ]
        return [fact for fact in facts if fact.value]
