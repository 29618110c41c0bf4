"""A form that is sent twice does its work once: double taps, impatient taps, a browser that repeats.

The claim of a form is committed before its work begins, and what it led to after the work. So two taps never work
twice, whatever breaks off in between; of a form that broke off we say that we do not know (docs/decisions/0028).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.auth.models import User

from impfzentrum.models import FormKey
from impfzentrum.models.sealed import blind_index

KEPT = timedelta(days=1)
FORGOTTEN_AT_ONCE = 10_000


def digest_form(path: str, typed: Iterable[tuple[str, str]], *, by: User) -> str:
    """What tells one filled-in form from another. Other words under the same key are another form."""
    words = "\x1f".join(f"{name}\x1e{value}" for name, value in sorted(typed))
    return blind_index("form", f"{by.pk}\x1d{path}\x1d{words}")


def claim_form(digest: str, *, by: User, now: datetime) -> tuple[FormKey, bool]:
    """The row of this form, and whether we are the first to send it.

    Two taps at once: the unique digest lets one of them write the row, the other reads it.
    """
    return FormKey.objects.get_or_create(digest=digest, defaults={"by": by, "sent_at": now})


def note_outcome(form: FormKey, led_to: str) -> None:
    """The work is done; a second tap goes where the first one led."""
    FormKey.objects.filter(pk=form.pk).update(led_to=led_to)


def drop_claim(form: FormKey) -> None:
    """Nothing was done: the form was shown again with what is wrong, and may be sent again as it is."""
    FormKey.objects.filter(pk=form.pk).delete()


def forget_forms(*, now: datetime) -> int:
    """Delete what is older than a day; return how many."""
    old = FormKey.objects.filter(sent_at__lte=now - KEPT).values("pk")[:FORGOTTEN_AT_ONCE]
    return FormKey.objects.filter(pk__in=old).delete()[0]
