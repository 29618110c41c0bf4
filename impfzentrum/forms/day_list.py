"""What people at the door type: whom they look for, and what they note."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.fields import BirthDateField, tidy
from impfzentrum.models.attendance import BATCH_LIMIT
from impfzentrum.procedures.day_list import DayRow, Wanted
from impfzentrum.states import AttendanceState

_CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{6}")
_AS_READ = str.maketrans({"O": "0", "I": "1", "L": "1"})
_BATCH = re.compile(rf"[0-9A-Z][0-9A-Z/-]{{2,{BATCH_LIMIT - 1}}}")
LONGEST = 80


def read_wanted(text: str) -> Wanted:
    """What was typed or scanned, in every way it can be meant. Letters that codes don't have are read as digits."""
    typed = tidy(text)[:LONGEST]
    code = re.sub(r"[\s-]", "", typed).upper().translate(_AS_READ)
    try:
        born = BirthDateField().to_python(typed) if any(sign.isdigit() for sign in typed) else None
    except ValidationError:
        born = None
    return Wanted(typed, code if _CODE.fullmatch(code) else "", born)


class DaySearchForm(forms.Form):
    """Whom to show. It travels in the body of a POST, since names and birth dates stand in no address."""

    search = forms.CharField(label=_("Name, Code oder Geburtsdatum"), required=False, max_length=LONGEST)
    state = forms.ChoiceField(label=_("Stand"), required=False)
    vaccine = forms.ChoiceField(label=_("Impfstoff"), required=False)
    window = forms.ChoiceField(label=_("Ankunft"), required=False)

    def __init__(self, *args: Any, rows: list[DayRow], windows: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        vaccines = {str(row.release.vaccine_id): row.release.vaccine.name for row in rows}
        everything = [("", _("alle"))]
        self._offer("state", [*everything, *AttendanceState.choices])
        self._offer("vaccine", [*everything, *sorted(vaccines.items(), key=lambda one: one[1])])
        self._offer("window", [*everything, *windows.items()])

    def _offer(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared above
        field.choices = choices

    def wanted(self) -> Wanted:
        return read_wanted(self.data.get("search", ""))

    def choice(self, name: str) -> str:
        """What was chosen; a choice that is gone meanwhile counts as none."""
        self.is_valid()
        value: str = self.cleaned_data.get(name, "")
        return value


class NoteForm(forms.Form):
    """What is noted of a person. Only a vaccination needs more than the tap: the batch."""

    batch = forms.CharField(label=_("Charge"), required=False)
    proof_checked = forms.BooleanField(required=False)
    surely = forms.BooleanField(required=False)
    form_key = forms.UUIDField()

    def __init__(self, *args: Any, state: AttendanceState, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.state = state

    def clean_batch(self) -> str:
        batch = re.sub(r"\s", "", self.cleaned_data["batch"]).upper()
        if self.state != AttendanceState.VACCINATED:
            return ""
        if not batch:
            raise ValidationError(_("Bitte geben Sie die Charge an, sie steht auf dem Fläschchen."))
        if not _BATCH.fullmatch(batch):
            raise ValidationError(_("Eine Charge hat 3 bis 20 Buchstaben und Ziffern, zum Beispiel EX3599."))
        return batch
