"""Proofs that a contact belongs to the person who gave it."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import Q

from impfzentrum.models.sealed import SealedTextField, derive_code, derive_token, hash_token
from impfzentrum.models.standby import StandbyEntry
from impfzentrum.vocabulary import WRITTEN, Channel


class ContactProof(models.Model):
    """A code by SMS or a link by e-mail that shows that a contact belongs to the person who gave it.

    `new_contact`: what is proved where it is not the entry's yet; the proof puts it in place of the old one.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    entry = models.ForeignKey(StandbyEntry, on_delete=models.CASCADE, related_name="proofs")
    channel = models.CharField(max_length=5, choices=Channel.choices)
    new_contact = SealedTextField(blank=True, default="", db_default="")
    token_hash = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], name="proof_token_once"),
            models.CheckConstraint(condition=Q(channel__in=sorted(WRITTEN)), name="proof_channel_known"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.public_id}"

    @property
    def token(self) -> str:
        """The secret of the page where the code is typed, or of the link in the e-mail."""
        return derive_token("proof", str(self.public_id))

    @property
    def code(self) -> str:
        """Six digits for the SMS."""
        return derive_code(str(self.public_id))

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.token_hash = self.token_hash or hash_token(self.token)
        super().save(*args, **kwargs)
