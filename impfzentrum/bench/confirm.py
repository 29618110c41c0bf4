"""Saying yes to a held dose."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection

from impfzentrum.bench.copying import sweep_out, tidy
from impfzentrum.bench.ground import NOW, lay_ground, put_on_lists
from impfzentrum.bench.offers import make_offers
from impfzentrum.bench.timing import Contest, Figure, hold_contest
from impfzentrum.models import AuditEvent, Dose, Message, Offer, Place, StandbyEntry
from impfzentrum.procedures.answering import accept_offer

SIZES = (10_000,)
OFFERS = 500

FLOOR = """
PREPARE bench_accept (bigint) AS
WITH dose AS (
    SELECT dose.id, dose.number FROM impfzentrum_dose AS dose JOIN impfzentrum_offer AS offer ON offer.dose_id = dose.id
    WHERE offer.id = $1 AND dose.state = 'held' FOR NO KEY UPDATE OF dose
), accepted AS (
    UPDATE impfzentrum_offer SET state = 'accepted', state_since = now(), answered_at = now()
    WHERE id = $1 AND state = 'open' AND dose_id IN (SELECT id FROM dose) RETURNING id, public_id, entry_id, release_id
), given AS (
    UPDATE impfzentrum_dose SET state = 'confirmed', state_since = now(), check_in_code = '000000'
    WHERE id = (SELECT id FROM dose) AND state = 'held'
), appointed AS (
    UPDATE impfzentrum_standbyentry SET state = 'appointed', state_since = now(), unanswered = 0
    WHERE id = (SELECT entry_id FROM accepted) AND state = 'offered'
), noted AS (
    INSERT INTO impfzentrum_auditevent (county_id, at, action, subject, detail, digest)
    SELECT 1, now(), 'accepted', release_id::text, jsonb_build_object('offer', public_id, 'dose', 1), '' FROM accepted
), queued AS (
    INSERT INTO impfzentrum_message (reference, entry_id, offer_id, channel, template, state, state_since, created_at,
        due_at, expires_at, attempts, provider, provider_id, parts, last_error)
    SELECT gen_random_uuid(), entry_id, id, 'sms', 'place_and_time', 'queued', now(), now(), now(), now(), 0, '', '',
        0, ''
    FROM accepted
)
SELECT count(*) FROM accepted
"""
"""The same writes in one prepared statement. It refuses nobody with a reason and wakes nobody."""


def measure(size: int, repeat: int) -> Iterator[Figure]:
    """`size` people are on the lists, some of whom have been asked and say yes one after the other."""
    ground, offers = lay_ground(), min(OFFERS, size)
    make_offers(ground, offers, answer_by=NOW + timedelta(minutes=10))
    put_on_lists(ground, range(offers, size))
    with connection.cursor() as cursor:
        cursor.execute(FLOOR)
    contest = Contest("confirm", "one after the other", size, offers, _accept_all, _accept_raw, _bring_back)
    yield hold_contest(contest, repeat=repeat)


def _accept_all() -> int:
    accepted = 0
    for offer in Offer.objects.order_by("pk"):
        accepted += accept_offer(offer, now=NOW).holder_id == offer.entry_id
    return accepted


def _accept_raw() -> int:
    accepted = 0
    with connection.cursor() as cursor:
        for pk in Offer.objects.order_by("pk").values_list("pk", flat=True):
            cursor.execute("EXECUTE bench_accept (%s)", [pk])
            accepted += cursor.fetchone()[0]
    return accepted


def _bring_back() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE impfzentrum_auditevent, impfzentrum_message, impfzentrum_placechange CASCADE")
        cursor.execute("UPDATE impfzentrum_offer SET state = 'open', answered_at = NULL")
        cursor.execute("UPDATE impfzentrum_dose SET state = 'held', check_in_code = ''")
        cursor.execute("UPDATE impfzentrum_standbyentry SET state = 'offered' WHERE state = 'appointed'")
    tidy(Offer, Dose, AuditEvent, Message)
    sweep_out(StandbyEntry, Place)
