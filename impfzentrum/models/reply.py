"""Replies: what people write back by SMS. The text itself is never stored."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impfzentrum.models.sealed import SealedTextField
from impfzentrum.models.standby import StandbyEntry
from impfzentrum.vocabulary import ReplyOutcome, ReplyWord


class Reply(models.Model):
    """One SMS to us, kept once under the provider's number for it.

    `sender` is sealed and only kept while an answer has to find its way to a number that belongs to no single entry.
    """

    provider = models.CharField(max_length=20)
    provider_id = models.CharField(max_length=100)
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=20, blank=True)
    sender = SealedTextField(blank=True)
    sender_index = models.CharField(max_length=64, blank=True)
    word = models.CharField(max_length=10, choices=ReplyWord.choices)
    entry = models.ForeignKey(StandbyEntry, on_delete=models.CASCADE, null=True, blank=True, related_name="replies")
    outcome = models.CharField(max_length=20, choices=ReplyOutcome.choices, blank=True)
    handled_at = models.DateTimeField(null=True, blank=True)
    answered = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("Antwort per SMS")
        verbose_name_plural = _("Antworten per SMS")
        constraints = [
            models.UniqueConstraint(fields=["provider", "provider_id"], name="reply_kept_once"),
            models.CheckConstraint(condition=Q(word__in=sorted(ReplyWord.values)), name="reply_word_known"),
            models.CheckConstraint(
                condition=Q(outcome="", handled_at=None)
                | Q(outcome__in=sorted(ReplyOutcome.values), handled_at__isnull=False),
                name="reply_outcome_known",
            ),
        ]
        indexes = [
            models.Index("received_at", condition=Q(handled_at=None), name="reply_unhandled"),
            models.Index("sender_index", "received_at", condition=Q(answered=True), name="reply_answered"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.word}"
