"""What people said of the site, counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Avg, Count, Q
from django.utils.translation import gettext as _

from impfzentrum.models import Feedback
from impfzentrum.models.feedback import RATINGS
from impfzentrum.procedures.reporting import bounds_of_days
from impfzentrum.procedures.reports.report import Chart, Report, Scope, Series
from impfzentrum.sheets.sheet import Cell, Column, Kind
from impfzentrum.vocabulary import FeedbackFrom


def report_feedback(scope: Scope) -> Report:
    """Words and ratings by the kind of page. They belong to the county: nobody said them to a centre. Two queries."""
    begin, over = bounds_of_days(scope.first, scope.last)
    said = Feedback.objects.filter(county=scope.county, given_at__gte=begin, given_at__lt=over).order_by()
    stars = {f"stars_{one}": Count("pk", filter=Q(rating=one)) for one in RATINGS}
    figures = {"words": Count("pk"), "texts": Count("pk", filter=~Q(text="")), **stars, "mean": Avg("rating")}
    found = said.values("page").annotate(**figures).order_by("page")
    rows = [[str(FeedbackFrom(line["page"]).label), *_cells(line)] for line in found]
    whole = said.aggregate(**figures)
    sums: list[Cell] = [_("Zusammen"), *_cells(whole)]
    chart = Chart(
        _("Bewertungen"),
        [_("{stars} von 5").format(stars=one) for one in RATINGS],
        [Series(_("Rückmeldungen"), [whole[f"stars_{one}"] for one in RATINGS])],
    )
    headings = [_("Rückmeldungen"), _("mit Text"), *(_("{stars} von 5").format(stars=one) for one in RATINGS)]
    return Report(
        _("Rückmeldungen"),
        [
            Column(_("Seite"), width=28),
            *(Column(heading, Kind.NUMBER) for heading in headings),
            Column(_("Mittel"), Kind.DECIMAL),
        ],
        rows,
        sums if rows else (),
        [chart] if rows else (),
        _("Rückmeldungen sagen nicht, von wem sie sind, und gehören keinem Impfzentrum."),
    )


def _cells(line: Mapping[str, Any]) -> list[Cell]:
    names = ["words", "texts", *(f"stars_{one}" for one in RATINGS), "mean"]
    values = [line[name] for name in names]
    return [value if isinstance(value, int | float) else None for value in values]
