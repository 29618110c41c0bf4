"""The county's reports."""

from django.urls import path

from impfzentrum.views import reports

REPORTS = "kreis/<slug:county>/berichte"

report_urls = [
    path(f"{REPORTS}/", reports.index, name="index"),
    path(f"{REPORTS}/<slug:name>/", reports.report, name="report"),
    path(f"{REPORTS}/<slug:name>/tabelle-<int:number>.<slug:ending>", reports.report_file, name="file"),
]
