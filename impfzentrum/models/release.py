"""Left-over doses that staff gave free: the release and its doses, one row a dose."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impfzentrum.models.campaign import Campaign, Vaccine
from impfzentrum.models.county import Centre
from impfzentrum.models.draw import Draw
from impfzentrum.models.moving import Moving, state_is_known
from impfzentrum.models.standby import StandbyEntry
from impfzentrum.states import DOSE_MOVES, HELD_BY_SOMEBODY, RELEASE_MOVES, DoseState, ReleaseState
from impfzentrum.vocabulary import ReleaseReason

if TYPE_CHECKING:
    from impfzentrum.models.offer import Offer

DOSES_LIMIT = 200
"""More left-over doses than this at once are a typing error: Korbach's busiest days gave about 100 anew."""


class Release(Moving):
    """n doses of one vaccine, given free until `use_by`. People come between `arrive_from` and `arrive_until`.

    `looked_at`, `look_again_at`: when matching last decided, and when time alone may change its mind. `next_wave_at`:
    when people will be asked if nobody answers until then. `taught_yes`, `taught_silence`: what the answers taught
    about acceptance, noted at the end (rules.acceptance.Answers).
    """

    MOVES = RELEASE_MOVES

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="releases")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=ReleaseState.choices, default=ReleaseState.RUNNING)
    vaccine = models.ForeignKey(Vaccine, on_delete=models.PROTECT, related_name="releases")
    use_by = models.DateTimeField()
    arrive_from = models.DateTimeField()
    arrive_until = models.DateTimeField()
    reason = models.CharField(max_length=10, choices=ReleaseReason.choices)
    note = models.CharField(max_length=200, blank=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="releases")
    released_at = models.DateTimeField()
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="releases")
    form_key = models.UUIDField(default=uuid.uuid4, unique=True)
    lowest_group = models.PositiveSmallIntegerField(null=True, blank=True)
    nobody_left_since = models.DateTimeField(null=True, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)
    look_again_at = models.DateTimeField(null=True, blank=True)
    next_wave_at = models.DateTimeField(null=True, blank=True)
    next_wave_people = models.PositiveIntegerField(default=0)
    taught_yes = models.FloatField(default=0)
    taught_silence = models.FloatField(default=0)

    class Meta:
        verbose_name = _("Freigabe")
        verbose_name_plural = _("Freigaben")
        constraints = [
            state_is_known(ReleaseState, "release_state_known"),
            models.UniqueConstraint(fields=["centre", "number"], name="release_number_once_a_centre"),
            models.CheckConstraint(
                condition=Q(arrive_from__lt=F("arrive_until"), arrive_until__lte=F("use_by")),
                name="release_arrival_before_use_by",
            ),
        ]
        indexes = [
            models.Index("use_by", condition=Q(state__in=["running", "filled"]), name="release_running"),
            models.Index(fields=["centre", "-released_at"], name="release_of_centre"),
            models.Index(
                "look_again_at", condition=Q(state__in=["running", "filled"]), name="release_to_look_at_again"
            ),
            models.Index("id", condition=Q(state__in=["running", "filled"], looked_at=None), name="release_never_seen"),
        ]

    def __str__(self) -> str:
        return f"Freigabe {self.number}"


class ReleaseDue(models.Model):
    """A note of the database that doses of a release changed since it was last looked at (a trigger, by commit)."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="dues")

    def __str__(self) -> str:
        return str(self.release_id)


class DoseQuerySet(models.QuerySet["Dose"]):
    def lock(self) -> DoseQuerySet:
        """Lock these doses. Every change of a dose, its offer or its holder begins here (docs/locking.md)."""
        return self.select_for_update(of=("self",), no_key=True)

    def undecided(self) -> DoseQuerySet:
        """Those that are free or held, in the order of their locks: who holds them all lets no answer in between."""
        return self.filter(state__in=[DoseState.FREE, DoseState.HELD]).order_by("pk")

    def claim_for(self, offer: Offer) -> Dose | None:
        """The dose this offer may take, locked, or None where none is left.

        A held offer has its dose by name. In an open race any free dose will do.
        """
        if offer.dose_id is not None:
            return self.lock().filter(pk=offer.dose_id, state=DoseState.HELD, holder=offer.entry_id).first()
        return self.claim_free(offer.release_id)

    def claim_free(self, release_id: int) -> Dose | None:
        """A free dose of this release, locked, or None where none is left.

        The first that nobody else is just taking; if all are being taken, wait: one of these may be rolled back.
        """
        free = self.filter(release=release_id, state=DoseState.FREE).order_by("number")
        return free.select_for_update(skip_locked=True, no_key=True).first() or free.lock().first()


class Dose(Moving):
    """One released place: a row, never a computed number. `holder` is the person it is held for or given to."""

    MOVES = DOSE_MOVES

    release = models.ForeignKey(Release, on_delete=models.PROTECT, db_index=False, related_name="doses")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=DoseState.choices, default=DoseState.FREE)
    holder = models.ForeignKey(StandbyEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="doses")
    check_in_code = models.CharField(max_length=8, blank=True)

    objects = DoseQuerySet.as_manager()

    class Meta:
        verbose_name = _("Dosis")
        verbose_name_plural = _("Dosen")
        ordering = ["number"]
        constraints = [
            state_is_known(DoseState, "dose_state_known"),
            models.UniqueConstraint(fields=["release", "number"], name="dose_number_once_a_release"),
            models.UniqueConstraint(
                fields=["holder"],
                condition=Q(state__in=["held", "confirmed", "arrived"]),
                name="dose_one_live_a_person",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(HELD_BY_SOMEBODY), holder__isnull=False)
                | (~Q(state__in=sorted(HELD_BY_SOMEBODY)) & Q(holder=None)),
                name="dose_holder_goes_with_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.release}, Dosis {self.number}"
