"""Who watches over the county's sending."""

from django.urls import path

from impfzentrum.views import operations

operations_urls = [
    path("betrieb/<slug:county>/", operations.watch, name="watch"),
    path("betrieb/<slug:county>/anhalten/", operations.stop, name="stop"),
    path("betrieb/<slug:county>/fortsetzen/", operations.resume, name="resume"),
    path("betrieb/<slug:county>/nochmal/", operations.retry, name="retry"),
]
