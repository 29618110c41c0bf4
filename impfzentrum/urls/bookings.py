"""Booked appointments: the day's list, files, and the way of booking systems."""

from django.urls import path

from impfzentrum.views import booking_files, booking_releases, bookings, interface, interface_keys

booking_urls = [
    path("schnittstelle/termine/storno/", interface.cancel, name="report_cancelled"),
    path("zentrum/<slug:centre>/termine/", bookings.day, name="day"),
    path("zentrum/<slug:centre>/termine.csv", bookings.day_csv, name="day_csv"),
    path("zentrum/<slug:centre>/termine/einlesen/", booking_files.bring, name="bring"),
    path("zentrum/<slug:centre>/termine/einlesen/<uuid:public_id>/", booking_files.file, name="file"),
    path("zentrum/<slug:centre>/termine/freigeben/<int:vaccine>/", booking_releases.release, name="release"),
    path("zentrum/<slug:centre>/termine/schnittstelle/", interface_keys.keys, name="keys"),
    path("zentrum/<slug:centre>/termine/schnittstelle/<uuid:public_id>/", interface_keys.revoke, name="revoke_key"),
    path("zentrum/<slug:centre>/termine/<uuid:public_id>/", bookings.mark, name="mark"),
]
