"""Giving a dose by hand: finding the person, and why it should be this one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.fields import ForgivingDateField, NameField, tidy
from impfzentrum.models import Release
from impfzentrum.models.hand_pick import SHORTEST_NOTE
from impfzentrum.procedures.hand_picking import HandPickOrder
from impfzentrum.procedures.identifying import Candidate
from impfzentrum.vocabulary import HandPickReason

NOTE_LIMIT = 200


class FindPersonForm(forms.Form):
    """What the person says at the counter. It is sent in the body of a POST: nothing of it stands in an address."""

    birth_date = ForgivingDateField(
        label=_("Geburtsdatum"),
        help_text=_("Zum Beispiel 1.4.1950"),
        error_messages={"required": _("Bitte geben Sie das Geburtsdatum ein.")},
    )
    letters = NameField(
        label=_("Anfang des Familiennamens"),
        required=False,
        help_text=_("Hilft, wenn mehrere am selben Tag geboren sind."),
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off"}),
    )


class HandPickForm(forms.Form):
    """The proposal about one of the people who were found."""

    person = forms.ChoiceField(
        label=_("Wer soll die Dosis bekommen?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Bitte wählen Sie eine Person."),
            "invalid_choice": _("Diese Person kommt nicht mehr infrage. Bitte wählen Sie noch einmal."),
        },
    )
    reason = forms.ChoiceField(
        label=_("Warum gerade diese Person?"),
        choices=[("", _("Bitte wählen")), *HandPickReason.choices],
        error_messages={
            "required": _("Bitte wählen Sie einen Grund."),
            "invalid_choice": _("Bitte wählen Sie einen Grund aus der Liste."),
        },
    )
    note = forms.CharField(
        label=_("Begründung in einem Satz"),
        help_text=_("Der Landkreis liest das. Bitte keinen Namen und nichts über die Gesundheit der Person."),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": NOTE_LIMIT}),
        error_messages={"required": _("Bitte begründen Sie es in einem Satz.")},
    )
    agreed = forms.BooleanField(
        label=_("Die Person weiß davon und möchte die Dosis."),
        error_messages={
            "required": _("Bitte fragen Sie zuerst die Person: Mit der Zustimmung ist die Dosis vergeben.")
        },
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, people: Sequence[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.entry.public_id): one.entry for one in people if one.eligible}
        person: forms.ChoiceField = self.fields["person"]  # type: ignore[assignment]
        person.choices = [(str(one.entry.public_id), describe_person(one)) for one in people if one.eligible]

    def clean_note(self) -> str:
        note = tidy(self.cleaned_data["note"])
        if len(note) < SHORTEST_NOTE:
            sentence = gettext("Das ist zu kurz: Bitte schreiben Sie mindestens {number} Zeichen.")
            raise forms.ValidationError(sentence.format(number=SHORTEST_NOTE))
        if len(note) > NOTE_LIMIT:
            raise forms.ValidationError(gettext("Bitte höchstens 200 Zeichen."))
        return note

    def clean(self) -> dict[str, Any]:
        # A key that came damaged only means that a second tap is not known as one.
        if self.errors.pop("form_key", None):
            self.cleaned_data["form_key"] = None
        return self.cleaned_data

    def order(self, release: Release) -> HandPickOrder:
        """What a valid form proposes."""
        data = self.cleaned_data
        return HandPickOrder(
            release=release,
            entry=self.people[data["person"]],
            reason=data["reason"],
            note=data["note"],
            form_key=data["form_key"] or uuid.uuid4(),
        )


def describe_person(one: Candidate) -> str:
    """Who it is, as far as staff at the counter have to know: enough to tell two people apart."""
    entry = one.entry
    return gettext("{family}, {given}, Gruppe {group}, {dose}. Impfung, {minutes} Minuten entfernt").format(
        family=entry.family_name,
        given=entry.given_name,
        group=entry.priority_group,
        dose=entry.dose_wanted,
        minutes=one.minutes,
    )
