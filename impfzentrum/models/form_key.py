"""Forms of staff that were sent: so that a second tap does nothing twice."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class FormKey(models.Model):
    """One filled-in form that one person has sent. The second sending of the same finds this row.

    `digest`: keyed hash of who, where, the form's own key and everything that was typed; the words themselves are not
    kept. `led_to`: the path to which the first sending led; empty while it is under way, and for good if it broke off.
    Kept a day.
    """

    digest = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+")
    sent_at = models.DateTimeField()
    led_to = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index("sent_at", name="form_key_by_age")]

    def __str__(self) -> str:
        return self.digest[:8]
