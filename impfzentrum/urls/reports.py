"""The county's reports."""

from django.urls import path

from impfzentrum.views import exports, figures, report_mails, reports

REPORTS = "kreis/<slug:county>/berichte"

report_urls = [
    path(f"{REPORTS}/", reports.index, name="index"),
    path(f"{REPORTS}/oeffentlich/", figures.switch, name="switch_figures"),
    path(f"{REPORTS}/ausgabe/", exports.order, name="order_export"),
    path(f"{REPORTS}/ausgabe/<uuid:public_id>/", exports.export, name="export"),
    path(f"{REPORTS}/ausgabe/<uuid:public_id>/datei", exports.export_file, name="export_file"),
    path(f"{REPORTS}/e-mail/", report_mails.schedule, name="schedule"),
    path(f"{REPORTS}/e-mail/<uuid:public_id>/beenden/", report_mails.end, name="end_schedule"),
    path(f"{REPORTS}/<slug:name>/", reports.report, name="report"),
    path(f"{REPORTS}/<slug:name>/tabelle-<int:number>.<slug:ending>", reports.report_file, name="file"),
]
