"""How long each county keeps what it knows of people, what was erased, and how much of it on which day."""

from __future__ import annotations

from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impfzentrum.models.county import County
from impfzentrum.vocabulary import Erased


def _span(low: int, high: int) -> list[MinValueValidator | MaxValueValidator]:
    return [MinValueValidator(low), MaxValueValidator(high)]


class Retention(models.Model):
    """The terms of a county; without a row the defaults hold (`Retention.of`). The database knows the outer limits.

    `ask_after_days`: without a sign of life for so long somebody on the list is asked whether they still wait;
    `gone_after_days`: and without an answer erased then. Both count from the last sign of life.
    """

    county = models.OneToOneField(County, on_delete=models.CASCADE, related_name="retention")
    unconfirmed_hours = models.PositiveSmallIntegerField(
        _("Anmeldungen ohne bestätigten Kontakt, Stunden"), default=48, db_default=48, validators=_span(1, 48)
    )
    vaccinated_hours = models.PositiveSmallIntegerField(
        _("Geimpfte, Stunden"), default=72, db_default=72, validators=_span(12, 336)
    )
    message_days = models.PositiveSmallIntegerField(
        _("Belege und Antworten zu Nachrichten, Tage"), default=30, db_default=30, validators=_span(1, 30)
    )
    ask_after_days = models.PositiveSmallIntegerField(
        _("nachfragen, ob jemand noch wartet, nach Tagen"), default=60, db_default=60, validators=_span(14, 365)
    )
    gone_after_days = models.PositiveSmallIntegerField(
        _("wer nicht antwortet, wird gelöscht nach Tagen"), default=90, db_default=90, validators=_span(21, 400)
    )
    feedback_days = models.PositiveSmallIntegerField(
        _("Rückmeldungen zur Seite, Tage"), default=180, db_default=180, validators=_span(1, 365)
    )

    class Meta:
        verbose_name = _("Löschfristen")
        verbose_name_plural = _("Löschfristen")
        constraints = [
            models.CheckConstraint(condition=Q(unconfirmed_hours__range=(1, 48)), name="retention_unconfirmed"),
            models.CheckConstraint(condition=Q(vaccinated_hours__range=(12, 336)), name="retention_vaccinated"),
            models.CheckConstraint(condition=Q(message_days__range=(1, 30)), name="retention_messages"),
            models.CheckConstraint(condition=Q(ask_after_days__range=(14, 365)), name="retention_asks"),
            models.CheckConstraint(condition=Q(feedback_days__range=(1, 365)), name="retention_feedback"),
            # A week to answer is the least that is fair.
            models.CheckConstraint(
                condition=Q(gone_after_days__gte=F("ask_after_days") + 7, gone_after_days__lte=400),
                name="retention_time_to_answer",
            ),
        ]

    def __str__(self) -> str:
        return str(self.county)

    @classmethod
    def of(cls, county: County) -> Retention:
        """The terms in force for a county."""
        return cls.objects.filter(county=county).first() or cls(county=county)

    @property
    def time_to_answer(self) -> timedelta:
        """Between the question whether somebody still waits and their erasure."""
        return timedelta(days=self.gone_after_days - self.ask_after_days)


class ErasedCount(models.Model):
    """How many of a kind were erased on a day: the proof that the terms are kept. No more is known of anybody."""

    county = models.ForeignKey(County, on_delete=models.CASCADE, related_name="erased_counts")
    day = models.DateField()
    kind = models.CharField(max_length=12, choices=Erased.choices)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("gelöscht am Tag")
        verbose_name_plural = _("gelöscht am Tag")
        constraints = [
            models.UniqueConstraint(fields=["county", "day", "kind"], name="erased_count_once_a_day"),
            models.CheckConstraint(condition=Q(kind__in=sorted(Erased.values)), name="erased_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind}: {self.count}"


class Tombstone(models.Model):
    """That the row with this public id was erased, so that it is erased again where a backup brings it back.

    A public id is random and says nothing of anybody. `written_at`: when it went into the file of tombstones, which
    lies outside the database: those younger than a backup are not in it (procedures.burying).
    """

    public_id = models.UUIDField(unique=True)
    erased_at = models.DateTimeField()
    written_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Löschvermerk")
        verbose_name_plural = _("Löschvermerke")
        indexes = [models.Index("id", condition=Q(written_at=None), name="tombstone_unwritten")]

    def __str__(self) -> str:
        return str(self.public_id)
