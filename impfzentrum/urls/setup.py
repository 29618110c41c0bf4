"""Setting up a county. German words, as everywhere."""

from django.urls import path

from impfzentrum.views import planning, planning_rules, setting_up

SETUP = "kreis/<slug:county>/einrichtung"

setup_urls = [
    path(f"{SETUP}/", setting_up.overview, name="overview"),
    path(f"{SETUP}/zentrum/neu/", setting_up.new_centre, name="new_centre"),
    path(f"{SETUP}/gruppen/", planning.groups, name="groups"),
    path(f"{SETUP}/impfstoffe/", planning_rules.vaccines, name="vaccines"),
    path(f"{SETUP}/impfstoffe/<int:vaccine>/", planning_rules.vaccine, name="vaccine"),
    path(f"{SETUP}/kriterien/", planning_rules.criteria, name="criteria"),
    path(f"{SETUP}/kriterien/<int:criterion>/", planning_rules.criterion, name="criterion"),
    path(f"{SETUP}/<slug:topic>/", setting_up.setting, name="setting"),
    path(f"{SETUP}/<slug:topic>/zurueck/<int:number>/", setting_up.restore, name="restore"),
    path(f"{SETUP}/<slug:topic>/<int:subject>/", setting_up.setting, name="one"),
    path(f"{SETUP}/<slug:topic>/<int:subject>/zurueck/<int:number>/", setting_up.restore, name="restore_one"),
]
