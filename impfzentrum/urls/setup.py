"""Setting up a county. German words, as everywhere."""

from django.urls import path

from impfzentrum.views import setting_up

SETUP = "kreis/<slug:county>/einrichtung"

setup_urls = [
    path(f"{SETUP}/", setting_up.overview, name="overview"),
    path(f"{SETUP}/zentrum/neu/", setting_up.new_centre, name="new_centre"),
    path(f"{SETUP}/<slug:topic>/", setting_up.setting, name="setting"),
    path(f"{SETUP}/<slug:topic>/zurueck/<int:number>/", setting_up.restore, name="restore"),
    path(f"{SETUP}/<slug:topic>/<int:subject>/", setting_up.setting, name="one"),
    path(f"{SETUP}/<slug:topic>/<int:subject>/zurueck/<int:number>/", setting_up.restore, name="restore_one"),
]
