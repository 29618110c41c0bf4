"""A dose for a named person: proposed by one member of staff with a reason, given only when a second one consents."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from impfzentrum.models.moving import Moving, state_is_known
from impfzentrum.models.offer import Offer
from impfzentrum.models.release import Release
from impfzentrum.models.standby import StandbyEntry
from impfzentrum.states import HAND_PICK_MOVES, HandPickState
from impfzentrum.vocabulary import HandPickReason

SHORTEST_NOTE = 10
"""Letters. "ok" explains nothing to the county that reads it later."""

CONSENT_WITHIN = timedelta(minutes=15)
"""A proposal that nobody decides within this time has lapsed: what it says of the person may no longer be true."""


class HandPick(Moving):
    """The proposal to give a dose of `release` to `entry`. It holds no dose. `offer` is what came of the consent.

    `reason` and `note` go to the county's report; `note` must not tell of anybody's health. `decided_by` is the second
    person, also of a refusal; nobody decided about what was withdrawn or has lapsed.
    """

    MOVES = HAND_PICK_MOVES

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="hand_picks")
    entry = models.ForeignKey(StandbyEntry, on_delete=models.PROTECT, related_name="hand_picks")
    state = models.CharField(max_length=10, choices=HandPickState.choices, default=HandPickState.PROPOSED)
    reason = models.CharField(max_length=14, choices=HandPickReason.choices)
    note = models.CharField(max_length=200)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, null=True, related_name="hand_pick")
    form_key = models.UUIDField(default=uuid.uuid4)

    class Meta:
        verbose_name = _("Vergabe von Hand")
        verbose_name_plural = _("Vergaben von Hand")
        constraints = [
            state_is_known(HandPickState, "handpick_state_known"),
            models.CheckConstraint(condition=Q(reason__in=sorted(HandPickReason.values)), name="handpick_reason_known"),
            models.CheckConstraint(
                condition=GreaterThanOrEqual(Length("note"), SHORTEST_NOTE), name="handpick_note_says_something"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")), name="handpick_decided_by_a_second"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by=None, decided_at=None)
                | Q(state__in=["consented", "refused"], decided_by__isnull=False, decided_at__isnull=False)
                | Q(state__in=["lapsed", "withdrawn"], decided_by=None, decided_at__isnull=False),
                name="handpick_decision_goes_with_state",
            ),
            models.CheckConstraint(
                condition=Q(state="consented", offer__isnull=False) | (~Q(state="consented") & Q(offer=None)),
                name="handpick_offer_goes_with_consent",
            ),
            models.UniqueConstraint(fields=["form_key", "entry"], name="handpick_once_a_form_and_person"),
            models.UniqueConstraint(
                fields=["release", "entry"],
                condition=Q(state="proposed"),
                name="handpick_one_open_a_person_and_release",
            ),
        ]
        indexes = [models.Index("proposed_at", condition=Q(state="proposed"), name="handpick_open_by_age")]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def lapses_at(self) -> datetime:
        """From when on nobody can consent any more."""
        return min(self.proposed_at + CONSENT_WITHIN, self.release.use_by)
