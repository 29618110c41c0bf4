"""Files with booked appointments: sealed until a worker has read them, and how a centre's columns are named."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impfzentrum.models.county import Centre
from impfzentrum.models.moving import Moving, state_is_known
from impfzentrum.models.sealed import SealedTextField
from impfzentrum.states import IMPORT_MOVES, ImportState


class BookingImport(Moving):
    """One file that somebody brought. Whatever it holds of people lies sealed and leaves with the last step.

    `content`: the file itself, until it is read. `cells`: what was read, until the lines are stored or thrown away.
    `outlook`: what the lines will do, with their faults. `columns`: which column says what, by its place.
    `result`: counts, and why a file was refused; nothing of a person. `leased_until`, `tries`: a worker has it in hand.
    """

    MOVES = IMPORT_MOVES

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="booking_imports")
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.WAITING)
    brought_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    brought_at = models.DateTimeField()
    form_key = models.UUIDField(unique=True)
    day = models.DateField()
    content = SealedTextField(blank=True)
    cells = SealedTextField(blank=True)
    outlook = SealedTextField(blank=True)
    columns = models.JSONField(default=dict)
    without_faulty = models.BooleanField(default=False)
    lines_read = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    result = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("Datei mit Terminen")
        verbose_name_plural = _("Dateien mit Terminen")
        constraints = [
            state_is_known(ImportState, "bookingimport_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["stored", "refused", "discarded"]) | Q(content="", cells="", outlook=""),
                name="bookingimport_ends_empty",
            ),
        ]
        indexes = [
            models.Index(
                "state_since", condition=Q(state__in=["waiting", "confirmed"]), name="bookingimport_for_workers"
            )
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class BookingColumns(models.Model):
    """How the columns are named that a centre chose last: `headings` gives the heading for each field."""

    centre = models.OneToOneField(Centre, on_delete=models.CASCADE, related_name="booking_columns")
    headings = models.JSONField(default=dict)
    chosen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.centre}"
