"""Choices that come from the rules in force: criteria by theme, vaccines with their ages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from django import forms
from django.db.models import QuerySet
from django.forms.boundfield import BoundField, BoundWidget
from django.utils.functional import Promise
from django.utils.translation import gettext

from impfzentrum.models import PriorityCriterion, Vaccine, VaccineRule
from impfzentrum.vocabulary import Theme as ThemeName


@dataclass(frozen=True, slots=True)
class Theme:
    """Criteria of one theme. `label` is empty for those that stand alone, such as "Nichts davon"."""

    label: str | Promise
    chosen: bool
    options: list[BoundWidget]


class CriterionField(forms.ModelChoiceField[PriorityCriterion]):
    """One criterion, as radio buttons in plain words."""

    def __init__(self, **kwargs: object) -> None:
        none = PriorityCriterion.objects.none()
        super().__init__(none, empty_label=None, widget=forms.RadioSelect, **kwargs)  # type: ignore[arg-type]

    def label_from_instance(self, obj: PriorityCriterion) -> str:
        return obj.plain


def list_themes(field: BoundField) -> list[Theme]:
    """The radio buttons of a CriterionField by theme, in the order of the vocabulary."""
    order = list(ThemeName)

    def place(option: BoundWidget) -> int:
        return order.index(ThemeName(option.data["value"].instance.theme))

    themes = []
    for position, group in groupby(sorted(field.subwidgets, key=place), key=place):
        options = list(group)
        label = "" if order[position] == ThemeName.NONE else order[position].label
        themes.append(Theme(label, any(option.data["selected"] for option in options), options))
    return themes


class VaccinesField(forms.ModelMultipleChoiceField[Vaccine]):
    """Vaccines as checkboxes, each with the ages that its rule in force names."""

    rules: Mapping[int, VaccineRule]

    def __init__(self, **kwargs: object) -> None:
        none = Vaccine.objects.none()
        super().__init__(none, widget=forms.CheckboxSelectMultiple, **kwargs)
        self.rules = {}

    def offer(self, vaccines: QuerySet[Vaccine], rules: Mapping[int, VaccineRule]) -> None:
        """Let people choose among these vaccines; `rules` holds the rule in force by vaccine."""
        self.rules = rules
        self.queryset = vaccines

    def label_from_instance(self, obj: Vaccine) -> str:
        rule = self.rules[obj.pk]
        name = f"{obj.name} ({obj.maker})" if obj.maker else obj.name
        if rule.age_max is None:
            return gettext("%(name)s, ab %(age)d Jahren") % {"name": name, "age": rule.age_min}
        ages = {"name": name, "youngest": rule.age_min, "oldest": rule.age_max}
        return gettext("%(name)s, von %(youngest)d bis %(oldest)d Jahren") % ages
