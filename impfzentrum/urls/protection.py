"""Data protection: the county's proof that terms are kept. What a person may demand stands with their own pages."""

from django.urls import path

from impfzentrum.views import protection

protection_urls = [
    path("kreis/<slug:county>/loeschen/", protection.terms, name="terms"),
]
