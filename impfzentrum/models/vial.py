"""Vials that were opened at a centre: until when their doses can be used."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impfzentrum.models.campaign import Vaccine
from impfzentrum.models.county import Centre
from impfzentrum.models.release import Release
from impfzentrum.vocabulary import VialEnd

VIALS_LIMIT = 20
"""More vials opened at one moment are a typing error."""


class OpenedVials(models.Model):
    """One or several vials of a vaccine, opened at the same time. A reminder for staff, never a clinical judgement.

    `doses` in all and `usable_until` are what the rule in force said when it was noted; a rule that is corrected later
    changes nothing here. `end`: why they no longer count; empty while they do. `release`: the one that took their rest.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="opened_vials")
    vaccine = models.ForeignKey(Vaccine, on_delete=models.PROTECT, related_name="+")
    vials = models.PositiveSmallIntegerField(
        _("Fläschchen"), validators=[MinValueValidator(1), MaxValueValidator(VIALS_LIMIT)]
    )
    doses = models.PositiveSmallIntegerField(_("Dosen darin"))
    opened_at = models.DateTimeField(_("geöffnet"))
    usable_until = models.DateTimeField(_("verwendbar bis"))
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()
    end = models.CharField(max_length=10, choices=VialEnd.choices, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, blank=True, related_name="opened_vials")

    class Meta:
        verbose_name = _("geöffnetes Fläschchen")
        verbose_name_plural = _("geöffnete Fläschchen")
        constraints = [
            models.CheckConstraint(condition=Q(opened_at__lt=F("usable_until")), name="vials_opened_before_their_end"),
            models.CheckConstraint(condition=Q(vials__gte=1, doses__gte=F("vials")), name="vials_hold_doses"),
            models.CheckConstraint(
                condition=Q(end="", ended_by=None, ended_at=None)
                | Q(end__in=sorted(VialEnd.values), ended_by__isnull=False, ended_at__isnull=False),
                name="vials_ended_whole",
            ),
            models.CheckConstraint(
                condition=Q(end="released", release__isnull=False) | (~Q(end="released") & Q(release=None)),
                name="vials_release_goes_with_end",
            ),
        ]
        indexes = [models.Index("centre", "usable_until", condition=Q(end=""), name="vials_open")]

    def __str__(self) -> str:
        return str(self.public_id)
