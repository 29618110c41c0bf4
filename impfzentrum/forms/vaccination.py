"""Which vaccines somebody accepts, which dose they need, and what they had before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from crispy_forms.layout import Div
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.choices import VaccinesField
from impfzentrum.forms.fields import ForgivingDateField
from impfzentrum.forms.parts import Fact, PartForm, for_any_fault
from impfzentrum.models import Vaccine
from impfzentrum.templatetags.telling import day_of_year
from impfzentrum.vocabulary import DoseWanted


class VaccinationForm(PartForm):
    """Checked against the rules in force and, where it is known, the person's age."""

    vaccines = VaccinesField(
        label=_("Welche Impfstoffe kommen für Sie infrage?"),
        help_text=_("Je mehr Sie wählen, desto eher ist eine Dosis für Sie dabei. Das Alter gilt am Tag der Impfung."),
        error_messages=for_any_fault(_("Bitte wählen Sie mindestens einen Impfstoff aus der Liste.")),
    )
    dose_wanted = forms.TypedChoiceField(
        label=_("Welche Impfung brauchen Sie?"),
        coerce=int,
        widget=forms.RadioSelect,
        initial=DoseWanted.FIRST,
        choices=[(dose.value, dose.label) for dose in (DoseWanted.FIRST, DoseWanted.SECOND)],
        error_messages=for_any_fault(_("Bitte wählen Sie die erste oder die zweite Impfung.")),
    )
    last_vaccine = forms.ModelChoiceField(
        Vaccine.objects.none(),
        label=_("Womit wurden Sie zuerst geimpft?"),
        required=False,
        empty_label=_("Bitte wählen"),
        error_messages=for_any_fault(_("Bitte wählen Sie den Impfstoff Ihrer ersten Impfung.")),
    )
    last_dose_on = ForgivingDateField(
        label=_("Wann war die erste Impfung?"),
        required=False,
        help_text=_("Zum Beispiel 12.3.2021"),
    )

    def adapt(self) -> None:
        rules = self.circumstances.rules
        known = Q(pk__in=rules, series__gt=1) | Q(pk__in=self.circumstances.may_follow)
        self.fields["last_vaccine"].queryset = Vaccine.objects.filter(known)  # type: ignore[attr-defined]
        field = self.fields["vaccines"]
        assert isinstance(field, VaccinesField)  # noqa: S101  # tells the type checker which field this is
        field.offer(Vaccine.objects.filter(pk__in=rules), rules)

    def lay_out(self) -> Iterable[object]:
        return ["vaccines", "dose_wanted", Div("last_vaccine", "last_dose_on", css_class="form__group later-dose")]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if (age := self.circumstances.age) is not None:
            self._check_age(age, data)
        if data.get("dose_wanted") == DoseWanted.SECOND:
            self._check_first_dose(data)
        else:
            data["last_vaccine"] = data["last_dose_on"] = None
        return data

    def _check_age(self, age: int, data: dict[str, Any]) -> None:
        rules = [self.circumstances.rules[vaccine.pk] for vaccine in data.get("vaccines") or []]
        if rules and not any(rule.age_min <= age <= (rule.age_max or age) for rule in rules):
            names = ", ".join(str(rule.vaccine) for rule in rules)
            sentence = _("Für Ihr Alter (%(age)d) ist zurzeit nicht vorgesehen: %(names)s. Bitte wählen Sie weitere.")
            self.add_error("vaccines", ValidationError(sentence, params={"age": age, "names": names}))

    def _check_first_dose(self, data: dict[str, Any]) -> None:
        vaccine: Vaccine | None = data.get("last_vaccine")
        given_on = data.get("last_dose_on")
        if vaccine is None and "last_vaccine" not in self.errors:
            self.add_error("last_vaccine", _("Bitte wählen Sie den Impfstoff Ihrer ersten Impfung."))
        if given_on is None and "last_dose_on" not in self.errors:
            self.add_error("last_dose_on", _("Bitte geben Sie an, wann Ihre erste Impfung war."))
        if vaccine is None:
            return
        if given_on is not None and given_on < vaccine.approved_on:
            sentence = _("An diesem Tag war %(name)s noch nicht zugelassen. Bitte prüfen Sie das Datum.")
            self.add_error("last_dose_on", ValidationError(sentence, params={"name": vaccine.name}))
        if data.get("vaccines"):
            self._check_what_may_follow(vaccine, data["vaccines"])

    def _check_what_may_follow(self, last: Vaccine, chosen: Iterable[Vaccine]) -> None:
        others = self.circumstances.may_follow.get(last.pk, set())
        if any(one == last or one.pk in others for one in chosen):
            return
        if not others:
            sentence = _("Die zweite Impfung folgt mit demselben Impfstoff. Bitte wählen Sie hier auch %(name)s.")
            self.add_error("vaccines", ValidationError(sentence, params={"name": last.name}))
            return
        possible = Vaccine.objects.filter(pk__in=others | ({last.pk} & self.circumstances.rules.keys()))
        sentence = _("Nach %(name)s folgt einer von diesen: %(names)s. Bitte wählen Sie mindestens einen davon.")
        values = {"name": last.name, "names": ", ".join(str(one) for one in possible)}
        self.add_error("vaccines", ValidationError(sentence, params=values))

    def tell(self) -> list[Fact]:
        data = self.cleaned_data
        facts = [
            Fact(_("Impfstoffe"), ", ".join(str(vaccine) for vaccine in data["vaccines"])),
            Fact(_("Impfung"), DoseWanted(data["dose_wanted"]).label),
        ]
        if data["last_vaccine"]:
            values = {"vaccine": data["last_vaccine"].name, "day": day_of_year(data["last_dose_on"])}
            facts.append(Fact(_("Vorher"), gettext("%(vaccine)s am %(day)s") % values))
        return facts
