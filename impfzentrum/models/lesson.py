"""What a county has learned from the answers of its people."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from impfzentrum.models.county import County


class ResponseLesson(models.Model):
    """When the people of a county answer: the knots of rules.response.ResponseCurve, from so many `answers`."""

    county = models.OneToOneField(County, on_delete=models.CASCADE, related_name="+")
    shares = ArrayField(models.FloatField())
    answers = models.PositiveIntegerField()
    learned_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.county}, {self.answers}"
