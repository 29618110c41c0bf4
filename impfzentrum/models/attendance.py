"""What became at the door of people who had accepted: where each stands now, and every tap that brought them there."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impfzentrum.models.moving import Moving, state_is_known
from impfzentrum.models.offer import Offer
from impfzentrum.states import ATTENDANCE_MOVES, AttendanceState

UNDO_WITHIN = timedelta(minutes=10)
"""So long a slip at the door can be taken back; after that the record stands."""

BATCH_LIMIT = 20
"""Letters of a batch number; the longest of the four vaccines of 2021 had eight."""


class Attendance(Moving):
    """One row an accepted offer, from the first tap at the door on. Without a row the person is expected.

    `proof_checked`: somebody has seen the proof (§ 6 Abs. 4 CoronaImpfV). `batch`: that of the vaccine that was given.
    """

    MOVES = ATTENDANCE_MOVES

    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, related_name="attendance")
    state = models.CharField(max_length=10, choices=AttendanceState.choices, default=AttendanceState.EXPECTED)
    proof_checked = models.BooleanField(default=False)
    batch = models.CharField(_("Charge"), max_length=BATCH_LIMIT, blank=True)

    class Meta:
        verbose_name = _("Erscheinen")
        verbose_name_plural = _("Erscheinen")
        constraints = [
            state_is_known(AttendanceState, "attendance_state_known"),
            models.CheckConstraint(
                condition=Q(state="vaccinated", proof_checked=True) & ~Q(batch="")
                | ~Q(state="vaccinated") & Q(batch=""),
                name="attendance_batch_goes_with_vaccination",
            ),
        ]
        indexes = [models.Index("state_since", name="attendance_by_time")]

    def __str__(self) -> str:
        return f"{self.offer}: {self.state}"


class AttendanceStep(models.Model):
    """One tap at the door: who took the person from where to where. `form_key` makes a second tap the same step.

    `proof_before`: whether the proof had been seen before. `freed`: the dose was free again by this step, not lapsed.
    """

    attendance = models.ForeignKey(Attendance, on_delete=models.PROTECT, related_name="steps")
    form_key = models.UUIDField(unique=True)
    before = models.CharField(max_length=10, choices=AttendanceState.choices)
    after = models.CharField(max_length=10, choices=AttendanceState.choices)
    proof_before = models.BooleanField(default=False)
    freed = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None) | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="attendance_step_undone_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"{self.before} -> {self.after}"

    def can_be_undone(self, now: datetime) -> bool:
        """Whether it is not too late for an undo; who else acted meanwhile is seen only when it is tried."""
        return self.undone_at is None and now <= self.at + UNDO_WITHIN
