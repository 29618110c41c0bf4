"""Doses: what was released and what became of it, how full releases got, how many said yes too late, who came."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from impfzentrum.procedures.reports.report import (
    KEYS,
    RELEASES,
    Report,
    Scope,
    chart_lines,
    draw_last,
    key_cell,
    percent,
    query,
)
from impfzentrum.sheets.sheet import Cell, Column, Kind
from impfzentrum.states import AttendanceState

_DOSES = """
WITH {releases}, doses AS (
    SELECT release_id, count(*) AS released,
        count(*) FILTER (WHERE state IN ('confirmed', 'arrived', 'vaccinated', 'deferred')) AS accepted,
        count(*) FILTER (WHERE state = 'vaccinated') AS vaccinated,
        count(*) FILTER (WHERE state = 'lapsed') AS lapsed,
        count(*) FILTER (WHERE state = 'withdrawn') AS withdrawn,
        count(*) FILTER (WHERE state IN ('free', 'held', 'missed')) AS open
    FROM impfzentrum_dose WHERE release_id IN (SELECT id FROM scope) GROUP BY release_id
)
SELECT {key} AS key, sum(released)::int, sum(accepted)::int, sum(vaccinated)::int, sum(lapsed)::int,
    sum(withdrawn)::int, sum(open)::int
FROM scope JOIN doses ON doses.release_id = scope.id GROUP BY key ORDER BY key
"""

_LATE = """
WITH {releases}, doses AS (
    SELECT release_id, count(*) FILTER (WHERE state <> 'withdrawn') AS to_give,
        count(*) FILTER (WHERE state IN ('confirmed', 'arrived', 'vaccinated', 'deferred')) AS accepted
    FROM impfzentrum_dose WHERE release_id IN (SELECT id FROM scope) GROUP BY release_id
), offers AS (
    SELECT release_id, count(*) AS asked,
        count(*) FILTER (WHERE state IN ('accepted', 'cancelled', 'late', 'unused')) AS yes,
        count(*) FILTER (WHERE state = 'late') AS late
    FROM impfzentrum_offer WHERE release_id IN (SELECT id FROM scope) AND wave > 0 GROUP BY release_id
)
SELECT {key} AS key, sum(to_give)::int, sum(accepted)::int, coalesce(sum(asked), 0)::int, coalesce(sum(yes), 0)::int,
    coalesce(sum(late), 0)::int
FROM scope JOIN doses ON doses.release_id = scope.id LEFT JOIN offers ON offers.release_id = scope.id
GROUP BY key ORDER BY key
"""

_ATTENDANCE = """
WITH {releases}, offers AS (
    SELECT offer.release_id,
        count(*) FILTER (WHERE offer.state = 'accepted' AND coalesce(door.state, 'expected') = 'expected') AS expected,
        count(*) FILTER (WHERE door.state = 'arrived') AS arrived,
        count(*) FILTER (WHERE door.state = 'vaccinated') AS vaccinated,
        count(*) FILTER (WHERE door.state = 'deferred') AS deferred,
        count(*) FILTER (WHERE door.state = 'unproven') AS unproven,
        count(*) FILTER (WHERE door.state = 'missed') AS missed,
        count(*) FILTER (WHERE offer.state = 'cancelled') AS cancelled
    FROM impfzentrum_offer AS offer LEFT JOIN impfzentrum_attendance AS door ON door.offer_id = offer.id
    WHERE offer.release_id IN (SELECT id FROM scope) AND offer.state IN ('accepted', 'unused', 'cancelled')
    GROUP BY offer.release_id
)
SELECT {key} AS key, sum(expected)::int, sum(arrived)::int, sum(vaccinated)::int, sum(deferred)::int,
    sum(unproven)::int, sum(missed)::int, sum(cancelled)::int
FROM scope JOIN offers ON offers.release_id = scope.id GROUP BY key ORDER BY key
"""


def report_doses(scope: Scope) -> Report:
    """Doses by what became of them. Vaccinated ones are among the accepted; the four others add up to the released."""
    found = _ask(_DOSES, scope)
    rows: list[list[Cell]] = [[key, *counts, percent(counts[1], counts[0] - counts[4])] for key, counts in found]
    sums = add_up([counts for _key, counts in found], width=6)
    keys = [key for key, _counts in found]
    chart = chart_lines(
        _("Freigegebene Dosen"),
        keys,
        [
            (_("zugesagt"), [counts[1] for _key, counts in found]),
            (_("verfallen"), [counts[3] for _key, counts in found]),
            (_("zurückgenommen"), [counts[4] for _key, counts in found]),
            (_("noch offen"), [counts[5] for _key, counts in found]),
        ],
    )
    return Report(
        _("Dosen"),
        [
            scope.by.column,
            *_numbers(_("freigegeben"), _("zugesagt"), _("davon geimpft"), _("verfallen"), _("zurückgenommen")),
            *_numbers(_("noch offen")),
            Column(_("vergeben in %"), Kind.PERCENT),
        ],
        rows,
        [_("Zusammen"), *sums, percent(sums[1], sums[0] - sums[4])] if rows else (),
        [chart],
        _("Vergeben in %: zugesagte Dosen geteilt durch freigegebene. Zurückgenommene zählen nicht mit."),
    )


def report_fill_rate(scope: Scope) -> Report:
    """How much of what was to be given was taken, and how many who said yes were too late. Doses by hand count too."""
    found = _ask(_LATE, scope)
    rows: list[list[Cell]] = [[key, *_with_shares(counts)] for key, counts in found]
    sums = add_up([counts for _key, counts in found], width=5)
    keys = [key for key, _counts in found]
    fill: list[float | None] = [percent(counts[1], counts[0]) for _key, counts in found]
    late: list[float | None] = [percent(counts[4], counts[3]) for _key, counts in found]
    return Report(
        _("Vergabequote"),
        [
            scope.by.column,
            *_numbers(_("zu vergeben"), _("zugesagt")),
            Column(_("vergeben in %"), Kind.PERCENT),
            *_numbers(_("gefragt"), _("Ja gesagt"), _("davon zu spät")),
            Column(_("zu spät in %"), Kind.PERCENT),
        ],
        rows,
        [_("Zusammen"), *_with_shares(sums)] if rows else (),
        [
            draw_last(_("Vergeben in %"), keys, fill, "%"),
            draw_last(_("Zu spät in %"), keys, late, "%"),
        ],
        _("Zu spät: Menschen, die Ja gesagt haben, als alle Dosen schon vergeben waren."),
    )


def report_attendance(scope: Scope) -> Report:
    """What became of those who accepted: expected, came, were vaccinated or not, stayed away, or cancelled before."""
    found = _ask(_ATTENDANCE, scope)
    rows: list[list[Cell]] = [[key, *counts, _missed_share(counts)] for key, counts in found]
    sums = add_up([counts for _key, counts in found], width=7)
    names = [*(str(state.label) for state in AttendanceState), _("selbst abgesagt")]
    series = [(name, [counts[number] for _key, counts in found]) for number, name in enumerate(names)]
    return Report(
        _("Erscheinen"),
        [scope.by.column, *_numbers(*names), Column(_("nicht erschienen in %"), Kind.PERCENT)],
        rows,
        [_("Zusammen"), *sums, _missed_share(sums)] if rows else (),
        [chart_lines(_("Was aus den Zusagen wurde"), [key for key, _counts in found], series)],
        _("Gezählt sind Menschen. Nicht erschienen in %: von allen, deren Ausgang am Einlass eingetragen ist."),
    )


def _ask(sql: str, scope: Scope) -> list[tuple[Cell, list[int]]]:
    found = query(sql.format(releases=RELEASES, key=KEYS[scope.by]), scope)
    return [(key_cell(key, scope.by), [int(str(count)) for count in counts]) for key, *counts in found]


def add_up(lines: Sequence[Sequence[int]], *, width: int) -> list[int]:
    """The sums of the columns; zeros of no lines at all."""
    return [sum(column) for column in zip(*lines, strict=True)] if lines else [0] * width


def _numbers(*headings: str) -> list[Column]:
    return [Column(heading, Kind.NUMBER) for heading in headings]


def _with_shares(counts: Sequence[int]) -> list[Cell]:
    to_give, accepted, asked, yes, late = counts
    return [to_give, accepted, percent(accepted, to_give), asked, yes, late, percent(late, yes)]


def _missed_share(counts: Sequence[int]) -> int | None:
    _expected, arrived, vaccinated, deferred, unproven, missed, _cancelled = counts
    return percent(missed, arrived + vaccinated + deferred + unproven + missed)
