"""What a person does with an offer, by the link of its message."""

from django.urls import path

from impfzentrum.views import offer

offer_urls = [
    path("a/<str:token>/", offer.answer, name="answer"),
    path("a/<str:token>/storno/", offer.cancel, name="cancel"),
    path("a/<str:token>/geimpft/", offer.report_vaccinated, name="vaccinated"),
    path("a/<str:token>/termin.ics", offer.calendar_file, name="calendar"),
]
