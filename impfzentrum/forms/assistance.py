"""What staff prepare for somebody: a language, help on site, and who would like to come along."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from crispy_forms.layout import HTML
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.fields import tidy
from impfzentrum.forms.parts import Fact, PartForm, for_any_fault
from impfzentrum.vocabulary import Interpreter, Need

_CODE = re.compile(r"^[0-9A-HJKMNP-TV-Z]{6}$")
_MISREAD = str.maketrans("OIL", "011")

COMPANION = HTML('{% include "citizen/fields/companion.html" %}')


class CompanionCodeField(forms.CharField):
    """Six letters and digits of somebody else's page; case, spaces and the usual misreadings do no harm."""

    default_error_messages = {
        "code": _("Ein Begleit-Code hat sechs Buchstaben und Ziffern, zum Beispiel 7K2M9X. Sie können ihn weglassen."),
    }

    def to_python(self, value: Any) -> str:
        text = tidy(super().to_python(value) or "").replace(" ", "").replace("-", "").upper().translate(_MISREAD)
        if text and not _CODE.match(text):
            raise ValidationError(self.error_messages["code"], code="code")
        return text


class AssistanceForm(PartForm):
    """All of it is voluntary."""

    interpreter = forms.ChoiceField(
        label=_("Soll jemand für Sie dolmetschen?"),
        required=False,
        choices=lambda: [("", gettext("Nein")), *Interpreter.choices],
        error_messages=for_any_fault(_("Bitte wählen Sie eine Sprache aus der Liste oder „Nein“.")),
    )
    needs = forms.MultipleChoiceField(
        label=_("Was sollen wir vorbereiten?"),
        required=False,
        choices=Need.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nur was das Team vor Ort braucht. Den Grund müssen Sie nicht nennen."),
        error_messages=for_any_fault(_("Bitte wählen Sie aus der Liste.")),
    )
    comes_with = CompanionCodeField(
        label=_("Begleit-Code der anderen Person"),
        required=False,
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off", "autocapitalize": "characters"}),
    )

    def lay_out(self) -> Iterable[object]:
        return ["interpreter", "needs", COMPANION, "comes_with"]

    def tell(self) -> list[Fact]:
        data = self.cleaned_data
        facts = [
            Fact(_("Dolmetschen"), Interpreter(data["interpreter"]).label if data["interpreter"] else ""),
            Fact(_("Hilfe vor Ort"), ", ".join(str(Need(need).label) for need in data["needs"])),
            Fact(_("Möchte kommen mit"), data["comes_with"]),
        ]
        given = [fact for fact in facts if fact.value]
        return given or [Fact(_("Hilfe vor Ort"), _("keine"))]
