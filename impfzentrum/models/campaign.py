"""Campaigns and the rules that hang on them: what is in force on which day is data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TypeVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from impfzentrum.models.county import County
from impfzentrum.states import CampaignState
from impfzentrum.vocabulary import Proof, Theme

GROUPS = (1, 2, 3, 4)
EVIDENCE = [("F", _("belegt")), ("K", pgettext_lazy("Beleg", "angenommen"))]


@dataclass(frozen=True, slots=True)
class GroupOrder:
    """The groups that are open. `ranked`: lower groups come first and a criterion in force is needed."""

    open: frozenset[int]
    ranked: bool


class RuleSet(models.Model):
    """A body of dated rules, such as the Coronavirus-Impfverordnung of 2021 with the rules for its vaccines."""

    slug = models.SlugField(unique=True)
    name = models.CharField(_("Name"), max_length=200)
    source = models.TextField(_("Quelle"), blank=True)

    class Meta:
        verbose_name = _("Regelwerk")
        verbose_name_plural = _("Regelwerke")

    def __str__(self) -> str:
        return self.name


class Dated(models.Model):
    """A rule with dates; both ends belong to the period. An empty end means "until further notice"."""

    valid_from = models.DateField(_("gültig ab"))
    valid_until = models.DateField(_("gültig bis"), null=True, blank=True)

    class Meta:
        abstract = True


D = TypeVar("D", bound=Dated)


def in_force(rules: models.QuerySet[D] | models.Manager[D], on: date) -> models.QuerySet[D]:
    """Those of the dated `rules` that hold on this day."""
    return rules.filter(Q(valid_until=None) | Q(valid_until__gte=on), valid_from__lte=on)


class PriorityCriterion(Dated):
    """Why somebody comes before others; `group` 1 comes first."""

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="criteria")
    code = models.SlugField(_("Kürzel"))
    group = models.PositiveSmallIntegerField(_("Gruppe"), validators=[MinValueValidator(1), MaxValueValidator(4)])
    paragraph = models.CharField(_("Paragraph"), max_length=60)
    text = models.TextField(_("Wortlaut in Kürze"))
    plain_de = models.CharField(_("in einfachen Worten"), max_length=200)
    plain_en = models.CharField(_("in einfachen Worten, englisch"), max_length=200)
    theme = models.CharField(_("Thema"), max_length=10, choices=Theme.choices)
    proof = models.CharField(_("Nachweis"), max_length=30, choices=Proof.choices)
    age_from = models.PositiveSmallIntegerField(_("ab diesem Alter"), null=True, blank=True)
    note = models.CharField(_("Anmerkung"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("Kriterium")
        verbose_name_plural = _("Kriterien")
        ordering = ["group", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["rule_set", "code", "valid_from"], name="criterion_once_a_start"),
            models.CheckConstraint(condition=Q(group__in=GROUPS), name="criterion_group_known"),
        ]

    def __str__(self) -> str:
        return f"{self.paragraph} ({self.code})"

    @property
    def plain(self) -> str:
        """In plain words, in the active language: of German and English from the row, of others by the catalogues.

        A criterion that no catalogue knows is told in German.
        """
        return self.plain_en if (get_language() or "").startswith("en") else gettext(self.plain_de)


class Vaccine(models.Model):
    name = models.CharField(_("Impfstoff"), max_length=40, unique=True)
    other_name = models.CharField(_("anderer Name"), max_length=60, blank=True)
    maker = models.CharField(_("Hersteller"), max_length=40, blank=True)
    approved_on = models.DateField(_("EU-Zulassung"))
    doses_per_vial = models.PositiveSmallIntegerField(_("Dosen je Fläschchen"))
    series = models.PositiveSmallIntegerField(_("Dosen der Grundimpfung"), default=2)
    leaflet_url = models.URLField(_("Aufklärungsbogen"), blank=True)

    class Meta:
        verbose_name = _("Impfstoff")
        verbose_name_plural = _("Impfstoffe")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class VaccineRule(Dated):
    """Who may get a vaccine in a period: ages in completed years, intervals in weeks between doses.

    `doses_per_vial` and `usable_hours` (once opened, at room temperature): where that is from says `vial_source`.
    `campaign`: the rule is this campaign's own and goes before that of the rule set while it is in force; `source` says
    what it rests on. `suspended`: in this period the campaign gives nobody this vaccine.
    """

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="vaccine_rules")
    campaign = models.ForeignKey(
        "Campaign", on_delete=models.CASCADE, null=True, blank=True, related_name="own_vaccine_rules"
    )
    vaccine = models.ForeignKey(Vaccine, on_delete=models.PROTECT, related_name="rules")
    age_min = models.PositiveSmallIntegerField(_("ab Alter"))
    age_max = models.PositiveSmallIntegerField(_("bis Alter"), null=True, blank=True)
    interval_min_weeks = models.PositiveSmallIntegerField(_("Abstand mindestens, Wochen"), null=True, blank=True)
    interval_max_weeks = models.PositiveSmallIntegerField(_("Abstand höchstens, Wochen"), null=True, blank=True)
    usable_hours = models.PositiveSmallIntegerField(_("nach Anbruch nutzbar, Stunden"))
    doses_per_vial = models.PositiveSmallIntegerField(
        _("Dosen je Fläschchen"), null=True, blank=True, help_text=_("Leer: wie beim Impfstoff angegeben.")
    )
    vial_source = models.CharField(_("Quelle zum Fläschchen"), max_length=200, blank=True, default="", db_default="")
    evidence = models.CharField(_("Beleg"), max_length=1, choices=EVIDENCE)
    suspended = models.BooleanField(_("ausgesetzt"), default=False, db_default=False)
    source = models.CharField(_("Quelle"), max_length=200, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("Impfregel")
        verbose_name_plural = _("Impfregeln")
        ordering = ["vaccine__name", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule_set", "campaign", "vaccine", "valid_from"],
                name="vaccine_rule_once_a_start",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(suspended=False) | Q(campaign__isnull=False), name="vaccine_rule_suspended_by_a_campaign"
            ),
            models.CheckConstraint(
                condition=Q(age_max=None) | Q(age_max__gte=F("age_min")), name="vaccine_rule_ages_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vaccine} ab {self.valid_from}"

    @property
    def doses_in_a_vial(self) -> int:
        return self.doses_per_vial or self.vaccine.doses_per_vial


class Campaign(models.Model):
    """One vaccination effort of a county. `rules_as_of` pins the rules to a day (demo, rehearsal, replay)."""

    county = models.ForeignKey(County, on_delete=models.PROTECT, related_name="campaigns")
    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="campaigns")
    name = models.CharField(_("Name"), max_length=100)
    state = models.CharField(max_length=10, choices=CampaignState.choices, default=CampaignState.PLANNED)
    rules_as_of = models.DateField(_("Regeln vom Stand"), null=True, blank=True)

    class Meta:
        verbose_name = _("Impfaktion")
        verbose_name_plural = _("Impfaktionen")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=sorted(CampaignState.values)), name="campaign_state_known"),
            models.UniqueConstraint(
                fields=["county"], condition=Q(state="running"), name="campaign_one_running_a_county"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.county}"

    def rules_on(self, now: datetime) -> date:
        """The day whose rules apply: the pinned one, else today in Berlin."""
        return self.rules_as_of or timezone.localdate(now)

    def vaccine_rules(self, on: date) -> models.QuerySet[VaccineRule]:
        """The rules that hold on this day, at most one a vaccine: the campaign's own before those of its rule set."""
        rules = in_force(VaccineRule.objects.filter(rule_set=self.rule_set_id), on)
        own = in_force(VaccineRule.objects.filter(campaign=self.pk), on)
        return rules.filter(
            Q(campaign=self.pk, suspended=False) | Q(campaign=None) & ~Q(vaccine__in=own.values("vaccine"))
        )

    def criteria(self, on: date) -> models.QuerySet[PriorityCriterion]:
        """The criteria of the rule set that hold on this day, without those that the campaign has suspended."""
        suspended = in_force(CriterionPause.objects.filter(campaign=self.pk), on)
        return in_force(PriorityCriterion.objects.filter(rule_set=self.rule_set_id), on).exclude(
            pk__in=suspended.values("criterion")
        )

    def group_order(self, now: datetime) -> GroupOrder:
        """Which groups may be asked at `now`, and whether they come one after the other.

        A group opens at a clock time of its first day. Where the rules are pinned to a day, the clock is today's.
        """
        day, clock = self.rules_on(now), timezone.localtime(now).time()
        begun = Q(valid_from__lt=day) | Q(opens_at__lte=clock)
        groups = set(in_force(self.orders, day).filter(begun).values_list("group", flat=True))
        if None in groups:
            return GroupOrder(open=frozenset(GROUPS), ranked=False)
        return GroupOrder(open=frozenset(group for group in groups if group is not None), ranked=True)


class PriorityOrder(Dated):
    """From when to when a campaign has opened a group. A row without a group says: no order, everybody may come."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="orders")
    group = models.PositiveSmallIntegerField(_("Gruppe (leer: ohne Reihenfolge)"), null=True, blank=True)
    opens_at = models.TimeField(_("am ersten Tag ab"), default=time(0), db_default=time(0))

    class Meta:
        verbose_name = _("geöffnete Gruppe")
        verbose_name_plural = _("geöffnete Gruppen")
        ordering = ["valid_from", "group"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "group", "valid_from"], name="order_once_a_start", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(group=None) | Q(group__in=GROUPS), name="order_group_known"),
            # The places of a day are made for one order: whether there is one at all changes at midnight alone.
            models.CheckConstraint(
                condition=Q(group__isnull=False) | Q(opens_at=time(0)), name="order_ends_at_midnight"
            ),
        ]

    def __str__(self) -> str:
        return f"Gruppe {self.group or 'alle'} ab {self.valid_from}"


class CriterionPause(Dated):
    """From when to when a campaign does not apply a criterion of its rule set; `source` says what that rests on."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="criterion_pauses")
    criterion = models.ForeignKey(PriorityCriterion, on_delete=models.CASCADE, related_name="pauses")
    source = models.CharField(_("Quelle"), max_length=200)

    class Meta:
        verbose_name = _("ausgesetztes Kriterium")
        verbose_name_plural = _("ausgesetzte Kriterien")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "criterion", "valid_from"], name="criterion_pause_once_a_start"
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="criterion_pause_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id} ab {self.valid_from}"
