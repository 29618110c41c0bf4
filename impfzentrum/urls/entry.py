"""A person's own pages, by their link."""

from django.urls import path

from impfzentrum.views import correcting, entry, own_data, readiness, rights, unsubscribing

entry_urls = [
    path("b/<str:token>/", entry.prove_contact, name="prove"),
    path("b/<str:token>/neu/", entry.send_code_again, name="prove_again"),
    path("e/<uuid:reference>/<str:token>/", unsubscribing.unsubscribe, name="unsubscribe"),
    path("s/<str:token>/", entry.status, name="status"),
    path("s/<str:token>/bestaetigen/", entry.request_proof, name="request_proof"),
    path("s/<str:token>/daten/", own_data.own_data, name="data"),
    path("s/<str:token>/daten.json", own_data.own_data_file, name="data_file"),
    path("s/<str:token>/aendern/<slug:slug>/", correcting.correct, name="correct"),
    path("s/<str:token>/rechte/", rights.show_rights, name="rights"),
    path("s/<str:token>/rechte/einschraenken/", rights.restrict, name="restrict"),
    path("s/<str:token>/rechte/widersprechen/", rights.object_to, name="object"),
    path("s/<str:token>/pause/", entry.pause, name="pause"),
    path("s/<str:token>/e-mail/", unsubscribing.email_again, name="email_again"),
    path("s/<str:token>/weiter/", entry.come_back, name="come_back"),
    path("s/<str:token>/noch-da/", entry.keep_waiting, name="keep_waiting"),
    path("s/<str:token>/bereit/", readiness.say_ready, name="ready"),
    path("s/<str:token>/bereit/zurueck/", readiness.take_back_ready, name="not_ready"),
    path("s/<str:token>/morgens/", readiness.choose_morning_mail, name="morning"),
    path("s/<str:token>/zeiten/", readiness.hours, name="hours"),
    path("s/<str:token>/orte/", readiness.further_centres, name="further_centres"),
    path("s/<str:token>/geimpft/", entry.report_vaccinated, name="vaccinated"),
    path("s/<str:token>/abmelden/", entry.leave, name="leave"),
]
