"""Every single offer of a period: long, and without anything that says who was asked."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from impfzentrum.models import Offer
from impfzentrum.procedures.reporting import bounds_of_days
from impfzentrum.procedures.reports.report import Scope
from impfzentrum.sheets.sheet import Cell, Column, Kind
from impfzentrum.states import OfferState

CHUNK = 2_000


def offer_columns() -> list[Column]:
    """Neither group nor travel: with the minute of an answer they might name somebody."""
    return [
        Column(_("Impfzentrum"), width=26),
        Column(_("Freigabe"), Kind.NUMBER),
        Column(_("Impfstoff")),
        Column(_("Welle (0: von Hand)"), Kind.NUMBER),
        Column(_("gefragt"), Kind.MOMENT),
        Column(_("übergeben"), Kind.MOMENT),
        Column(_("Antwort bis"), Kind.MOMENT),
        Column(_("geantwortet"), Kind.MOMENT),
        Column(_("Ergebnis")),
    ]


def count_offers(scope: Scope) -> int:
    return _offers(scope).count()


def list_offers(scope: Scope) -> Iterator[list[Cell]]:
    """One line an offer, in the order in which people were asked; never all of them in memory."""
    labels = {state.value: str(state.label) for state in OfferState}
    lines = _offers(scope).order_by("created_at", "pk").values_list(
        "state", "release__centre__name", "release__number", "release__vaccine__name", "wave", "created_at",
        "handed_over_at", "answer_by", "answered_at",
    )  # fmt: skip
    for state, centre, number, vaccine, wave, *times in lines.iterator(chunk_size=CHUNK):
        yield [centre, number, vaccine, wave, *times, labels[state]]


def _offers(scope: Scope) -> QuerySet[Offer]:
    begin, over = bounds_of_days(scope.first, scope.last)
    released = {"release__released_at__gte": begin, "release__released_at__lt": over}
    if scope.centre is not None:
        return Offer.objects.filter(release__centre=scope.centre, **released)
    return Offer.objects.filter(release__centre__county=scope.county, **released)
