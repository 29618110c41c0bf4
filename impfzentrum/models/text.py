"""Message texts of a county: what it sends instead of our built-in ones."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from impfzentrum.models.county import County
from impfzentrum.rules.linting import Wording
from impfzentrum.rules.text_kinds import TextKey
from impfzentrum.text_vocabulary import Occasion
from impfzentrum.vocabulary import WRITTEN, Channel, Language

_NOT_OVER = """
SELECT version.* FROM impfzentrum_messagetext AS version
WHERE version.county_id = ANY(%s) AND version.occasion = ANY(%s) AND version.channel = ANY(%s) AND NOT EXISTS (
    SELECT FROM impfzentrum_messagetext AS later
    WHERE later.county_id = version.county_id AND later.occasion = version.occasion
        AND later.channel = version.channel AND later.language = version.language
        AND later.number > version.number AND later.valid_from <= %s
)
"""
"""Written out, since every batch of messages asks it: building it anew takes the ORM longer than the answer."""


class MessageTextQuerySet(models.QuerySet["MessageText"]):
    def read_not_over(
        self,
        since: datetime,
        *,
        counties: Iterable[int],
        occasions: Iterable[Occasion] = Occasion,
        channels: Iterable[Channel] = Channel,
    ) -> list[MessageText]:
        """What is in force at this moment or comes into force later: none that a later version had replaced by then.

        Of each text it is one version, and those that are planned.
        """
        kinds = [one.value for one in occasions], [one.value for one in channels]
        return list(self.raw(_NOT_OVER, [list(counties), *kinds, since]))

    def of(self, key: TextKey) -> MessageTextQuerySet:
        """Every version of one text."""
        return self.filter(occasion=key.occasion, channel=key.channel, language=key.language)


class MessageText(models.Model):
    """One version of a text of a county, in force from `valid_from` until a later version begins.

    Rows are only ever added; a trigger refuses everything else. In force at a moment is the version with the highest
    number that has begun: what was saved last wins, also over what was planned before. An empty body is the way back to
    the built-in text.
    """

    county = models.ForeignKey(County, on_delete=models.PROTECT, related_name="texts")
    occasion = models.CharField(max_length=30, choices=Occasion.choices)
    channel = models.CharField(max_length=5, choices=Channel.choices)
    language = models.CharField(max_length=5, choices=Language.choices)
    number = models.PositiveIntegerField()
    subject = models.CharField(max_length=100, blank=True)
    body = models.TextField(blank=True)
    valid_from = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    objects = MessageTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("Nachrichtentext")
        verbose_name_plural = _("Nachrichtentexte")
        constraints = [
            models.UniqueConstraint(
                fields=["county", "occasion", "channel", "language", "number"], name="text_number_once"
            ),
            models.CheckConstraint(condition=Q(occasion__in=sorted(Occasion.values)), name="text_occasion_known"),
            models.CheckConstraint(condition=Q(channel__in=sorted(WRITTEN)), name="text_channel_known"),
            models.CheckConstraint(condition=Q(language__in=sorted(Language.values)), name="text_language_known"),
            models.CheckConstraint(condition=Q(number__gte=1), name="text_numbers_begin_at_one"),
            models.CheckConstraint(
                condition=Q(body="", subject="")
                | Q(Q(channel="sms", subject="") | (Q(channel="email") & ~Q(subject="")), ~Q(body="")),
                name="text_subject_goes_with_email",
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(F("set_at"), F("valid_from")), name="text_changes_no_past"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}, {self.number}"

    @property
    def key(self) -> TextKey:
        return TextKey(Occasion(self.occasion), Channel(self.channel), Language(self.language))

    @property
    def built_in(self) -> bool:
        """Whether this version is the way back to the built-in text."""
        return not self.body

    @property
    def wording(self) -> Wording:
        return Wording(self.subject, self.body)


def pick_in_force(versions: Iterable[MessageText], at: datetime) -> MessageText | None:
    """The version in force at a moment among those of one text; None where none has begun."""
    begun = (version for version in versions if version.valid_from <= at)
    return max(begun, key=lambda version: version.number, default=None)
