"""What people say of the site goes into the county's inbox."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User

from impfzentrum.models import County, Feedback
from impfzentrum.vocabulary import FeedbackFrom


def give_feedback(
    county: County,
    *,
    page: FeedbackFrom,
    rating: int | None,
    text: str,
    language: str,
    now: datetime,
) -> Feedback:
    """Put a word into the inbox."""
    return Feedback.objects.create(county=county, page=page, rating=rating, text=text, language=language, given_at=now)


def mark_read(feedback: Feedback, *, by: User, now: datetime) -> None:
    """Somebody of the county has read it; who was first stays."""
    Feedback.objects.filter(pk=feedback.pk, read_at=None).update(read_at=now, read_by=by)
