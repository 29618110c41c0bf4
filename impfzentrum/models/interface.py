"""The way by which a booking system tells of cancellations: its keys, and what it said."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impfzentrum.models.county import Centre
from impfzentrum.rules.booking_values import REFERENCE_LENGTH
from impfzentrum.vocabulary import ReportOutcome

EVENT_LIMIT = 100


class InterfaceKey(models.Model):
    """What a booking system shows to speak for one centre. Only a hash is kept; `hint` tells two keys apart."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="interface_keys")
    name = models.CharField(max_length=60)
    hint = models.CharField(max_length=4)
    secret_hash = models.CharField(max_length=64, unique=True)
    form_key = models.UUIDField(unique=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Schlüssel einer Schnittstelle")
        verbose_name_plural = _("Schlüssel der Schnittstelle")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="interfacekey_revoked_whole",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"


class CancelReport(models.Model):
    """A booking system said once that an appointment is cancelled. `event_id` is its own name for saying so."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, db_index=False, related_name="cancel_reports")
    event_id = models.CharField(max_length=EVENT_LIMIT)
    reference = models.CharField(max_length=REFERENCE_LENGTH)
    received_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=ReportOutcome.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["centre", "event_id"], name="cancelreport_once_an_event"),
            models.CheckConstraint(
                condition=Q(outcome__in=sorted(ReportOutcome.values)), name="cancelreport_outcome_known"
            ),
        ]
        indexes = [
            models.Index(fields=["centre", "reference"], condition=Q(outcome="waiting"), name="cancelreport_waiting")
        ]

    def __str__(self) -> str:
        return self.event_id
