"""Data protection: a person's rights on their own pages, and the county's proof that terms are kept."""

from django.urls import path

from impfzentrum.views import protection, rights

protection_urls = [
    path("s/<str:token>/rechte/", rights.show_rights, name="rights"),
    path("s/<str:token>/rechte/einschraenken/", rights.restrict, name="restrict"),
    path("s/<str:token>/rechte/widersprechen/", rights.object_to, name="object"),
    path("kreis/<slug:county>/loeschen/", protection.terms, name="terms"),
]
