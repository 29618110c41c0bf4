"""What it took to give the doses away: messages, money and minutes."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from impfzentrum.procedures.reports.report import (
    KEYS,
    RELEASES,
    Report,
    Scope,
    chart_lines,
    draw_last,
    key_cell,
    query,
)
from impfzentrum.sheets.sheet import Cell, Column, Kind

# Prices without a currency are from before providers told it; they were in euros.
_MESSAGES = """
WITH {releases}, doses AS (
    SELECT release_id,
        count(*) FILTER (WHERE state IN ('confirmed', 'arrived', 'vaccinated', 'deferred')) AS accepted
    FROM impfzentrum_dose WHERE release_id IN (SELECT id FROM scope) GROUP BY release_id
), messages AS (
    SELECT offer.release_id, count(*) FILTER (WHERE message.channel = 'sms') AS sms,
        sum(message.parts) FILTER (WHERE message.channel = 'sms') AS parts,
        count(*) FILTER (WHERE message.channel = 'email') AS emails,
        count(*) FILTER (WHERE message.channel = 'call') AS calls,
        sum(message.price) FILTER (WHERE message.currency IN ('', 'EUR')) AS euros,
        count(*) FILTER (
            WHERE message.channel = 'sms' AND (message.price IS NULL OR message.currency NOT IN ('', 'EUR'))
        ) AS unpriced
    FROM impfzentrum_message AS message JOIN impfzentrum_offer AS offer ON offer.id = message.offer_id
    WHERE offer.release_id IN (SELECT id FROM scope) AND message.handed_over_at IS NOT NULL
    GROUP BY offer.release_id
)
SELECT {key} AS key, sum(accepted)::int, coalesce(sum(sms), 0)::int, coalesce(sum(parts), 0)::int,
    coalesce(sum(emails), 0)::int, coalesce(sum(calls), 0)::int, coalesce(sum(euros), 0),
    coalesce(sum(unpriced), 0)::int
FROM scope JOIN doses ON doses.release_id = scope.id LEFT JOIN messages ON messages.release_id = scope.id
GROUP BY key ORDER BY key
"""

_MINUTES = """
WITH {releases}, accepted AS (
    SELECT release_id, answered_at FROM impfzentrum_offer
    WHERE release_id IN (SELECT id FROM scope) AND state = 'accepted' AND answered_at IS NOT NULL
), filled AS (
    SELECT dose.release_id FROM impfzentrum_dose AS dose WHERE dose.release_id IN (SELECT id FROM scope)
    GROUP BY dose.release_id
    HAVING count(*) FILTER (WHERE dose.state IN ('confirmed', 'arrived', 'vaccinated', 'deferred'))
        = count(*) FILTER (WHERE dose.state <> 'withdrawn')
        AND bool_or(dose.state <> 'withdrawn')
), lasts AS (
    SELECT release_id, max(answered_at) AS answered_at FROM accepted
    WHERE release_id IN (SELECT release_id FROM filled) GROUP BY release_id
), times AS (
    SELECT release_id, answered_at, false AS whole FROM accepted
    UNION ALL SELECT release_id, answered_at, true FROM lasts
), minutes AS (
    SELECT scope.*, times.whole, extract(epoch FROM times.answered_at - scope.released_at)::float / 60 AS minutes
    FROM times JOIN scope ON scope.id = times.release_id
)
SELECT {key} AS key, count(*) FILTER (WHERE NOT whole)::int,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY minutes) FILTER (WHERE NOT whole),
    percentile_cont(0.9) WITHIN GROUP (ORDER BY minutes) FILTER (WHERE NOT whole),
    count(*) FILTER (WHERE whole)::int,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY minutes) FILTER (WHERE whole),
    max(minutes) FILTER (WHERE whole)
FROM minutes AS scope GROUP BY GROUPING SETS ((key), ()) ORDER BY key NULLS LAST
"""


def report_messages(scope: Scope) -> Report:
    """Messages about the offers of these releases that were handed over, whenever that was, and what they cost."""
    found = query(_MESSAGES.format(releases=RELEASES, key=KEYS[scope.by]), scope)
    lines = [(key_cell(key, scope.by), [Decimal(str(one)) for one in figures]) for key, *figures in found]
    sums = [sum(column, Decimal()) for column in zip(*(figures for _key, figures in lines), strict=True)]
    keys = [key for key, _figures in lines]
    return Report(
        _("Nachrichten und Kosten"),
        [
            scope.by.column,
            Column(_("zugesagte Dosen"), Kind.NUMBER),
            Column(_("SMS"), Kind.NUMBER),
            Column(_("SMS-Teile"), Kind.NUMBER),
            Column(_("E-Mails"), Kind.NUMBER),
            Column(_("Anrufe"), Kind.NUMBER),
            Column(_("Kosten in Euro"), Kind.DECIMAL),
            Column(_("SMS ohne Preis in Euro"), Kind.NUMBER),
            Column(_("Nachrichten je Dosis"), Kind.DECIMAL),
            Column(_("Euro je Dosis"), Kind.DECIMAL),
        ],
        [[key, *_tell_messages(figures)] for key, figures in lines],
        [_("Zusammen"), *_tell_messages(sums)] if lines else (),
        [
            chart_lines(
                _("Nachrichten"),
                keys,
                [
                    (_("SMS"), [int(figures[1]) for _key, figures in lines]),
                    (_("E-Mails"), [int(figures[3]) for _key, figures in lines]),
                    (_("Anrufe"), [int(figures[4]) for _key, figures in lines]),
                ],
            )
        ],
        _(
            "Gezählt sind Nachrichten zu Angeboten dieser Freigaben, die übergeben wurden. Den Preis nennt der"
            " Dienstleister; was er nicht genannt hat, fehlt in der Summe."
        ),
    )


def _tell_messages(figures: list[Decimal]) -> list[Cell]:
    accepted, sms, parts, emails, calls, euros, unpriced = figures
    each = [(sms + emails + calls) / accepted, euros / accepted] if accepted else [None, None]
    return [int(accepted), int(sms), int(parts), int(emails), int(calls), round(euros, 2), int(unpriced), *each]


def report_minutes(scope: Scope) -> Report:
    """How long it took from the release until a dose was accepted, and until the last one of a whole release was."""
    found = query(_MINUTES.format(releases=RELEASES, key=KEYS[scope.by]), scope)
    rows: list[list[Cell]] = [
        [None if key is None else key_cell(key, scope.by), *map(_minutes, rest)] for key, *rest in found
    ]
    sums = [_("Zusammen"), *rows.pop()[1:]] if rows else []
    medians = [row[2] if isinstance(row[2], float) else None for row in rows]
    return Report(
        _("Minuten bis zur Zusage"),
        [
            scope.by.column,
            Column(_("Zusagen"), Kind.NUMBER),
            Column(_("mittlere Minuten"), Kind.DECIMAL),
            Column(_("neun von zehn nach"), Kind.DECIMAL),
            Column(_("ganz vergebene Freigaben"), Kind.NUMBER),
            Column(_("mittlere Minuten bis alle vergeben"), Kind.DECIMAL),
            Column(_("längste"), Kind.DECIMAL),
        ],
        rows,
        sums if rows else (),
        [draw_last(_("Mittlere Minuten bis zur Zusage"), [row[0] for row in rows], medians, "min")],
        _("Mittlere Minuten: die Hälfte ging schneller (Median). Gerechnet ab der Freigabe."),
    )


def _minutes(value: object) -> Cell:
    return value if isinstance(value, int | float) else None
