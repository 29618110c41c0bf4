"""Offers: one person asked for one release and, while it is held, for one dose."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impfzentrum.models.draw import Draw
from impfzentrum.models.moving import Moving, state_is_known
from impfzentrum.models.release import Dose, Release
from impfzentrum.models.sealed import derive_token, hash_token
from impfzentrum.models.standby import StandbyEntry
from impfzentrum.rules.deadline import answer_by
from impfzentrum.states import LIVE_OFFER, OFFER_MOVES, OfferState

BY_HAND = 0
"""The wave of an offer that came from no wave: staff gave its dose to a named person (HandPick)."""


class OfferQuerySet(models.QuerySet["Offer"]):
    def live(self) -> OfferQuerySet:
        return self.filter(state__in=LIVE_OFFER)


class Offer(Moving):
    """The question "a dose is free, do you want it?". Without a dose it is an open race: first yes wins.

    The clock starts at hand-over to the gateway: only then `answer_by` is set. `draw` and `ticket` say where the person
    stood when they were picked, `travel_minutes` how far they have to the centre of the release.
    """

    MOVES = OFFER_MOVES

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    entry = models.ForeignKey(StandbyEntry, on_delete=models.PROTECT, db_index=False, related_name="offers")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="offers")
    dose = models.ForeignKey(Dose, on_delete=models.PROTECT, null=True, blank=True, related_name="offers")
    state = models.CharField(max_length=14, choices=OfferState.choices, default=OfferState.PREPARED)
    wave = models.PositiveSmallIntegerField(default=1)
    priority_group = models.PositiveSmallIntegerField()
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+")
    ticket = models.BigIntegerField()
    travel_minutes = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()
    handed_over_at = models.DateTimeField(null=True, blank=True)
    answer_by = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    token_hash = models.CharField(max_length=64, editable=False)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("Angebot")
        verbose_name_plural = _("Angebote")
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], name="offer_token_once"),
            state_is_known(OfferState, "offer_state_known"),
            models.UniqueConstraint(fields=["entry", "release"], name="offer_once_a_person_and_release"),
            models.UniqueConstraint(
                fields=["entry"], condition=Q(state__in=["prepared", "open"]), name="offer_one_live_a_person"
            ),
            models.UniqueConstraint(
                fields=["dose"],
                condition=Q(state__in=["prepared", "open", "accepted"]),
                name="offer_one_live_a_dose",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(dose__isnull=False), name="offer_accepted_has_dose"
            ),
            models.CheckConstraint(condition=~Q(state="open") | Q(answer_by__isnull=False), name="offer_open_has_end"),
        ]
        indexes = [
            models.Index("answer_by", condition=Q(state="open"), name="offer_open_by_end"),
            models.Index("created_at", condition=Q(state="prepared"), name="offer_prepared_by_age"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def token(self) -> str:
        """The secret of the link in the message."""
        return derive_token("offer", str(self.public_id))

    @property
    def by_hand(self) -> bool:
        """Whether staff gave this dose to a named person: nobody was asked, and no lot decided."""
        return self.wave == BY_HAND

    @property
    def held(self) -> bool:
        """Whether a dose is kept for this person, so that nobody else can be faster."""
        return self.dose_id is not None

    @property
    def last_start(self) -> datetime:
        """The moment from which the person could no longer arrive in time."""
        return self.release.arrive_until - timedelta(minutes=self.travel_minutes)

    @property
    def last_answer(self) -> datetime:
        """Until when a yes counts; before the hand-over is noted, until the person could not come any more."""
        return self.answer_by or self.last_start

    def end_after(self, handed_over: datetime) -> datetime:
        """Until when the person may answer whose offer is handed over at this moment (rules.deadline.answer_by)."""
        return answer_by(
            handed_over=handed_over,
            longest=self.release.centre.county.offer_validity,
            arrive_until=self.release.arrive_until,
            travel_minutes=self.travel_minutes,
        )

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.token_hash = self.token_hash or hash_token(self.token)
        super().save(*args, **kwargs)
