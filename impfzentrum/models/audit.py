"""The record of who did what and why: append-only, hash-chained for each county."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impfzentrum.models.county import County


class AuditEvent(models.Model):
    """What happened. Written in the transaction of the change itself; sealed into the chain seconds later.

    Sealing afterwards keeps the chain from making all work of a county wait in one line (docs/decisions/0003). A
    trigger refuses to change or delete a sealed row, and to change an unsealed one but for sealing it. `subject` is the
    public id of what it is about; `detail` holds no personal data.
    """

    county = models.ForeignKey(County, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=40)
    subject = models.CharField(max_length=60)
    detail = models.JSONField(default=dict)
    position = models.PositiveBigIntegerField(null=True)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("Protokolleintrag")
        verbose_name_plural = _("Protokoll")
        constraints = [
            models.UniqueConstraint(fields=["county", "position"], name="audit_position_once_a_county"),
            models.CheckConstraint(
                condition=Q(position=None, digest="") | (Q(position__isnull=False) & ~Q(digest="")),
                name="audit_sealed_whole",
            ),
        ]
        indexes = [
            models.Index("id", condition=Q(position=None), name="audit_unsealed"),
            models.Index(fields=["county", "-at"], name="audit_of_county"),
            models.Index("subject", name="audit_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.action}"
