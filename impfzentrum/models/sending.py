"""Sending under control: who stopped it and why, and how many SMS a county has sent on a day."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impfzentrum.models.county import County


class SendingStop(models.Model):
    """From `stopped_at` until `lifted_at` a county sends nothing. At most one stop of a county is in force.

    `in_flight`: messages that a worker had already taken when the stop was pressed; they may still have arrived.
    """

    county = models.ForeignKey(County, on_delete=models.PROTECT, related_name="sending_stops")
    reason = models.CharField(_("Grund"), max_length=200)
    stopped_at = models.DateTimeField()
    stopped_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    in_flight = models.PositiveIntegerField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("Stopp des Versands")
        verbose_name_plural = _("Stopps des Versands")
        constraints = [
            models.UniqueConstraint(fields=["county"], condition=Q(lifted_at=None), name="stop_one_a_county"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None) | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="stop_lifted_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.county_id}: {self.reason}"


class SmsDay(models.Model):
    """How many SMS (in parts) a county handed over on a Berlin day before `counted_until`; the rest is counted live.

    `warned_at` and `used_up_at`: when the budget of this day was first seen near its end, and at it.
    """

    county = models.ForeignKey(County, on_delete=models.CASCADE, related_name="sms_days")
    day = models.DateField()
    counted = models.PositiveIntegerField(default=0)
    counted_until = models.DateTimeField()
    warned_at = models.DateTimeField(null=True, blank=True)
    used_up_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("SMS eines Tages")
        verbose_name_plural = _("SMS je Tag")
        constraints = [models.UniqueConstraint(fields=["county", "day"], name="sms_day_once_a_county")]

    def __str__(self) -> str:
        return f"{self.county_id} {self.day}: {self.counted}"
