"""The outbox: what is to be sent, is being sent and was sent."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impfzentrum.models.asking import OpeningWatch
from impfzentrum.models.contact_proof import ContactProof
from impfzentrum.models.moving import Moving, state_is_known
from impfzentrum.models.offer import Offer
from impfzentrum.models.reply import Reply
from impfzentrum.models.standby import StandbyEntry
from impfzentrum.states import MESSAGE_MOVES, MessageState
from impfzentrum.vocabulary import Channel


class MessageTemplate(models.TextChoices):
    """Why a message is written. Its text follows from that and from what it is about (Occasion)."""

    CONTACT_PROOF = "contact_proof", _("Bestätigung des Kontakts")
    WELCOME = "welcome", _("Auf der Liste")
    LOST_LINK = "lost_link", _("Link verloren")
    OPENING_PROOF = "opening_proof", _("Nachricht zur Öffnung bestätigen")
    LIST_OPEN = "list_open", _("Die Liste ist wieder offen")
    OFFER = "offer", _("Angebot")
    PLACE_AND_TIME = "place_and_time", _("Ort und Zeit nach der Zusage")
    TIMES_CHANGED = "times_changed", _("Neue Ankunftszeit")
    CANCELLED = "cancelled", _("Absage bestätigt")
    PAUSED = "paused", _("Eintrag pausiert")
    READY_TODAY = "ready_today", _("Frage am Morgen")
    STILL_WAITING = "still_waiting", _("Frage, ob jemand noch wartet")
    REPLY = "reply", _("Antwort auf eine SMS")


class Message(Moving):
    """One message to one person. It holds no text: it is written when it is sent, from the rows it points to.

    `reference` is our own number for it, given to the provider as the client reference. `expires_at` ends all tries.
    `bounced`: it could not be delivered because the address is dead.
    `doubtful_since`: when a try began of which nobody knows whether the provider took it; the next try asks first.
    `taken_by`: who of the staff makes this call, or was the last to try. `attempts` of a call: how often nobody
    answered the phone.
    Without an entry goes the answer to the number of a `reply`, and what an address of an opening `watch` asked for.
    """

    MOVES = MESSAGE_MOVES

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    entry = models.ForeignKey(StandbyEntry, on_delete=models.CASCADE, null=True, related_name="messages")
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, null=True, blank=True, related_name="messages")
    proof = models.ForeignKey(ContactProof, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    reply = models.ForeignKey(Reply, on_delete=models.CASCADE, null=True, blank=True, related_name="answers")
    watch = models.ForeignKey(
        OpeningWatch, on_delete=models.CASCADE, null=True, blank=True, db_index=False, related_name="messages"
    )
    channel = models.CharField(max_length=5, choices=Channel.choices)
    template = models.CharField(max_length=20, choices=MessageTemplate.choices)
    state = models.CharField(max_length=10, choices=MessageState.choices, default=MessageState.QUEUED)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    handed_over_at = models.DateTimeField(null=True, blank=True)
    provider = models.CharField(max_length=20, blank=True)
    provider_id = models.CharField(max_length=100, blank=True)
    parts = models.PositiveSmallIntegerField(default=0)
    price = models.DecimalField(max_digits=9, decimal_places=5, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    doubtful_since = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True)
    bounced = models.BooleanField(default=False, db_default=False)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )

    class Meta:
        verbose_name = _("Nachricht")
        verbose_name_plural = _("Nachrichten")
        constraints = [
            state_is_known(MessageState, "message_state_known"),
            models.CheckConstraint(condition=Q(channel__in=sorted(Channel.values)), name="message_channel_known"),
            models.CheckConstraint(
                condition=~Q(template="ready_today") | Q(channel="email"), name="message_of_the_morning_is_no_sms"
            ),
            models.CheckConstraint(
                condition=Q(entry__isnull=False)
                | Q(reply__isnull=False, channel="sms")
                | Q(watch__isnull=False, channel="email"),
                name="message_goes_to_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(lease_until__isnull=False), name="message_sending_is_leased"
            ),
            models.CheckConstraint(
                condition=Q(channel="call") | Q(taken_by=None), name="message_taken_only_to_be_called"
            ),
            models.CheckConstraint(
                condition=~Q(channel="call", state="sending") | Q(taken_by__isnull=False),
                name="message_call_is_made_by_somebody",
            ),
        ]
        indexes = [
            models.Index("due_at", condition=Q(state="queued"), name="message_queued_by_due"),
            models.Index(
                fields=["channel", "due_at", "id"],
                condition=Q(state="queued", template="offer"),
                name="message_queued_offers",
            ),
            models.Index(
                fields=["channel", "due_at", "id"],
                condition=Q(state="queued") & ~Q(template="offer"),
                name="message_queued_others",
            ),
            models.Index("lease_until", condition=Q(state="sending"), name="message_leased_until"),
            models.Index(
                "due_at", condition=Q(channel="call", state__in=["queued", "sending"]), name="message_to_call"
            ),
            models.Index("provider_id", condition=~Q(provider_id=""), name="message_by_provider_id"),
            models.Index("entry", condition=Q(bounced=True), name="message_bounced"),
            models.Index("watch", condition=Q(watch__isnull=False), name="message_of_watch"),
            models.Index("provider", "handed_over_at", condition=Q(channel="sms"), name="message_sms_handed_over"),
            models.Index("handed_over_at", condition=Q(handed_over_at__isnull=False), name="message_handed_over"),
            models.Index("state_since", condition=Q(state__in=["failed", "lapsed"]), name="message_not_sent"),
        ]

    def __str__(self) -> str:
        return str(self.reference)

    @property
    def question(self) -> Offer | None:
        """The offer that this message puts to the person; None for all others, also for those about an offer."""
        return self.offer if self.template == MessageTemplate.OFFER else None
