"""The day list of a centre and its door."""

from django.urls import path

from impfzentrum.views import check_in, day_list, team_export

daylist_urls = [
    path("zentrum/<slug:centre>/tagesliste/", day_list.day_list, name="list"),
    path("zentrum/<slug:centre>/tagesliste/oeffnen/", day_list.open_day, name="open"),
    path("zentrum/<slug:centre>/tagesliste/druck/", day_list.printed, name="print"),
    path("zentrum/<slug:centre>/tagesliste/datei/<slug:file_format>/", day_list.download, name="download"),
    path("zentrum/<slug:centre>/tagesliste/versand/", team_export.choose, name="team_export"),
    path("zentrum/<slug:centre>/einlass/", check_in.check_in, name="check_in"),
    path("zentrum/<slug:centre>/einlass/<uuid:public_id>/", check_in.person, name="person"),
    path("zentrum/<slug:centre>/einlass/<uuid:public_id>/zurueck/<uuid:step>/", check_in.undo, name="undo"),
]
