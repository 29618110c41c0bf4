"""Every change that a county made to its settings, and every check of its record that somebody asked for."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from impfzentrum.models.county import County
from impfzentrum.vocabulary import SettingKind


class SettingVersion(models.Model):
    """One change of a setting: what stood there before and after it, who made it and when.

    Rows are only ever added; a trigger refuses everything else. `subject` is the id of what was changed (a county, a
    centre, a vaccine), `number` counts the changes of it. `before` and `after` hold plain values by the names of the
    fields, never personal data; `before` is empty for something new. `restores` is the number of the version to which
    this one went back.
    """

    county = models.ForeignKey(County, on_delete=models.PROTECT, related_name="setting_versions")
    kind = models.CharField(max_length=10, choices=SettingKind.choices)
    subject = models.BigIntegerField()
    number = models.PositiveIntegerField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    restores = models.PositiveIntegerField(null=True)
    form_key = models.UUIDField(unique=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        verbose_name = _("Fassung einer Einstellung")
        verbose_name_plural = _("Fassungen der Einstellungen")
        constraints = [
            models.UniqueConstraint(fields=["county", "kind", "subject", "number"], name="setting_number_once"),
            models.CheckConstraint(condition=Q(kind__in=sorted(SettingKind.values)), name="setting_kind_known"),
            models.CheckConstraint(condition=Q(number__gte=1), name="setting_numbers_begin_at_one"),
        ]
        indexes = [models.Index(fields=["county", "-set_at"], name="setting_of_county")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}, {self.number}"


class RecordCheck(models.Model):
    """A check of a county's record that somebody asked for on the page; a worker does it and notes what it found.

    At most one of a county waits or runs. `failed`: the check itself broke off, which says nothing about the record.
    """

    county = models.ForeignKey(County, on_delete=models.PROTECT, related_name="record_checks")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    failed = models.BooleanField(default=False)
    events = models.PositiveBigIntegerField(default=0)
    draws = models.PositiveBigIntegerField(default=0)
    picks = models.PositiveBigIntegerField(default=0)
    offers = models.PositiveBigIntegerField(default=0)
    faults = models.JSONField(default=list)

    class Meta:
        verbose_name = _("Prüfung des Protokolls")
        verbose_name_plural = _("Prüfungen des Protokolls")
        constraints = [
            models.UniqueConstraint(
                fields=["county"], condition=Q(finished_at=None), name="record_check_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(GreaterThanOrEqual(F("finished_at"), F("requested_at"))),
                name="record_check_ends_after_its_begin",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.county_id}, {self.requested_at:%Y-%m-%d %H:%M}"
