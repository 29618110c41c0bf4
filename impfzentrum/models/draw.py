"""The draw of a day and the places it gives: the order in which a centre asks its people."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impfzentrum.models.campaign import Vaccine
from impfzentrum.models.county import Centre
from impfzentrum.models.standby import StandbyEntry
from impfzentrum.vocabulary import OrderPolicy


class Draw(models.Model):
    """One drawing of lots for a centre. `commitment` is the hash of the seed and may be published before it.

    Without `drawn_at` it is only prepared: the seed is fixed, nobody was put in order yet. The latest one drawn is in
    force. `committed_at`: when the commitment went into the audit. `late`: the ids of those who said yes too late since
    the draw before, who therefore come first. `classes`: those that occur among its places (rules.places).
    `cleared_at`: when the places of an order that is over were deleted. `round` counts the draws of a day; the first
    needs no reason.
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="draws")
    day = models.DateField()
    round = models.PositiveSmallIntegerField(default=1)
    policy = models.CharField(max_length=10, choices=OrderPolicy.choices, default=OrderPolicy.DRAW)
    seed = models.BinaryField(max_length=32)
    commitment = models.CharField(max_length=64)
    committed_at = models.DateTimeField(null=True)
    drawn_at = models.DateTimeField(null=True)
    cleared_at = models.DateTimeField(null=True)
    people = models.PositiveIntegerField(default=0)
    late = ArrayField(models.BigIntegerField(), default=list)
    classes = ArrayField(models.SmallIntegerField(), default=list)
    reason = models.CharField(max_length=200, blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("Auslosung")
        verbose_name_plural = _("Auslosungen")
        constraints = [
            models.UniqueConstraint(fields=["centre", "day", "round"], name="draw_once_a_day_and_round"),
            models.CheckConstraint(condition=Q(policy__in=sorted(OrderPolicy.values)), name="draw_policy_known"),
            models.CheckConstraint(condition=Q(round=1) | ~Q(reason=""), name="draw_again_needs_reason"),
        ]
        indexes = [
            models.Index(fields=["centre", "-drawn_at"], condition=Q(drawn_at__isnull=False), name="draw_in_force")
        ]

    @property
    def subject(self) -> str:
        """How the audit names it: a number alone could be a release's."""
        return f"draw-{self.pk}"

    def __str__(self) -> str:
        return f"{self.centre}, {self.day}" + (f" ({self.round}.)" if self.round > 1 else "")


class Place(models.Model):
    """Where a person stands in the order of a draw for one vaccine: an index that the database cannot make itself.

    A row exists while the lasting conditions of models.eligible hold; `ready` while the person could be asked at this
    moment. A false `ready` would pass somebody over, so it follows the person by a trigger; a wrong true one costs a
    look, since who is asked is judged again under lock.
    """

    pk = models.CompositePrimaryKey("entry_id", "draw_id", "vaccine_id")
    # No foreign keys in the database: each of 400,000 rows a draw would look up three. Entries and draws are never
    # deleted.
    entry = models.ForeignKey(
        StandbyEntry, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="places"
    )
    draw = models.ForeignKey(Draw, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="places")
    vaccine = models.ForeignKey(
        Vaccine, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    place_class = models.SmallIntegerField()
    priority_group = models.SmallIntegerField()
    ticket = models.BigIntegerField()
    travel_minutes = models.SmallIntegerField()
    ready = models.BooleanField()

    class Meta:
        indexes = [
            models.Index(
                fields=["draw", "vaccine", "place_class", "priority_group", "ticket", "entry"],
                include=["travel_minutes"],
                condition=Q(ready=True),
                name="place_next",
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} in {self.draw_id}"


class PlaceDue(models.Model):
    """A note of the database that places no longer fit: what a person told us changed, or (no entry) the rules did.

    A note each time, never one a person: a note that is taken away has been seen by nobody who came after.
    """

    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="+")
    entry = models.ForeignKey(StandbyEntry, on_delete=models.CASCADE, null=True, db_index=False, related_name="+")

    def __str__(self) -> str:
        return f"{self.centre_id}: {self.entry_id}"


class DrawRecord(models.Model):
    """The order as it was drawn, for whoever repeats the draw: one line a place in the order of asking, compressed.

    The form of a line is told by rules.draw_record. `digest` is the SHA-256 of the lines before they are compressed; it
    stands in the audit too. A trigger refuses every change.
    """

    draw = models.OneToOneField(Draw, on_delete=models.PROTECT, primary_key=True, related_name="record")
    compressed = models.BinaryField()
    digest = models.CharField(max_length=64)
    places = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("Aufzeichnung einer Auslosung")
        verbose_name_plural = _("Aufzeichnungen der Auslosungen")

    def __str__(self) -> str:
        return self.digest


class PlaceChange(models.Model):
    """That somebody's place changed after the draw: written by triggers of the database, never by a procedure.

    The record of a draw and these rows tell who stood ready at each pick. `ready` is None when the place was taken
    away. `rests_until`: the end of the person's cool-down at that moment; `availability`, `ready_until`: when they have
    time. `clears_hint`: the person was not ready from the draw on, only the draw had not seen it
    (procedures.clearing.clear_hints). `transaction`: the number of the database's transaction, so that a pick can say
    exactly which changes it could see.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    transaction = models.BigIntegerField()
    entry = models.ForeignKey(
        StandbyEntry, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    draw = models.ForeignKey(Draw, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    vaccine = models.ForeignKey(
        Vaccine, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    place_class = models.SmallIntegerField()
    priority_group = models.SmallIntegerField()
    ticket = models.BigIntegerField()
    travel_minutes = models.SmallIntegerField()
    ready = models.BooleanField(null=True)
    rests_until = models.DateTimeField(null=True)
    availability = models.IntegerField()
    ready_until = models.DateTimeField(null=True)
    clears_hint = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("Änderung eines Platzes")
        verbose_name_plural = _("Änderungen von Plätzen")
        indexes = [
            models.Index(fields=["draw", "id"], name="place_change_of_draw"),
            # Numbers of transactions rise with the rows: a few bytes a block find those of the last minute.
            BrinIndex(fields=["transaction"], autosummarize=True, name="place_change_by_transaction"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} in {self.draw_id}: {self.ready}"
