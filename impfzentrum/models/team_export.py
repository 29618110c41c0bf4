"""What the vaccination team gets before the centre opens: when, who, and what was sent on which day."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impfzentrum.models.county import Centre
from impfzentrum.models.sealed import SealedTextField
from impfzentrum.models.staff import Membership

EARLIEST, LATEST = 5, 720
"""Minutes before opening: later nobody could read it, earlier it is yesterday."""

SHORTEST_PASSWORD = 12
"""Letters: the file leaves our house, and whoever has it may try passwords as fast as their machine can."""


class ListKind(models.TextChoices):
    """How the list with names comes along. The e-mail itself never names anybody."""

    LINK = "link", _("als Link, der die Anmeldung verlangt")
    FILE = "file", _("als PDF im Anhang, mit Kennwort verschlüsselt")
    NONE = "none", _("gar nicht, nur die Zahlen")


class TeamExport(models.Model):
    """What a centre has chosen. `addresses` are e-mail addresses beside those of the `members`, one a line.

    `password` opens the PDF; it is told to the team by other ways and stands in no e-mail.
    """

    centre = models.OneToOneField(Centre, on_delete=models.CASCADE, related_name="team_export")
    active = models.BooleanField(default=False)
    minutes_before = models.PositiveSmallIntegerField(
        default=60, validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)]
    )
    members = models.ManyToManyField(Membership, blank=True, related_name="+")
    addresses = SealedTextField(blank=True)
    list_kind = models.CharField(max_length=4, choices=ListKind.choices, default=ListKind.LINK)
    password = SealedTextField(blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(list_kind__in=sorted(ListKind.values)), name="team_export_kind_known"),
            models.CheckConstraint(
                condition=Q(minutes_before__range=(EARLIEST, LATEST)), name="team_export_before_opening"
            ),
            models.CheckConstraint(
                condition=~Q(active=True, list_kind="file") | ~Q(password=""), name="team_export_file_has_password"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.centre}"

    @property
    def lead(self) -> timedelta:
        return timedelta(minutes=self.minutes_before)


class TeamExportRun(models.Model):
    """A day on which the export was due: one row a centre and day, whoever comes first writes it."""

    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, db_index=False, related_name="team_export_runs")
    day = models.DateField()
    due_at = models.DateTimeField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["centre", "day"], name="team_export_once_a_day")]

    def __str__(self) -> str:
        return f"{self.centre} {self.day}"


class TeamMail(models.Model):
    """The e-mail of a run to one address. Whoever sends it has a lease; it goes out once, or is given up and told.

    `reference` is also its Message-ID: where a worker died between handing over and noting so, mail programs know the
    second copy as the same e-mail.
    """

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    run = models.ForeignKey(TeamExportRun, on_delete=models.CASCADE, related_name="mails")
    address = SealedTextField()
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sent_at=None) | Q(given_up_at=None), name="team_mail_sent_or_given_up")
        ]
        indexes = [models.Index("run", condition=Q(sent_at=None, given_up_at=None), name="team_mail_open")]

    def __str__(self) -> str:
        return str(self.reference)
