"""What a county erased, as numbers: nobody can be looked up here."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from impfzentrum.access import COUNTY_ROLES, StaffRequest, centres_of, for_county
from impfzentrum.models import County, ErasedCount, Retention
from impfzentrum.vocabulary import Erased

SHOWN = timedelta(days=30)


@require_safe
@for_county(COUNTY_ROLES)
def terms(request: StaffRequest, county: County) -> HttpResponse:
    """The terms in force, and what went by them in the last thirty days."""
    since = timezone.localdate() - SHOWN
    rows = ErasedCount.objects.filter(county=county, day__gt=since).values_list("kind")
    counted = dict(rows.annotate(Sum("count")).order_by("kind"))
    context = {
        "county": county,
        "centres": centres_of(request.membership),
        "terms": Retention.of(county),
        "erased": [(kind.label, counted.get(kind, 0)) for kind in Erased],
        "days": SHOWN.days,
    }
    return render(request, "county/terms.html", context)
