"""The day of a centre."""

from django.urls import path

from impfzentrum.views import calls, centre, changing, draws, hand_picking, phone_sign_up, release

centre_urls = [
    path("zentrum/<slug:centre>/", centre.today, name="today"),
    path("zentrum/<slug:centre>/anmelden/", phone_sign_up.sign_up_by_phone, name="sign_up_by_phone"),
    path("zentrum/<slug:centre>/anruf/<uuid:reference>/", calls.call, name="call"),
    path("zentrum/<slug:centre>/auslosen/", draws.draw_anew, name="draw_anew"),
    path("zentrum/<slug:centre>/freigeben/", release.release, name="release"),
    path("zentrum/<slug:centre>/freigeben/reichweite/", release.reach, name="reach"),
    path("zentrum/<slug:centre>/freigabe/<int:number>/", release.live, name="live"),
    path("zentrum/<slug:centre>/freigabe/<int:number>/dosen-dazu/", changing.add, name="add_doses"),
    path("zentrum/<slug:centre>/freigabe/<int:number>/dosen-zurueck/", changing.take_back, name="take_back_doses"),
    path("zentrum/<slug:centre>/freigabe/<int:number>/uhrzeit/", changing.retime, name="change_times"),
    path("zentrum/<slug:centre>/freigabe/<int:number>/beenden/", release.stop, name="stop"),
    path("zentrum/<slug:centre>/freigabe/<int:number>/von-hand/", hand_picking.propose, name="hand_pick"),
    path(
        "zentrum/<slug:centre>/freigabe/<int:number>/von-hand/<uuid:public_id>/",
        hand_picking.decide,
        name="decide_hand_pick",
    ),
]
