"""Why somebody comes before others: criteria in plain words, by theme or by what people call them."""

from __future__ import annotations

from collections.abc import Iterable

from crispy_forms.layout import Field
from django import forms
from django.forms.boundfield import BoundWidget
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.choices import CriterionField, Theme, list_themes
from impfzentrum.forms.fields import tidy
from impfzentrum.forms.parts import Fact, PartForm, for_any_fault
from impfzentrum.models import PriorityCriterion
from impfzentrum.procedures.registering import best_criterion
from impfzentrum.rules.searching import find_matches
from impfzentrum.vocabulary import Theme as ThemeName

SEARCH_LIMIT = 60


class ReasonForm(PartForm):
    """One criterion. Age needs no choice: it follows from the birth date, and with it "nothing else" is preset.

    The search works without script: its button sends the page, and it comes back with what was found. What is chosen
    stays among the choices, whatever the search finds.
    """

    search = forms.CharField(
        label=_("Suchen, zum Beispiel „Kita“, „Pflege“, „Diabetes“"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "maxlength": SEARCH_LIMIT}),
    )
    criterion = CriterionField(
        label=_("Trifft auf mich zu"),
        error_messages=for_any_fault(_("Bitte wählen Sie aus, was auf Sie zutrifft, oder „Nichts davon“.")),
    )

    def adapt(self) -> None:
        campaign, born = self.circumstances.campaign, self.circumstances.birth_date
        criteria = campaign.criteria(self.circumstances.rules_day)
        if born is not None:
            criteria = criteria.filter(age_from=None)
        self.fields["criterion"].queryset = criteria  # type: ignore[attr-defined]  # a ModelChoiceField
        self.by_age: PriorityCriterion | None = None
        if born is not None:
            self.by_age = best_criterion(campaign, None, born, now=self.circumstances.now)
        if self.by_age is not None and "criterion" not in self.initial:
            none = criteria.filter(theme=ThemeName.NONE).first()
            self.initial = {**self.initial, "criterion": none and none.pk}

    def lay_out(self) -> Iterable[object]:
        return [
            Field("search", template="citizen/fields/search.html"),
            Field("criterion", template="citizen/fields/criterion.html"),
        ]

    @property
    def words(self) -> str:
        """What was searched for."""
        return tidy(str(self["search"].value() or ""))[:SEARCH_LIMIT]

    def criterion_themes(self) -> list[Theme]:
        """All radio buttons of the criteria, sorted by theme."""
        return list_themes(self["criterion"])

    def found(self) -> list[BoundWidget]:
        """The radio buttons of what the search found."""
        options = [one for theme in self.criterion_themes() if theme.label for one in theme.options]
        instances = [option.data["value"].instance for option in options]
        texts = [f"{one.plain_de} {one.plain_en} {one.text} {one.plain}" for one in instances]
        return [options[place] for place in find_matches(self.words, texts)]

    def besides(self) -> list[BoundWidget]:
        """What stays on a page of results: the choice made before, and "nothing of this"."""
        found = {option.data["value"].value for option in self.found()}
        return [
            option
            for theme in self.criterion_themes()
            for option in theme.options
            if option.data["value"].value not in found and (option.data["selected"] or not theme.label)
        ]

    def tell(self) -> list[Fact]:
        field = self.fields["criterion"]
        assert isinstance(field, CriterionField)  # noqa: S101  # tells the type checker which field this is
        return [Fact(_("Trifft auf Sie zu"), field.label_from_instance(self.cleaned_data["criterion"]))]
