"""Receipts: what the providers tell about messages after they took them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impfzentrum.models.message import Message
from impfzentrum.vocabulary import ReceiptOutcome


class DeliveryReceipt(models.Model):
    """One receipt, kept once however often it comes. Without a message it is a stray one: nothing of ours fits yet.

    A receipt names our own `reference` (Kannel, Twilio) or only the `provider_id` (seven).
    """

    message = models.ForeignKey(Message, on_delete=models.CASCADE, null=True, blank=True, related_name="receipts")
    provider = models.CharField(max_length=20)
    provider_id = models.CharField(max_length=100, blank=True)
    reference = models.UUIDField(null=True, blank=True)
    outcome = models.CharField(max_length=13, choices=ReceiptOutcome.choices)
    reason = models.CharField(max_length=40, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        verbose_name = _("Zustellbeleg")
        verbose_name_plural = _("Zustellbelege")
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "provider_id", "reference", "outcome"],
                nulls_distinct=False,
                name="receipt_kept_once",
            ),
            models.CheckConstraint(
                condition=~Q(provider_id="") | Q(reference__isnull=False), name="receipt_names_a_message"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=sorted(ReceiptOutcome.values)), name="receipt_outcome_known"
            ),
        ]
        indexes = [
            models.Index("received_at", condition=Q(message=None), name="receipt_stray"),
            models.Index("received_at", name="receipt_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.outcome}"
