"""The standby list: people who wait, what they told us, and who of them may be asked."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from impfzentrum.models.campaign import (
    GROUPS,
    Campaign,
    PriorityCriterion,
    Vaccine,
)
from impfzentrum.models.county import Centre
from impfzentrum.models.eligible import comes_to, list_conditions
from impfzentrum.models.moving import Moving, state_is_known
from impfzentrum.models.sealed import (
    SealedTextField,
    blind_index,
    derive_check_in_code,
    derive_token,
    hash_token,
)
from impfzentrum.rules.availability import ALWAYS
from impfzentrum.rules.names import fold_name
from impfzentrum.states import ENTRY_MOVES, EntryState
from impfzentrum.vocabulary import Channel, DoseWanted, EmailOff, Language

if TYPE_CHECKING:
    from impfzentrum.models.release import Release

TRAVEL_LIMIT = 240
"""Minutes: who needs longer could not use a dose that has to be given within hours."""


class StandbyEntryQuerySet(models.QuerySet["StandbyEntry"]):
    def eligible_for(self, release: Release, now: datetime) -> StandbyEntryQuerySet:
        """Everybody who may be asked for a dose of this release at `now`, in the order of asking.

        THE definition: the conditions of impfzentrum.models.eligible, all of them; nobody repeats it.
        """
        order = release.campaign.group_order(now)
        conditions = list_conditions(self.model, release, order, now=now)
        if conditions is None:
            return self.none()
        people = self.of(release).filter(*(condition.q for condition in conditions))
        drawn = people.annotate(ticket=self._ticket_for(release))
        return drawn.order_by(*(["priority_group"] if order.ranked else []), "ticket", "pk")

    def of(self, release: Release) -> StandbyEntryQuerySet:
        """Everybody who accepts the centre of a release, whatever their state."""
        return self.filter(comes_to(self.model, release.centre_id), campaign=release.campaign_id)

    def _ticket_for(self, release: Release) -> Subquery:
        """The ticket that each has in the draw in force at the centre of the release."""
        places = self.model._base_manager.filter(
            pk=OuterRef("pk"), places__draw__centre=release.centre_id, places__vaccine=release.vaccine_id
        ).order_by("-places__draw__drawn_at", "-places__draw")
        return Subquery(places.values("places__ticket")[:1])


class StandbyEntry(Moving):
    """A person on the list of a centre, and of further ones they accept. Names and contacts are sealed.

    `late_since`: when they last said yes and got nothing; the draw after that puts them first in their group.
    `availability`: parts of a week (rules.availability). `ready_until`, always on the day on which it was said: until
    then the person comes whatever they ticked. It only adds: afterwards the ticked parts of that day count again.
    `cool_down_until`, `capped_until`: no offers until then. The sweep clears them, so NULL means "not resting".
    `phone`: for people who want to be called, a landline as well; confirmed by the staff who signed them up (the record
    names them). `call_hint`: when they are at home, in their words.
    `name_index`: name and birth date as a blind index. `interpreter`, `needs`: codes of the vocabulary, `needs` with
    commas. `comes_with`: the companion code that somebody typed; only staff read it, nobody is looked up by it.
    `seen_at`: the last sign of life that was looked up; NULL: the sign-up. `asked_at`: when we asked whether they still
    wait. `restricted_at`: since then what we know is used for nothing (Art. 18 DSGVO), so the entry pauses.
    `email_off`: no e-mails any more, and why; `email_off_since` is also `state_since` where the entry pauses for it.
    """

    MOVES = ENTRY_MOVES

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="entries")
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="entries")
    state = models.CharField(max_length=12, choices=EntryState.choices, default=EntryState.UNCONFIRMED)
    created_at = models.DateTimeField()

    given_name = SealedTextField(_("Vorname"))
    family_name = SealedTextField(_("Familienname"))
    name_index = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    birth_date = models.DateField(_("Geburtsdatum"), null=True)
    postcode = models.CharField(_("Postleitzahl"), max_length=5, blank=True)
    mobile = SealedTextField(_("Mobilnummer"), blank=True)
    mobile_index = models.CharField(max_length=64, blank=True, editable=False)
    mobile_confirmed_at = models.DateTimeField(null=True, blank=True)
    email = SealedTextField(_("E-Mail"), blank=True)
    email_index = models.CharField(max_length=64, blank=True, editable=False)
    email_confirmed_at = models.DateTimeField(null=True, blank=True)
    email_off = models.CharField(max_length=12, choices=EmailOff.choices, blank=True, default="", db_default="")
    email_off_since = models.DateTimeField(null=True, blank=True)
    phone = SealedTextField(_("Nummer für Anrufe"), blank=True, default="", db_default="")
    phone_confirmed_at = models.DateTimeField(null=True, blank=True)
    second_phone = SealedTextField(_("zweite Nummer für Anrufe"), blank=True, default="", db_default="")
    call_hint = SealedTextField(_("wann am besten anrufen"), blank=True, default="", db_default="")
    language = models.CharField(max_length=5, choices=Language.choices, default=Language.GERMAN)

    criterion = models.ForeignKey(PriorityCriterion, on_delete=models.PROTECT, null=True, related_name="entries")
    priority_group = models.PositiveSmallIntegerField(_("Gruppe"))
    vaccines = models.ManyToManyField(Vaccine, related_name="accepting_entries")
    dose_wanted = models.PositiveSmallIntegerField(choices=DoseWanted.choices, default=DoseWanted.FIRST)
    last_vaccine = models.ForeignKey(Vaccine, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    last_dose_on = models.DateField(null=True, blank=True)
    travel_minutes = models.PositiveSmallIntegerField(_("Minuten bis zum Impfzentrum"))

    interpreter = SealedTextField(_("Dolmetschen"), blank=True, default="", db_default="")
    needs = SealedTextField(_("Hilfe vor Ort"), blank=True, default="", db_default="")
    comes_with = models.CharField(_("möchte kommen mit"), max_length=6, blank=True, default="", db_default="")

    availability = models.PositiveIntegerField(_("Tage und Uhrzeiten"), default=ALWAYS, db_default=ALWAYS)
    ready_until = models.DateTimeField(null=True, blank=True)
    morning_mail = models.BooleanField(_("morgens per E-Mail fragen"), default=False, db_default=False)
    morning_asked_on = models.DateField(null=True, blank=True)

    consented_at = models.DateTimeField()
    consent_version = models.CharField(max_length=20)

    late_since = models.DateTimeField(null=True, blank=True)
    cool_down_until = models.DateTimeField(null=True, blank=True)
    capped_until = models.DateTimeField(null=True, blank=True)
    unanswered = models.PositiveSmallIntegerField(default=0)
    paused_until = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    restricted_at = models.DateTimeField(null=True, blank=True)
    token_hash = models.CharField(max_length=64, editable=False)

    objects = StandbyEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("Nachrücker/in")
        verbose_name_plural = _("Nachrückerinnen und Nachrücker")
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], name="entry_token_once"),
            state_is_known(EntryState, "entry_state_known"),
            models.CheckConstraint(condition=Q(priority_group__in=GROUPS), name="entry_group_known"),
            models.CheckConstraint(condition=Q(travel_minutes__lte=TRAVEL_LIMIT), name="entry_travel_possible"),
            models.CheckConstraint(
                condition=~Q(state__in=["waiting", "offered", "appointed"])
                | Q(mobile_confirmed_at__isnull=False)
                | Q(email_confirmed_at__isnull=False)
                | Q(phone_confirmed_at__isnull=False),
                name="entry_waits_only_with_confirmed_contact",
            ),
            models.CheckConstraint(
                condition=Q(dose_wanted=1, last_dose_on=None, last_vaccine=None)
                | Q(dose_wanted__gt=1, last_dose_on__isnull=False, last_vaccine__isnull=False),
                name="entry_last_dose_goes_with_later_doses",
            ),
            models.CheckConstraint(
                condition=Q(email_off__in=["", *sorted(EmailOff.values)]), name="entry_email_off_known"
            ),
            models.CheckConstraint(
                condition=Q(email_off="", email_off_since=None) | Q(~Q(email_off=""), email_off_since__isnull=False),
                name="entry_email_off_has_since",
            ),
            models.CheckConstraint(
                condition=Q(restricted_at=None) | Q(state="paused", paused_until=None),
                name="entry_restricted_is_paused",
            ),
            models.CheckConstraint(condition=Q(availability__range=(1, ALWAYS)), name="entry_available_sometimes"),
            models.CheckConstraint(
                condition=Q(state__in=["left", "erased"]) | Q(birth_date__isnull=False),
                name="entry_birth_date_while_on_list",
            ),
        ]
        # No index knows the state: it changes with every offer, and then each index of a row would be written anew.
        indexes = [
            models.Index("mobile_index", condition=~Q(mobile_index=""), name="entry_by_mobile"),
            models.Index("email_index", condition=~Q(email_index=""), name="entry_by_email"),
            models.Index("name_index", condition=~Q(name_index=""), name="entry_by_name"),
            models.Index("cool_down_until", condition=Q(cool_down_until__isnull=False), name="entry_cools_down"),
            models.Index("capped_until", condition=Q(capped_until__isnull=False), name="entry_capped"),
            models.Index("centre", condition=Q(morning_mail=True), name="entry_morning_mail"),
            models.Index(
                "id", condition=Q(email_confirmed_at__isnull=False) & ~Q(email_off=""), name="entry_email_to_end"
            ),
            models.Index("asked_at", condition=Q(asked_at__isnull=False), name="entry_asked"),
            models.Index("paused_until", condition=Q(paused_until__isnull=False), name="entry_pause_over"),
            models.Index(
                "campaign",
                "consented_at",
                condition=Q(
                    mobile_confirmed_at=None, email_confirmed_at=None, phone_confirmed_at=None, birth_date__isnull=False
                ),
                name="entry_unconfirmed",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def token(self) -> str:
        """The secret of the personal link."""
        return derive_token("entry", str(self.public_id))

    @property
    def companion_code(self) -> str:
        """What they tell somebody who wants to come along; it opens nothing."""
        return derive_check_in_code(f"companion:{self.public_id}")

    @property
    def channels(self) -> list[Channel]:
        """Confirmed ways to reach the person, the faster one first."""
        ways = [
            (Channel.SMS, self.mobile_confirmed_at),
            (Channel.CALL, self.phone_confirmed_at),
            (Channel.EMAIL, self.email_confirmed_at),
        ]
        return [channel for channel, confirmed in ways if confirmed is not None]

    def minutes_to(self, centre_id: int) -> int:
        """Minutes of travel to a centre that the person accepts."""
        if centre_id == self.centre_id:
            return self.travel_minutes
        further = {one.centre_id: one.travel_minutes for one in self.further_centres.all()}
        return further.get(centre_id, self.travel_minutes)

    def address(self, channel: Channel) -> str:
        return {Channel.SMS: self.mobile, Channel.EMAIL: self.email, Channel.CALL: self.phone}[channel]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.token_hash = self.token_hash or hash_token(self.token)
        self.name_index = index_name(self.given_name, self.family_name, self.birth_date)
        super().save(*args, **kwargs)


def index_name(given_name: str, family_name: str, birth_date: date | None) -> str:
    """Blind index of a name with its birth date, however it is spelled; empty without one of them."""
    if not (family_name and birth_date):
        return ""
    return blind_index("name", "\x1f".join([fold_name(family_name), fold_name(given_name), birth_date.isoformat()]))


class FurtherCentre(models.Model):
    """One more centre that a person would come to, with the minutes it takes them."""

    entry = models.ForeignKey(StandbyEntry, on_delete=models.CASCADE, related_name="further_centres")
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="+")
    travel_minutes = models.PositiveSmallIntegerField(_("Minuten bis zum Impfzentrum"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "centre"], name="further_centre_once_a_person"),
            models.CheckConstraint(
                condition=Q(travel_minutes__lte=TRAVEL_LIMIT), name="further_centre_travel_possible"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} -> {self.centre}"
