"""Regular appointments that people booked elsewhere: what the centre has to know to see which of them fall out.

Nobody here is on the standby list. Only what a release needs is kept (time, vaccine, which dose, the booking system's
own number), and the name for the desk, sealed, until the night after the day.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impfzentrum.models.campaign import Vaccine
from impfzentrum.models.county import Centre
from impfzentrum.models.moving import Moving, state_is_known
from impfzentrum.models.release import Release
from impfzentrum.models.sealed import SealedTextField
from impfzentrum.rules.booking_values import REFERENCE_LENGTH
from impfzentrum.states import BOOKING_MOVES, LEFT_OVER, BookingState

AHEAD = timedelta(days=13)
"""Appointments of so many days to come are taken in."""

KEPT_FOR = timedelta(days=7)
"""Whole days after its own for which an appointment is kept without a name: long enough for a question about a release.

Together with AHEAD it is shorter than three weeks, the shortest time between two vaccinations of one person: a booking
system may use one number for both, and the second must never meet the row of the first.
"""


class Booking(Moving):
    """One booked appointment of a centre. `release`: the release that its dose went into, when it fell out.

    `marked_by`: who of the staff noted that; empty where the booking system or its file said so.
    """

    MOVES = BOOKING_MOVES

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, db_index=False, related_name="bookings")
    reference = models.CharField(max_length=REFERENCE_LENGTH)
    at = models.DateTimeField()
    vaccine = models.ForeignKey(Vaccine, on_delete=models.PROTECT, db_index=False, related_name="bookings")
    dose_number = models.PositiveSmallIntegerField(null=True, blank=True)
    name = SealedTextField(blank=True)
    state = models.CharField(max_length=10, choices=BookingState.choices, default=BookingState.PLANNED)
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, null=True, blank=True, related_name="+"
    )
    release = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, blank=True, related_name="bookings")

    class Meta:
        verbose_name = _("gebuchter Termin")
        verbose_name_plural = _("gebuchte Termine")
        ordering = ["at", "pk"]
        constraints = [
            state_is_known(BookingState, "booking_state_known"),
            models.UniqueConstraint(fields=["centre", "reference"], name="booking_reference_once_a_centre"),
            models.CheckConstraint(condition=~Q(reference=""), name="booking_has_a_reference"),
            models.CheckConstraint(condition=Q(dose_number=None) | Q(dose_number__range=(1, 9)), name="booking_dose"),
            models.CheckConstraint(
                condition=Q(release=None) | Q(state__in=sorted(LEFT_OVER)), name="booking_released_when_left_over"
            ),
        ]
        indexes = [models.Index(fields=["centre", "at"], name="booking_of_centre_by_time")]

    def __str__(self) -> str:
        return str(self.public_id)
