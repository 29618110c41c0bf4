"""Vaccinations in the column layout of the RKI's open county data ("COVID-19-Impfungen in Deutschland", CC BY 4.0)."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.utils.translation import gettext as _

from impfzentrum.procedures.reporting import bounds_of_days
from impfzentrum.procedures.reports.report import Chart, Report, Scope, Series
from impfzentrum.rules.carrying import carry_small_counts
from impfzentrum.sheets.sheet import Cell, Column, Kind

UNKNOWN = "u"
"""An age nobody knows any more, as the RKI writes it."""

_VACCINATED = """
SELECT (dose.state_since AT TIME ZONE 'Europe/Berlin')::date AS day,
    CASE WHEN age IS NULL THEN 'u' WHEN age < 5 THEN '00-04' WHEN age < 12 THEN '05-11' WHEN age < 18 THEN '12-17'
        WHEN age < 60 THEN '18-59' ELSE '60+' END AS band,
    entry.dose_wanted, count(*)::int
FROM impfzentrum_dose AS dose
JOIN impfzentrum_release AS release ON release.id = dose.release_id
JOIN impfzentrum_centre AS centre ON centre.id = release.centre_id
JOIN impfzentrum_standbyentry AS entry ON entry.id = dose.holder_id
CROSS JOIN LATERAL (
    SELECT extract(year FROM age((dose.state_since AT TIME ZONE 'Europe/Berlin')::date, entry.birth_date)) AS age
) AS aged
WHERE centre.county_id = %(county)s AND dose.state = 'vaccinated' AND dose.state_since < %(over)s
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


def report_rki(scope: Scope) -> Report:
    """Vaccinations by day, age and dose. A count below 5 is withheld and carried forward to the next day of its kind.

    Carried from the very first day on, so that two periods never differ in a day they share; only for the county:
    county minus one centre would be the other one. One query.
    """
    _begin, over = bounds_of_days(scope.first, scope.last)
    with connection.cursor() as cursor:
        cursor.execute(_VACCINATED, {"county": scope.county.pk, "over": over})
        found: list[tuple[date, str, int, int]] = list(cursor.fetchall())
    shown = [line for line in carry_small_counts(found) if line[0] >= scope.first]
    rows: list[list[Cell]] = [[day, scope.county.ags, band, dose, count] for day, band, dose, count in shown]
    bands = sorted({line[1] for line in shown})
    by_band: list[float | None] = [sum(line[3] for line in shown if line[1] == band) for band in bands]
    return Report(
        _("Impfungen im Format des RKI"),
        [
            Column("Impfdatum", Kind.DATE),
            Column("LandkreisId_Impfort"),
            Column("Altersgruppe"),
            Column("Impfschutz", Kind.NUMBER),
            Column("Anzahl", Kind.NUMBER),
        ],
        rows,
        charts=[Chart(_("Impfungen nach Alter"), bands, [Series(_("Impfungen"), by_band)])] if rows else [],
        note=_(
            "Spalten wie in den offenen Daten des Robert Koch-Instituts. Werte unter 5 werden zurückgehalten und dem"
            " nächsten Tag derselben Altersgruppe zugeschlagen. Nur für den ganzen Landkreis."
        ),
    )
