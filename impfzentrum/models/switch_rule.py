"""Which other product may follow in a series."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impfzentrum.models.campaign import EVIDENCE, Dated, RuleSet, Vaccine


class SwitchRule(Dated):
    """Which other product may follow in a series: who last had `after` may get `vaccine`, so many weeks later.

    The interval of a switch is its own. Without a row only the same product follows. (German: Kreuzimpfung.)
    """

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="switch_rules")
    vaccine = models.ForeignKey(Vaccine, on_delete=models.PROTECT, related_name="switch_rules", verbose_name=_("jetzt"))
    after = models.ForeignKey(Vaccine, on_delete=models.PROTECT, related_name="+", verbose_name=_("nach"))
    interval_min_weeks = models.PositiveSmallIntegerField(_("Abstand mindestens, Wochen"))
    interval_max_weeks = models.PositiveSmallIntegerField(_("Abstand höchstens, Wochen"), null=True, blank=True)
    evidence = models.CharField(_("Beleg"), max_length=1, choices=EVIDENCE)

    class Meta:
        verbose_name = _("Regel für eine Kreuzimpfung")
        verbose_name_plural = _("Regeln für Kreuzimpfungen")
        ordering = ["vaccine__name", "after__name", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule_set", "vaccine", "after", "valid_from"], name="switch_rule_once_a_start"
            ),
            models.CheckConstraint(condition=~Q(after=F("vaccine")), name="switch_rule_between_two_products"),
            models.CheckConstraint(
                condition=Q(interval_max_weeks=None) | Q(interval_max_weeks__gte=F("interval_min_weeks")),
                name="switch_rule_interval_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vaccine} nach {self.after} ab {self.valid_from}"
