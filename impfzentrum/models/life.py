"""Signs of life of the workers."""

from __future__ import annotations

from django.db import models


class SignOfLife(models.Model):
    """When a worker last took a task from this queue; for the queue of the sweep: when a sweep last came to its end."""

    queue = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.queue} {self.at:%Y-%m-%d %H:%M:%S}"
