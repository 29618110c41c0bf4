"""What people ask of us without being known: a lost link, and word of a list that opens."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impfzentrum.models.county import County
from impfzentrum.models.sealed import SealedTextField, derive_token, hash_token
from impfzentrum.vocabulary import WRITTEN, Language


class LinkRequest(models.Model):
    """Somebody typed this contact and asked for their link. The row goes as soon as the sweep has looked for entries.

    The same row is written whether or not we know the contact, so that neither answer nor time tells.
    """

    channel = models.CharField(max_length=5, choices=[(channel.value, channel.label) for channel in WRITTEN])
    contact_index = models.CharField(max_length=64)
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(channel__in=sorted(WRITTEN)), name="link_request_channel_known")
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.asked_at:%Y-%m-%d %H:%M}"


class OpeningWatch(models.Model):
    """An e-mail address that wants to be told when a county's list opens again, and nothing else.

    Unconfirmed ones go after two days, all others as soon as they were told: `told_at` is only set meanwhile.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    county = models.ForeignKey(County, on_delete=models.CASCADE, related_name="opening_watches")
    email = SealedTextField(_("E-Mail"))
    email_index = models.CharField(max_length=64)
    language = models.CharField(max_length=5, choices=Language.choices, default=Language.GERMAN)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "email_index"], name="opening_watch_once_an_address"),
            models.CheckConstraint(
                condition=Q(told_at=None) | Q(confirmed_at__isnull=False), name="opening_told_to_confirmed_only"
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def token(self) -> str:
        """The secret of the link in the e-mail."""
        return derive_token("opening", str(self.public_id))

    def save(self, *args: object, **kwargs: object) -> None:
        self.token_hash = self.token_hash or hash_token(self.token)
        super().save(*args, **kwargs)  # type: ignore[arg-type]
