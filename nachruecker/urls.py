"""All addresses: the domain's own, and Django's admin for reference data."""

from django.contrib import admin
from django.urls import include, path

from nachruecker.health import healthz
from nachruecker.metrics import metrics
from nachruecker.readiness import readyz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("verwaltung/", admin.site.urls),
    path("", include("impfzentrum.urls")),
]
