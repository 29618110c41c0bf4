"""What people say of the site itself, at the end of their way."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impfzentrum.models.county import County
from impfzentrum.models.sealed import SealedTextField
from impfzentrum.vocabulary import FeedbackFrom, Language

RATINGS = range(1, 6)


class Feedback(models.Model):
    """A word in the county's inbox. Nothing says who wrote it; `page` is the kind of page, never an address.

    `text` is sealed all the same: people sign what they write.

    `read_at`, `read_by`: when staff marked it as read.
    """

    county = models.ForeignKey(County, on_delete=models.CASCADE, related_name="feedback")
    page = models.CharField(max_length=20, choices=FeedbackFrom.choices)
    rating = models.PositiveSmallIntegerField(null=True, blank=True)
    text = SealedTextField(_("Rückmeldung"), blank=True)
    language = models.CharField(max_length=5, choices=Language.choices)
    given_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("Rückmeldung")
        verbose_name_plural = _("Rückmeldungen")
        constraints = [
            models.CheckConstraint(condition=Q(page__in=sorted(FeedbackFrom.values)), name="feedback_page_known"),
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__in=list(RATINGS)), name="feedback_rating_known"
            ),
            models.CheckConstraint(condition=~Q(text="") | Q(rating__isnull=False), name="feedback_says_something"),
            models.CheckConstraint(
                condition=Q(read_at=None, read_by=None) | Q(read_at__isnull=False, read_by__isnull=False),
                name="feedback_read_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["county", "-given_at", "-id"], name="feedback_of_county")]

    def __str__(self) -> str:
        return f"{self.get_page_display()}, {self.given_at:%Y-%m-%d %H:%M}"
