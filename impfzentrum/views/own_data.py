"""What we know of a person, as a page and as a file."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from impfzentrum.procedures.disclosing import disclose, export_data
from impfzentrum.procedures.finding import find_entry
from impfzentrum.views.answers import personal
from impfzentrum.views.entry import frame_of


@personal
@require_safe
def own_data(request: HttpRequest, token: str) -> HttpResponse:
    """Everything with its purpose, to read or to print."""
    entry = find_entry(token)
    values = {**frame_of(entry), "sections": disclose(entry), "now": timezone.now()}
    return render(request, "entry/data.html", values)


@personal
@require_safe
def own_data_file(request: HttpRequest, token: str) -> HttpResponse:
    """The same as JSON, to keep or to hand to others."""
    entry = find_entry(token)
    headers = {"Content-Disposition": 'attachment; filename="meine-angaben.json"'}
    data = export_data(entry, now=timezone.now())
    return JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 2}, headers=headers)
