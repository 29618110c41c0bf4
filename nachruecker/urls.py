"""All addresses: the domain's own, and Django's admin for reference data."""

from django.contrib import admin
from django.urls import include, path

from nachruecker.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("verwaltung/", admin.site.urls),
    path("", include("impfzentrum.urls")),
]
