"""A sign-up on its way: what a person has told so far, until they are done or two days are over."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import Value
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

from impfzentrum.models.campaign import Campaign
from impfzentrum.models.contact_proof import ContactProof
from impfzentrum.models.sealed import SealedTextField, derive_token, hash_token

SEALED_LIMIT = 20_000
"""Characters of the sealed answers; sealing makes them about a third longer."""


class SignUpDraft(models.Model):
    """What somebody has typed on the pages of the sign-up, sealed. Its link opens it on any device.

    `proof`: the code or link that was sent for it. `expires_at`: then it is deleted, whatever became of it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="drafts")
    token_hash = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answers = SealedTextField(blank=True)
    proof = models.ForeignKey(ContactProof, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], name="draft_token_once"),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("answers"), Value(SEALED_LIMIT)), name="draft_stays_small"
            ),
        ]
        indexes = [models.Index("expires_at", name="draft_by_end")]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def token(self) -> str:
        """The secret of the link that resumes the sign-up."""
        return derive_token("draft", str(self.public_id))

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.token_hash = self.token_hash or hash_token(self.token)
        super().save(*args, **kwargs)
