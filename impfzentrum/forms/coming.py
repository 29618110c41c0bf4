"""Can I come? Birth date and home."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from crispy_forms.layout import Field
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.fields import BirthDateField, tidy
from impfzentrum.forms.parts import Fact, PartForm
from impfzentrum.templatetags.telling import day_of_year


class PostcodeField(forms.CharField):
    """Five digits; "D-34497" and "34497 Korbach" are understood."""

    def to_python(self, value: Any) -> str:
        text = tidy(super().to_python(value) or "").upper().removeprefix("D-").removeprefix("D ")
        digits, _space, place = text.partition(" ")
        return digits if len(digits) == 5 and place.replace(" ", "").replace("-", "").isalpha() else text


class ComingForm(PartForm):
    """The postcode is a duty only where the list is for residents; it also tells how far the way is."""

    birth_date = BirthDateField(
        label=_("Geburtsdatum"),
        help_text=_("Zum Beispiel 1.4.1950. Für jeden Impfstoff gilt ein Alter."),
        error_messages={"required": _("Bitte geben Sie Ihr Geburtsdatum ein.")},
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "bday", "inputmode": "decimal"}),
    )
    postcode = PostcodeField(
        label=_("Postleitzahl Ihrer Wohnung"),
        error_messages={"required": _("Bitte geben Sie Ihre Postleitzahl ein.")},
        validators=[RegexValidator(r"\A[0-9]{5}\Z", _("Eine Postleitzahl hat fünf Ziffern."))],
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "postal-code", "inputmode": "numeric"}),
    )

    def adapt(self) -> None:
        required = self.circumstances.campaign.county.residents_only
        self.fields["postcode"].required = self.fields["postcode"].widget.is_required = required
        if not required:
            self.fields["postcode"].help_text = _("Damit schätzen wir, wie lange Sie bis zum Impfzentrum brauchen.")

    def tell(self) -> list[Fact]:
        data = self.cleaned_data
        facts = [Fact(_("Geboren am"), day_of_year(data["birth_date"]))]
        return facts + ([Fact(_("Postleitzahl"), data["postcode"])] if data["postcode"] else [])


class StartForm(ComingForm):
    """The first page of the sign-up, with a field that people leave empty and programs fill."""

    website = forms.CharField(label=_("Bitte leer lassen"), required=False)

    def lay_out(self) -> Iterable[object]:
        return ["birth_date", "postcode", Field("website", template="citizen/fields/trap.html")]

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise ValidationError(_("Bitte lassen Sie dieses Feld leer. Es soll nur Programme erkennen."))
        return ""
