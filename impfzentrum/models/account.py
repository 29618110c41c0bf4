"""Links with which somebody opens an account of theirs: the invitation, and the way to a new password."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impfzentrum.models.sealed import derive_token, hash_token


class LinkPurpose(models.TextChoices):
    INVITATION = "invitation", _("Einladung")
    PASSWORD = "password", _("neues Passwort")


class AccountLink(models.Model):
    """One link of one mail. Good once, until `valid_until`; a later link of the same person ends it.

    The token is derived from `reference` with a key outside the database, and only its hash is stored. `lease_until`: a
    worker is sending it; `sent_at`: a mail server took it; `fault`: why none ever will.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="account_links")
    purpose = models.CharField(max_length=12, choices=LinkPurpose.choices)
    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    token_hash = models.CharField(max_length=64, unique=True)
    form_key = models.UUIDField(null=True, blank=True, unique=True)
    made_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("Link zu einem Konto")
        verbose_name_plural = _("Links zu Konten")
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__in=sorted(LinkPurpose.values)), name="account_link_purpose_known"
            ),
            models.CheckConstraint(condition=Q(valid_until__gt=F("made_at")), name="account_link_lasts"),
            # Two at once for one person: the second waits for the first and ends it, or is refused here.
            models.UniqueConstraint(fields=["user"], condition=Q(ended_at=None), name="account_link_one_open_a_user"),
        ]
        indexes = [
            models.Index("id", condition=Q(ended_at=None, sent_at=None, fault=""), name="account_link_unsent"),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}, {self.made_at:%Y-%m-%d %H:%M}"

    @property
    def token(self) -> str:
        return derive_account_token(self.reference)


def derive_account_token(reference: uuid.UUID) -> str:
    """128 bit in 22 letters (models/sealed.py)."""
    return derive_token("account", str(reference))


def hash_account_token(reference: uuid.UUID) -> str:
    return hash_token(derive_account_token(reference))
