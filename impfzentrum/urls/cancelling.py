"""A person says on the phone that they cannot come."""

from django.urls import path

from impfzentrum.views import cancelling

cancelling_urls = [
    path("zentrum/<slug:centre>/freigabe/<int:number>/dosis/<int:dose>/absage/", cancelling.cancel, name="cancel"),
]
