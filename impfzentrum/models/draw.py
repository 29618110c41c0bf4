"""The draw of a day: the seed that puts everybody of a centre in order."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from impfzentrum.models.county import Centre


class Draw(models.Model):
    """One drawing of lots for a centre. `commitment` is the hash of the seed and may be published before it."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="draws")
    day = models.DateField()
    seed = models.BinaryField(max_length=32)
    commitment = models.CharField(max_length=64)
    drawn_at = models.DateTimeField()
    people = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("Auslosung")
        verbose_name_plural = _("Auslosungen")
        constraints = [models.UniqueConstraint(fields=["centre", "day"], name="draw_once_a_day")]

    def __str__(self) -> str:
        return f"{self.centre}, {self.day}"
