"""The sign-up: what a person tells us, checked so that every fault has its sentence beside its field."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.availability import AvailabilityFields
from impfzentrum.forms.choices import CriterionField, Theme, VaccinesField, list_themes
from impfzentrum.forms.fields import (
    BirthDateField,
    ForgivingDateField,
    MinutesField,
    MobileField,
    NameField,
    OneEmailField,
    tidy,
)
from impfzentrum.forms.sign_up_layout import lay_out
from impfzentrum.models import Campaign, Centre, PriorityCriterion, SwitchRule, Vaccine, in_force
from impfzentrum.models.standby import TRAVEL_LIMIT
from impfzentrum.procedures.registering import SignUp
from impfzentrum.rules.eligibility import age_on
from impfzentrum.vocabulary import DoseWanted, Language

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

CONSENT_VERSION = "2026-11"
"""Changes whenever the wording of a consent or of the privacy notice changes."""

MINUTES_SUGGESTED = (10, 20, 30, 45, 60)


def _for_any_fault(sentence: StrPromise) -> dict[str, StrPromise]:
    """One sentence for nothing chosen and for a choice that does not exist: what to do is the same."""
    return dict.fromkeys(("required", "invalid_choice", "invalid_pk_value", "invalid_list"), sentence)


class PostcodeField(forms.CharField):
    """Five digits; "D-34497" and "34497 Korbach" are understood."""

    def to_python(self, value: Any) -> str:
        text = tidy(super().to_python(value) or "").upper().removeprefix("D-").removeprefix("D ")
        digits, _space, place = text.partition(" ")
        return digits if len(digits) == 5 and place.isalpha() else text


class SignUpForm(AvailabilityFields):
    """One page with everything; `campaign` decides which criteria, vaccines and centres there are to choose."""

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
    birth_date = BirthDateField(
        label=_("Geburtsdatum"),
        help_text=_("Zum Beispiel 1.4.1950"),
        error_messages={"required": _("Bitte geben Sie Ihr Geburtsdatum ein.")},
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "bday", "inputmode": "decimal"}),
    )
    postcode = PostcodeField(
        label=_("Postleitzahl Ihrer Wohnung"),
        error_messages={"required": _("Bitte geben Sie Ihre Postleitzahl ein.")},
        validators=[RegexValidator(r"^\d{5}$", _("Eine Postleitzahl hat fünf Ziffern."))],
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "postal-code", "inputmode": "numeric"}),
    )
    mobile = MobileField(label=_("Mobilnummer"), required=False, help_text=_("Der schnellste Weg zu Ihnen."))
    email = OneEmailField(label=_("E-Mail-Adresse"), required=False)
    criterion = CriterionField(
        label=_("Was trifft auf Sie zu?"),
        help_text=_(
            "Wählen Sie das, was Sie belegen können. Ihr Alter berücksichtigen wir von selbst. Mehr müssen wir nicht "
            "wissen: keine Diagnose, keine Unterlagen."
        ),
        error_messages=_for_any_fault(_("Bitte wählen Sie aus, was auf Sie zutrifft, oder „Nichts davon“.")),
    )
    vaccines = VaccinesField(
        label=_("Welche Impfstoffe kommen für Sie infrage?"),
        help_text=_("Je mehr Sie wählen, desto eher ist eine Dosis für Sie dabei. Das Alter gilt am Tag der Impfung."),
        error_messages=_for_any_fault(_("Bitte wählen Sie mindestens einen Impfstoff aus der Liste.")),
    )
    dose_wanted = forms.TypedChoiceField(
        label=_("Welche Impfung brauchen Sie?"),
        coerce=int,
        widget=forms.RadioSelect,
        initial=DoseWanted.FIRST,
        choices=[(dose.value, dose.label) for dose in (DoseWanted.FIRST, DoseWanted.SECOND)],
        error_messages=_for_any_fault(_("Bitte wählen Sie die erste oder die zweite Impfung.")),
    )
    last_vaccine = forms.ModelChoiceField(
        Vaccine.objects.none(),
        label=_("Womit wurden Sie zuerst geimpft?"),
        required=False,
        empty_label=_("Bitte wählen"),
        error_messages=_for_any_fault(_("Bitte wählen Sie den Impfstoff Ihrer ersten Impfung.")),
    )
    last_dose_on = ForgivingDateField(
        label=_("Wann war die erste Impfung?"),
        required=False,
        help_text=_("Zum Beispiel 12.3.2021"),
    )
    travel_minutes = MinutesField(
        label=_("Wie viele Minuten brauchen Sie von zu Hause bis zum Impfzentrum?"),
        limit=TRAVEL_LIMIT,
        help_text=_("So fragen wir Sie nur, wenn Sie es rechtzeitig schaffen."),
        error_messages={"required": _("Bitte geben Sie an, wie viele Minuten Sie brauchen.")},
        widget=forms.TextInput(
            attrs={"class": "short", "inputmode": "numeric", "list": "minutes-suggested", "autocomplete": "off"}
        ),
    )
    centre = forms.ModelChoiceField(
        Centre.objects.none(),
        label=_("Impfzentrum"),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages=_for_any_fault(_("Bitte wählen Sie ein Impfzentrum.")),
    )
    consent_data = forms.BooleanField(
        label=_("Ich bin einverstanden, dass der Landkreis diese Angaben speichert, um mir eine Restdosis anzubieten."),
        error_messages={"required": _("Ohne Ihr Einverständnis dürfen wir Ihre Angaben nicht speichern.")},
    )
    consent_contact = forms.BooleanField(
        label=_("Ich bin einverstanden, kurzfristig per SMS oder E-Mail gefragt zu werden."),
        error_messages={"required": _("Ohne Ihr Einverständnis dürfen wir Ihnen kein Angebot schicken.")},
    )
    website = forms.CharField(label=_("Bitte leer lassen"), required=False)

    CONTACTS: ClassVar[tuple[str, ...]] = ("mobile", "email")
    NO_CONTACT: ClassVar[StrPromise] = _("Bitte geben Sie eine Mobilnummer oder eine E-Mail-Adresse an.")

    # The summary of errors follows this order, and it should be that of the page; the rest comes behind.
    field_order: Sequence[str] = (
        "given_name", "family_name", "birth_date", "postcode", "mobile", "email", "criterion", "vaccines",
        "dose_wanted", "last_vaccine", "last_dose_on", "centre", "travel_minutes", "any_time", "times",
    )  # fmt: skip

    def __init__(self, campaign: Campaign, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign, self.today = campaign, timezone.localdate(now)
        rules_day = campaign.rules_on(now)
        self.rules = {
            rule.vaccine_id: rule
            for rule in in_force(campaign.rule_set.vaccine_rules, rules_day).select_related("vaccine")
        }
        switches = in_force(SwitchRule.objects.filter(rule_set=campaign.rule_set_id), rules_day)
        self.may_follow: dict[int, set[int]] = {}
        for before, after in switches.filter(vaccine__in=self.rules).values_list("after", "vaccine"):
            self.may_follow.setdefault(before, set()).add(after)
        self._offer_choices(in_force(campaign.rule_set.criteria, rules_day))
        if not campaign.group_order(now).ranked:
            del self.fields["criterion"]
        if campaign.county.centres.count() == 1:
            del self.fields["centre"]
        self.helper = lay_out(self)

    def _offer_choices(self, criteria: Any) -> None:
        vaccines = Vaccine.objects.filter(pk__in=self.rules)
        self.fields["criterion"].queryset = criteria  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["centre"].queryset = self.campaign.county.centres.all()  # type: ignore[attr-defined]
        known = Vaccine.objects.filter(Q(pk__in=self.rules, series__gt=1) | Q(pk__in=self.may_follow))
        self.fields["last_vaccine"].queryset = known  # type: ignore[attr-defined]
        field = self.fields["vaccines"]
        assert isinstance(field, VaccinesField)  # noqa: S101  # tells the type checker which field this is
        field.offer(vaccines, self.rules)

    def criterion_themes(self) -> list[Theme]:
        """The radio buttons of the criteria, sorted by theme."""
        return list_themes(self["criterion"])

    def clean_postcode(self) -> str:
        code: str = self.cleaned_data["postcode"]
        county = self.campaign.county
        if not county.postcodes.filter(code=code).exists():
            sentence = _("%(code)s liegt nicht im %(county)s. Diese Liste ist für Menschen, die hier wohnen.")
            raise ValidationError(sentence, params={"code": code, "county": county.name})
        return code

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise ValidationError(_("Bitte lassen Sie dieses Feld leer. Es soll nur Programme erkennen."))
        return ""

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not any(data.get(name) for name in self.CONTACTS) and not self.errors.keys() & set(self.CONTACTS):
            self.add_error(self.CONTACTS[0], self.NO_CONTACT)
        if born := data.get("birth_date"):
            self._check_ages(age_on(born, self.today), data)
        if data.get("dose_wanted") == DoseWanted.SECOND:
            self._check_first_dose(data)
        else:
            data["last_vaccine"] = data["last_dose_on"] = None
        return data

    def _check_ages(self, age: int, data: dict[str, Any]) -> None:
        criterion: PriorityCriterion | None = data.get("criterion")
        if criterion is not None and criterion.age_from is not None and age < criterion.age_from:
            sentence = _("Nach Ihrem Geburtsdatum sind Sie %(age)d Jahre alt. Das hier gilt ab %(age_from)d Jahren.")
            values = {"age": age, "age_from": criterion.age_from}
            self.add_error("criterion", ValidationError(sentence, params=values))
        rules = [self.rules[vaccine.pk] for vaccine in data.get("vaccines") or []]
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
        others = self.may_follow.get(last.pk, set())
        if any(one == last or one.pk in others for one in chosen):
            return
        if not others:
            sentence = _("Die zweite Impfung folgt mit demselben Impfstoff. Bitte wählen Sie hier auch %(name)s.")
            self.add_error("vaccines", ValidationError(sentence, params={"name": last.name}))
            return
        possible = Vaccine.objects.filter(pk__in=others | ({last.pk} & self.rules.keys()))
        sentence = _("Nach %(name)s folgt einer von diesen: %(names)s. Bitte wählen Sie mindestens einen davon.")
        values = {"name": last.name, "names": ", ".join(str(one) for one in possible)}
        self.add_error("vaccines", ValidationError(sentence, params=values))

    def to_sign_up(self) -> SignUp:
        """The checked answers, for the procedure that puts the person on the list."""
        data = self.cleaned_data
        english = (get_language() or "").startswith("en")
        return SignUp(
            campaign=self.campaign,
            centre=data.get("centre") or self.campaign.county.centres.get(),
            criterion=data.get("criterion"),
            vaccines=list(data["vaccines"]),
            language=Language.ENGLISH if english else Language.GERMAN,
            consent_version=CONSENT_VERSION,
            **{name: data[name] for name in _TAKEN_AS_TYPED},
        )


_TAKEN_AS_TYPED = (
    "given_name", "family_name", "birth_date", "postcode", "mobile", "email", "dose_wanted", "last_vaccine",
    "last_dose_on", "travel_minutes", "availability",
)  # fmt: skip
