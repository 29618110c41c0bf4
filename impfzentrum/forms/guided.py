"""The sign-up as a way of short steps: their order, what each needs from those before, and what comes of them all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.assistance import AssistanceForm
from impfzentrum.forms.coming import StartForm
from impfzentrum.forms.consent import CONSENT_VERSION
from impfzentrum.forms.contact import ContactForm
from impfzentrum.forms.parts import Circumstances, Fact, PartForm
from impfzentrum.forms.reason import ReasonForm
from impfzentrum.forms.vaccination import VaccinationForm
from impfzentrum.forms.way import WayForm
from impfzentrum.models import Campaign, PriorityCriterion
from impfzentrum.procedures.drafting import Answers, Typed
from impfzentrum.procedures.prechecking import Precheck, precheck
from impfzentrum.procedures.registering import SignUp
from impfzentrum.vocabulary import Language

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


@dataclass(frozen=True, slots=True)
class Step:
    """A page with one group of questions. `slug` stands in its address."""

    slug: str
    form: type[PartForm]
    title: StrPromise
    lead: StrPromise
    short: StrPromise


COMING = Step(
    "alter",
    StartForm,
    _("Können Sie kommen?"),
    _("Zwei Angaben, dann wissen Sie, ob Sie hier auf die Liste können."),
    _("Alter und Wohnort"),
)
REASON = Step(
    "grund",
    ReasonForm,
    _("Warum sind Sie berechtigt?"),
    _(
        "Wählen Sie, was Sie belegen können. Mehr müssen wir nicht wissen: keine Diagnose, keine Unterlagen hochladen. "
        "Ihr Alter berücksichtigen wir von selbst."
    ),
    _("Ihre Gruppe"),
)
CONTACT = Step(
    "kontakt",
    ContactForm,
    _("Wer sind Sie, und wie erreichen wir Sie?"),
    _("Den Namen vergleicht das Team vor Ort mit Ihrem Ausweis."),
    _("Name und Kontakt"),
)
WAY = Step(
    "zeit",
    WayForm,
    _("Wann und wie schnell können Sie kommen?"),
    _("Restdosen müssen in wenigen Stunden verbraucht sein."),
    _("Zeit und Weg"),
)
VACCINATION = Step(
    "impfung",
    VaccinationForm,
    _("Welche Impfung kommt infrage?"),
    _("Ob eine Impfung für Sie richtig ist, entscheiden Sie vor Ort mit der Ärztin oder dem Arzt."),
    _("Die Impfung"),
)
ASSISTANCE = Step(
    "hilfe",
    AssistanceForm,
    _("Brauchen Sie vor Ort etwas?"),
    _("Alles hier ist freiwillig. Trifft nichts zu, gehen Sie einfach weiter."),
    _("Hilfe vor Ort"),
)
STEPS = (COMING, REASON, CONTACT, WAY, VACCINATION, ASSISTANCE)
SUMMARY = "pruefen"


@dataclass(frozen=True, slots=True)
class Told:
    """A part of the summary."""

    step: Step
    facts: list[Fact]


class GuidedSignUp:
    """One person on the way. Forms are bound once; each sees what the valid ones before it say."""

    def __init__(self, campaign: Campaign, answers: Answers, *, now: datetime) -> None:
        self.campaign, self.answers, self.now = campaign, answers, now
        self.circumstances = Circumstances(campaign, now)
        self._bound: dict[str, PartForm] = {}
        coming = self.bound(COMING)
        if coming.is_valid():
            self.circumstances.birth_date = coming.cleaned_data["birth_date"]
            self.circumstances.postcode = coming.cleaned_data["postcode"]

    @cached_property
    def steps(self) -> list[Step]:
        """The steps of this campaign: without an order nobody is asked for a reason."""
        return [step for step in STEPS if step is not REASON or self.circumstances.ranked]

    def find(self, slug: str) -> Step | None:
        return next((step for step in self.steps if step.slug == slug), None)

    def after(self, step: Step) -> str:
        """The slug of the page after this step."""
        place = self.steps.index(step) + 1
        return self.steps[place].slug if place < len(self.steps) else SUMMARY

    def before(self, slug: str) -> str | None:
        """The slug of the page before."""
        slugs = [*(step.slug for step in self.steps), SUMMARY]
        place = slugs.index(slug)
        return slugs[place - 1] if place else None

    def bound(self, step: Step) -> PartForm:
        """The step with what was typed."""
        if step.slug not in self._bound:
            typed = self.answers.typed.get(step.slug, {})
            self._bound[step.slug] = step.form(self.circumstances, MultiValueDict(typed))
        return self._bound[step.slug]

    def shown(self, step: Step) -> PartForm:
        """As a GET shows it: with faults once the step was sent, else with what was typed so far."""
        if step.slug in self.answers.sent:
            return self.bound(step)
        typed = self.answers.typed.get(step.slug, {})
        return step.form(self.circumstances, initial=_as_initial(step.form, typed))

    def is_done(self, step: Step) -> bool:
        return step.slug in self.answers.sent and self.bound(step).is_valid()

    @property
    def first_open(self) -> str:
        """The first page that is still to do; the summary when all are done."""
        return next((step.slug for step in self.steps if not self.is_done(step)), SUMMARY)

    @cached_property
    def precheck(self) -> Precheck | None:
        """What stands in the way; None before the birth date is known."""
        if self.circumstances.birth_date is None:
            return None
        chosen: PriorityCriterion | None = None
        if REASON in self.steps and self.is_done(REASON):
            chosen = self.bound(REASON).cleaned_data["criterion"]
        return precheck(
            self.campaign,
            birth_date=self.circumstances.birth_date,
            postcode=self.circumstances.postcode,
            chosen=chosen,
            rules=self.circumstances.rules.values(),
            now=self.now,
        )

    def tell(self) -> list[Told]:
        """All answers for the summary; only when every step is done."""
        return [Told(step, self.bound(step).tell()) for step in self.steps]

    def to_sign_up(self) -> SignUp:
        """The checked answers, for the procedure that puts the person on the list; only when every step is done."""
        data: dict[str, Any] = {"criterion": None}
        for form in map(self.bound, self.steps):
            if form.is_valid():
                data |= form.cleaned_data
        spoken = get_language()
        return SignUp(
            campaign=self.campaign,
            vaccines=list(data["vaccines"]),
            language=Language(spoken) if spoken in Language.values else Language.GERMAN,
            consent_version=CONSENT_VERSION,
            **{name: data[name] for name in TAKEN_AS_TYPED},
        )


TAKEN_AS_TYPED = (
    "given_name", "family_name", "birth_date", "postcode", "mobile", "email", "criterion", "centre", "dose_wanted",
    "last_vaccine", "last_dose_on", "travel_minutes", "availability", "interpreter", "needs", "comes_with",
)  # fmt: skip


def pick_typed(form: type[PartForm], sent: QueryDict) -> Typed:
    """What was sent for the fields of this form, as it was typed; nothing else is kept."""
    names = form.base_fields.keys() - {"website"}
    return {name: [str(value) for value in sent.getlist(name)] for name in sorted(names) if name in sent}


def _as_initial(form: type[PartForm], typed: Mapping[str, list[str]]) -> dict[str, Any]:
    several = {
        name for name, field in form.base_fields.items() if getattr(field.widget, "allow_multiple_selected", False)
    }
    return {name: values if name in several else values[-1] for name, values in typed.items() if values}
