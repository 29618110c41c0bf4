"""The SMS providers among which messages are drawn, and every change of what they carry."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SmsProvider(models.Model):
    """What a provider carries now and at rest, in points of a hundred. Rows appear by themselves with the settings."""

    name = models.CharField(_("Anbieter"), max_length=20, unique=True)
    weight = models.PositiveSmallIntegerField(_("Anteil jetzt, in Prozent"))
    resting = models.PositiveSmallIntegerField(_("Anteil in Ruhe, in Prozent"))
    moved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("SMS-Anbieter")
        verbose_name_plural = _("SMS-Anbieter")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(weight__lte=100, resting__lte=100), name="provider_weights_in_percent")
        ]

    def __str__(self) -> str:
        return self.name


class WeightChange(models.Model):
    """One change of a weight: when, from what to what, and why. Rows are only ever added."""

    provider = models.ForeignKey(SmsProvider, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField(_("wann"))
    before = models.PositiveSmallIntegerField(_("vorher"))
    after = models.PositiveSmallIntegerField(_("nachher"))
    reason = models.CharField(_("Grund"), max_length=100)

    class Meta:
        verbose_name = _("Gewichtsänderung")
        verbose_name_plural = _("Gewichtsänderungen")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.provider_id}: {self.before} → {self.after}"
