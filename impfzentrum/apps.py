"""The domain as one Django app."""

from django.apps import AppConfig


class ImpfzentrumConfig(AppConfig):
    name = "impfzentrum"
    verbose_name = "Impfzentrum"
