"""The record of a county. Everything is read; a check and an export are POSTs, because they are noted."""

from django.urls import path

from impfzentrum.views import record

RECORD = "kreis/<slug:county>/protokoll"

record_urls = [
    path(f"{RECORD}/", record.search, name="search"),
    path(f"{RECORD}/warum/", record.why, name="why"),
    path(f"{RECORD}/pruefen/", record.check, name="check"),
    path(f"{RECORD}/export/", record.export, name="export"),
]
