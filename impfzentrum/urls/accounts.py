"""The accounts of a county."""

from django.urls import path

from impfzentrum.views import accounts

accounts_urls = [
    path("kreis/<slug:county>/konten/", accounts.accounts, name="list"),
    path("kreis/<slug:county>/konten/einladen/", accounts.invite_somebody, name="invite"),
    path("kreis/<slug:county>/konten/<int:number>/", accounts.account, name="account"),
]
