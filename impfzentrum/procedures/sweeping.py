"""The sweep: what the clock demands and what a lost wake-up left. Every two seconds, from the database alone."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import OperationalError

from impfzentrum.models import Centre, County
from impfzentrum.procedures.auditing import seal_events
from impfzentrum.procedures.budgeting import note_budgets, settle_sms_days
from impfzentrum.procedures.burying import write_tombstones
from impfzentrum.procedures.capping import end_rests
from impfzentrum.procedures.checking_record import tend_checks
from impfzentrum.procedures.clearing import remove_old_places
from impfzentrum.procedures.committing import commit_for_tomorrow
from impfzentrum.procedures.drafting import forget_drafts
from impfzentrum.procedures.drawing import finish_redraws, order_in_force
from impfzentrum.procedures.expiring import (
    end_pauses,
    end_releases,
    expire_offers,
    give_up_uncalled,
    give_up_unsent,
    releases_to_match,
)
from impfzentrum.procedures.exporting_to_team import forget_team_mails, make_team_exports, send_team_mails
from impfzentrum.procedures.figuring import refresh_figures
from impfzentrum.procedures.finding_links import send_lost_links
from impfzentrum.procedures.forgetting_bookings import (
    apply_stray_reports,
    forget_bookings,
    forget_files,
    forget_names,
)
from impfzentrum.procedures.hand_picking import lapse_hand_picks
from impfzentrum.procedures.holding import hold_back
from impfzentrum.procedures.importing import wake_imports
from impfzentrum.procedures.learning import learn_response
from impfzentrum.procedures.leasing import due_messages, requeue_lost_leases
from impfzentrum.procedures.limiting import forget_counts
from impfzentrum.procedures.matching import match_release
from impfzentrum.procedures.morning import ask_who_is_ready
from impfzentrum.procedures.phoning import lapse_calls, return_calls
from impfzentrum.procedures.receiving import apply_stray_receipts, forget_receipts
from impfzentrum.procedures.replying import forget_senders, handle_waiting_replies
from impfzentrum.procedures.reports.jobs import forget_exports, wake_exports
from impfzentrum.procedures.reports.mails import send_report_mails
from impfzentrum.procedures.routing import tend_weights
from impfzentrum.procedures.sealing_places import seal_place_changes
from impfzentrum.procedures.tapping import forget_forms
from impfzentrum.procedures.transparency import refresh_public_figures
from impfzentrum.procedures.unsubscribing import finish_stops, stop_dead_addresses
from impfzentrum.procedures.waking import wake_deliver
from impfzentrum.procedures.watching_openings import forget_watches, tell_of_openings
from impfzentrum.vocabulary import WRITTEN

logger = logging.getLogger(__name__)


def sweep(*, now: datetime) -> None:
    """Close what is over, match what is free, wake the delivery of what waits.

    Doses of closed offers are matched right here: two seconds without a broker must not become two minutes. A step that
    fails is logged and does not keep the clock from the others, nor one release from the next.
    """
    _try("take calls back that nobody makes", return_calls, now=now)
    _try("give up offers that nobody called about", give_up_uncalled, now=now)
    _try("expire offers", expire_offers, now=now)
    _try("give up unsent offers", give_up_unsent, now=now)
    _try("let calls lapse", lapse_calls, now=now)
    _try("hold back what may not be sent", hold_back, now=now)
    _try("note the budgets of SMS", note_budgets, now=now)
    _try("end releases", end_releases, now=now)
    _try("lapse hand-picks", lapse_hand_picks, now=now)
    _try("end rests", end_rests, now=now)
    for release_id in releases_to_match(now=now):
        _try(f"match release {release_id}", match_release, release_id, now=now)
    _try("send lost links", send_lost_links, now=now)
    _try("apply stray receipts", apply_stray_receipts, now=now)
    _try("handle waiting replies", handle_waiting_replies, now=now)
    _try("requeue lost messages", requeue_lost_leases, now=now)
    _try("wake workers for files", wake_imports, now=now)
    if due_messages(now=now).filter(channel__in=WRITTEN).exists():
        wake_deliver()


def tend(*, now: datetime) -> None:
    """What may take a minute: pauses, today's order and tomorrow's seed, who is ready, what answers teach, seals."""
    _try("end pauses", end_pauses, now=now)
    _try("tend the weights of the providers", tend_weights, now=now)
    _try("settle the SMS of the day", settle_sms_days, now=now)
    _try("forget who replied", forget_senders, now=now)
    _try("forget old receipts", forget_receipts, now=now)
    _try("forget sign-ups that nobody finished", forget_drafts, now=now)
    _try("forget who asked how often", forget_counts, now=now)
    _try("forget forms that were sent", forget_forms, now=now)
    _try("make the exports for the teams", make_team_exports, now=now)
    _try("send the exports for the teams", send_team_mails, now=now)
    _try("forget old exports for the teams", forget_team_mails, now=now)
    _try("stop e-mails to dead addresses", stop_dead_addresses, now=now)
    _try("wake the writers of exports", wake_exports, now=now)
    _try("forget old exports", forget_exports, now=now)
    _try("send word of reports", send_report_mails, now=now)
    _try("finish stopped e-mails", finish_stops, now=now)
    _try("tell of openings", tell_of_openings, now=now)
    _try("tend the checks of the record", tend_checks, now=now)
    _try("write tombstones", write_tombstones, now=now)
    _try("forget who watched for an opening", forget_watches, now=now)
    _try("cancel booked appointments reported early", apply_stray_reports, now=now)
    _try("forget names of booked appointments", forget_names, now=now)
    _try("forget booked appointments", forget_bookings, now=now)
    _try("forget files nobody took in", forget_files, now=now)
    for centre in Centre.objects.select_related("county"):
        _try(f"draw for centre {centre.pk}", order_in_force, centre, now=now)
        _try(f"finish redraws of centre {centre.pk}", finish_redraws, centre, now=now)
        _try(f"fix the next seed of centre {centre.pk}", commit_for_tomorrow, centre, now=now)
        _try(f"remove old places of centre {centre.pk}", remove_old_places, centre, now=now)
        _try(f"count the groups of centre {centre.pk}", refresh_figures, centre, now=now)
        _try(f"ask who is ready at centre {centre.pk}", ask_who_is_ready, centre, now=now)
    for county in County.objects.all():
        _try(f"count the public figures of county {county.pk}", refresh_public_figures, county, now=now)
        _try(f"learn from the answers of county {county.pk}", learn_response, county, now=now)
        _try(f"seal the log of places of county {county.pk}", seal_place_changes, county, now=now)
        _try(f"seal the audit of county {county.pk}", seal_events, county)


def _try(step: str, work: Callable[..., object], *args: object, **named: object) -> None:
    try:
        work(*args, **named)
    except OperationalError:
        raise  # without a database no step can succeed: the next sweep tries again
    except Exception:
        logger.exception("sweep: could not %s", step)
