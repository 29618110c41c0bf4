"""What the dashboard of a centre leads to: checking a release before it goes out, opened vials."""

from django.urls import path

from impfzentrum.views import checking, vials

day_urls = [
    path("zentrum/<slug:centre>/freigeben/pruefen/", checking.check_release, name="check_release"),
    path("zentrum/<slug:centre>/flaeschchen/", vials.open_vials, name="open_vials"),
    path("zentrum/<slug:centre>/flaeschchen/<uuid:public_id>/", vials.rest, name="vials"),
]
