"""How long the lists are: counted once and kept, since no page may count a million people."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from impfzentrum.models.campaign import GROUPS, Campaign
from impfzentrum.models.county import Centre

WEEKS = 4
"""So many weeks back the figures of a group reach, the latest first."""


class ListSize(models.Model):
    """How many people are on the list of a campaign: everybody but those who have left or were erased.

    A trigger keeps it, so it is right whoever writes entries and however many at once. Who joins a list that has a cap
    locks the row first (procedures/listing.py).
    """

    campaign = models.OneToOneField(Campaign, on_delete=models.CASCADE, primary_key=True, related_name="list_size")
    people = models.PositiveIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.people}"


class GroupFigures(models.Model):
    """What a group at a centre can be told of itself, counted once an hour.

    `waiting`: people who wait there. `asked`, `taken`: offers to the group in each of the last weeks, the latest first,
    and those of them that ended with a yes. `released`: doses that the centre released in the last seven days, for
    whatever group. `first_release_at`: since when there are weeks to count.
    """

    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="group_figures")
    priority_group = models.PositiveSmallIntegerField()
    counted_at = models.DateTimeField()
    waiting = models.PositiveIntegerField()
    asked = ArrayField(models.PositiveIntegerField(), size=WEEKS)
    taken = ArrayField(models.PositiveIntegerField(), size=WEEKS)
    released = models.PositiveIntegerField()
    first_release_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["centre", "priority_group"], name="figures_once_a_group"),
            models.CheckConstraint(condition=Q(priority_group__in=GROUPS), name="figures_group_known"),
        ]

    def __str__(self) -> str:
        return f"{self.centre_id}, {self.priority_group}: {self.waiting}"
