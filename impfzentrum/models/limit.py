"""How often something was asked for: one row for each subject and kind, without saying who it is."""

from __future__ import annotations

from django.db import models


class RequestCount(models.Model):
    """So many requests of one kind by one address or for one number, until `ends_at`. `key` is a keyed hash."""

    key = models.CharField(max_length=64, unique=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index("ends_at", name="request_count_by_end")]

    def __str__(self) -> str:
        return f"{self.key[:8]}: {self.count}"
