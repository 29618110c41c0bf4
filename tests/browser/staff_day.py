"""A Saturday afternoon at the centre in Korbach, as the browser tests of staff pages find it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from impfzentrum.models import County, Message, MessageTemplate, Offer, OpenedVials, Release, SmsProvider, WeightChange
from impfzentrum.procedures.answering import accept_offer, decline_offer
from impfzentrum.procedures.attending import AttendanceOrder, note_attendance
from impfzentrum.procedures.opening_vials import note_vials
from impfzentrum.procedures.outbox import queue_message
from impfzentrum.states import AttendanceState, OfferState
from impfzentrum.vocabulary import Channel, ReleaseReason
from tests import factories
from tests.conftest import World
from tests.factories import BERLIN, ask

START = datetime(2021, 4, 24, 15, 58, tzinfo=BERLIN)
CLOSING = START.replace(hour=19, minute=0)
MOMENT = START + timedelta(minutes=46)
NAMES = [
    ("Ayşe", "Yılmaz"), ("Friedrich", "Emde"), ("Łucja", "Wójcik"), ("Heinz-Jürgen", "Bangert"), ("Irmgard", "Göbel"),
    ("Zoë", "von der Schulenburg-Wolfsburg"), ("Đorđe", "Petrović"), ("Marie", "Trachte"), ("Karl", "Schüttler"),
    ("Ella", "Wilke"), ("Ole", "Koch"), ("Nuray", "Demir"), ("Paul", "Lange"), ("Rosa", "Beck"), ("Ida", "Vogel"),
    ("Max", "Roth"), ("Ute", "Frank"), ("Jan", "Berger"), ("Lea", "Kaiser"), ("Tom", "Huber"),
]  # fmt: skip


def play_saturday(world: World) -> Release:
    """A release with doses in every state and one that is filled; seven people still wait. Returns the first."""
    other = factories.make_vaccine(world.campaign, "Vaxzevria")
    for given, family in NAMES[:5]:
        factories.make_entry(world.centre, world.campaign, other, given_name=given, family_name=family)
    filled = factories.make_release(
        world.centre,
        world.campaign,
        other,
        world.staff,
        doses=5,
        now=START,
        reason=ReleaseReason.CANCELLED,
        use_by=CLOSING,
    )
    for offer in ask(filled, now=START):
        accept_offer(offer, now=START + timedelta(minutes=4))
    for given, family in NAMES[5:]:
        world.entry(given_name=given, family_name=family, priority_group=1)
    world.entries(7, cool_down_until=MOMENT + timedelta(hours=2))
    release = world.release(12, now=START, use_by=START + timedelta(hours=2, minutes=32), note="Fläschchen 2")
    _answer(release)
    # No worker runs here: what matching would do next stands as it left it.
    Release.objects.update(look_again_at=MOMENT + timedelta(minutes=2))
    Release.objects.filter(pk=release.pk).update(next_wave_at=MOMENT + timedelta(minutes=2), next_wave_people=2)
    return release


def open_vial(world: World) -> OpenedVials:
    """A vial that is near its end."""
    opened_at = MOMENT - timedelta(hours=5, minutes=34)
    return note_vials(world.centre, world.campaign, world.vaccine, 1, opened_at, by=world.staff, now=MOMENT)


def _answer(release: Release) -> None:
    offers = ask(release, now=START)
    for minutes, offer in enumerate(offers[:8], start=3):
        accept_offer(offer, now=START + timedelta(minutes=minutes))
    decline_offer(offers[8], now=START + timedelta(minutes=12))
    ask(release, now=START + timedelta(minutes=12))
    for offer in release.offers.filter(state=OfferState.ACCEPTED).order_by("dose__number")[:2]:
        order = AttendanceOrder(offer, AttendanceState.ARRIVED, uuid4())
        note_attendance(order, by=release.released_by, now=MOMENT)
    for minutes, offer in zip(
        (11, 9, 6, 2), Offer.objects.live().filter(release=release).order_by("-pk"), strict=False
    ):
        Offer.objects.filter(pk=offer.pk).update(
            handed_over_at=MOMENT + timedelta(minutes=minutes - 14), answer_by=MOMENT + timedelta(minutes=minutes)
        )


def play_trouble(world: World) -> None:
    """The afternoon of the operators: one of two providers in trouble, a busy hour, and a budget near its end."""
    County.objects.update(sms_per_day=90)
    seven = SmsProvider.objects.create(name="seven", weight=30, resting=50)
    SmsProvider.objects.create(name="twilio", weight=70, resting=50)
    for step in range(2):
        at = MOMENT - timedelta(minutes=9, seconds=-12 * step)
        WeightChange.objects.create(
            provider=seven, at=at, before=50 - 10 * step, after=40 - 10 * step, reason="HTTP 503"
        )
    for number, person in enumerate(world.entries(36)):
        at = MOMENT - timedelta(minutes=(number * number) % 59)
        sent = queue_message(
            person, MessageTemplate.WELCOME, channel=Channel.SMS, now=at, expires_at=MOMENT + timedelta(hours=2)
        )
        state = ("delivered", "delivered", "delivered", "sent", "failed")[number % 5]
        known = {"handed_over_at": at, "parts": 1 + number % 2, "price": "0.07500", "currency": "EUR"}
        if number % 9 == 0:
            state, known = "failed", {}
        elif number % 17 == 0:
            state, known = "queued", {}
        error = "HTTP 503" if not known else "undeliverable"
        rows = Message.objects.filter(pk=sent.pk)
        rows.update(
            state=state, state_since=at, provider=("seven", "twilio")[number % 2],
            last_error=error if state == "failed" else "", **known,
        )  # fmt: skip
