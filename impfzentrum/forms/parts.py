"""What the forms of the sign-up have in common: one group of questions each, usable on its own elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils import timezone

from impfzentrum.models import Campaign, Centre, SwitchRule, VaccineRule, in_force
from impfzentrum.procedures.estimating import estimate_travel
from impfzentrum.rules.eligibility import age_on

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

    Text = str | StrPromise


def for_any_fault(sentence: StrPromise) -> dict[str, StrPromise]:
    """One sentence for nothing chosen and for a choice that does not exist: what to do is the same."""
    return dict.fromkeys(("required", "invalid_choice", "invalid_pk_value", "invalid_list"), sentence)


@dataclass
class Circumstances:
    """What the questions depend on: the campaign with its rules of the day, and what is known of the person.

    `called`: staff have a confirmed number of theirs and call them, so they need no contact to which we write.
    """

    campaign: Campaign
    now: datetime
    birth_date: date | None = None
    postcode: str = ""
    called: bool = False
    rules_day: date = field(init=False)

    def __post_init__(self) -> None:
        self.rules_day = self.campaign.rules_on(self.now)

    @property
    def age(self) -> int | None:
        """Completed years today."""
        return None if self.birth_date is None else age_on(self.birth_date, timezone.localdate(self.now))

    @cached_property
    def rules(self) -> dict[int, VaccineRule]:
        """The rule in force for each vaccine on offer, by the vaccine's id."""
        rules = self.campaign.vaccine_rules(self.rules_day).select_related("vaccine")
        return {rule.vaccine_id: rule for rule in rules}

    @cached_property
    def may_follow(self) -> dict[int, set[int]]:
        """Which other vaccines may follow on which, by ids."""
        switches = in_force(SwitchRule.objects.filter(rule_set=self.campaign.rule_set_id), self.rules_day)
        found: dict[int, set[int]] = {}
        for before, after in switches.filter(vaccine__in=self.rules).values_list("after", "vaccine"):
            found.setdefault(before, set()).add(after)
        return found

    @cached_property
    def ranked(self) -> bool:
        """Groups come one after the other, so a criterion is asked for."""
        return self.campaign.group_order(self.now).ranked

    @cached_property
    def centres(self) -> list[Centre]:
        return list(self.campaign.county.centres.all())

    @cached_property
    def estimates(self) -> dict[int, int]:
        """Minutes to each centre by its id, as far as the postcode tells."""
        return estimate_travel(self.postcode, self.centres)


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the summary."""

    label: Text
    value: Text


class PartForm(forms.Form):
    """One group of questions. It renders without its form tag and buttons: those belong to the page around it."""

    def __init__(self, circumstances: Circumstances, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.circumstances = circumstances
        self.adapt()
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.form_show_errors = False  # the summary of errors stands at the top of the page
        self.helper.layout = Layout(*self.lay_out())

    def adapt(self) -> None:
        """Fit choices and texts to the circumstances."""

    def lay_out(self) -> Iterable[object]:
        """The fields in their order, with what stands between them."""
        return list(self.fields)

    def tell(self) -> list[Fact]:
        """What the person has answered, for them to check. Only for a valid form."""
        raise NotImplementedError
