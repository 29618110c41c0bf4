"""What reports leave behind: figures for everybody, long exports, and who gets word of reports by e-mail."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impfzentrum.models.county import Centre, County

EXPORT_KEPT = timedelta(days=1)
"""So long the file of an export can be fetched by who asked for it."""

MAX_TRIES = 3


class Rhythm(models.TextChoices):
    """How often somebody gets word of the reports."""

    WEEKLY = "weekly", _("jeden Montag")
    MONTHLY = "monthly", _("am Ersten des Monats")


class PublicFigures(models.Model):
    """What everybody may know of a county, counted once an hour (procedures/transparency.py).

    Doses of all time, and of the last thirty days. `waiting`: pairs of group and people, None for a withheld count;
    null where too few people wait to show any.
    """

    county = models.OneToOneField(County, on_delete=models.CASCADE, primary_key=True, related_name="public_figures")
    counted_at = models.DateTimeField()
    released = models.PositiveIntegerField()
    saved = models.PositiveIntegerField()
    released_lately = models.PositiveIntegerField()
    saved_lately = models.PositiveIntegerField()
    waiting = models.JSONField(null=True)

    def __str__(self) -> str:
        return f"{self.county_id}: {self.saved}"


class ExportJob(models.Model):
    """A long export that somebody asked for. Queued until a worker has its lease, done with `finished_at`.

    Nobody but who asked may fetch it. `rows_total` is known when the work begins. Deleted with its file after a day.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    county = models.ForeignKey(County, on_delete=models.CASCADE, db_index=False, related_name="+")
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, null=True, db_index=False, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    kind = models.CharField(max_length=20)
    file_format = models.CharField(max_length=4)
    first = models.DateField()
    last = models.DateField()
    lease_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(null=True)
    finished_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(finished_at=None) | Q(failed_at=None), name="export_finished_or_failed"),
            models.CheckConstraint(condition=Q(file_format__in=["csv", "xlsx"]), name="export_format_known"),
            models.CheckConstraint(condition=Q(first__lte=F("last")), name="export_days_in_order"),
        ]
        indexes = [
            models.Index("asked_at", name="export_by_age"),
            models.Index("id", condition=Q(finished_at=None, failed_at=None), name="export_open"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def percent(self) -> int:
        """How far it is, from 0 to 100."""
        if self.finished_at is not None:
            return 100
        return 99 * self.rows_done // self.rows_total if self.rows_total else 0

    @property
    def open(self) -> bool:
        return self.finished_at is None and self.failed_at is None

    @property
    def kept_until(self) -> datetime:
        return self.asked_at + EXPORT_KEPT


class ExportFile(models.Model):
    """The file of a finished export, apart from its job so that nobody reads it by accident.

    In PostgreSQL and not in a folder: web and worker may be two machines, and a backup or a deletion has one place.
    """

    job = models.OneToOneField(ExportJob, on_delete=models.CASCADE, primary_key=True, related_name="file")
    content = models.BinaryField()

    def __str__(self) -> str:
        return str(self.job_id)


class ReportSchedule(models.Model):
    """Somebody of the county gets word of the reports: an e-mail with a link that needs a login, without figures.

    `next_on`: the day from which the next one is due. `last_error`: why the last one could not be sent.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    county = models.ForeignKey(County, on_delete=models.CASCADE, related_name="report_schedules")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    rhythm = models.CharField(_("Wie oft"), max_length=8, choices=Rhythm.choices)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+")
    created_at = models.DateTimeField()
    next_on = models.DateField()
    lease_until = models.DateTimeField(null=True)
    last_sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "user"], name="report_schedule_once_a_person"),
            models.CheckConstraint(condition=Q(rhythm__in=sorted(Rhythm.values)), name="report_schedule_rhythm_known"),
        ]

    def __str__(self) -> str:
        return f"{self.county_id}: {self.rhythm}"
