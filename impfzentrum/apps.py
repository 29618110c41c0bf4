"""The domain as one Django app."""

from django.apps import AppConfig


class ImpfzentrumConfig(AppConfig):
    name = "impfzentrum"
    verbose_name = "Impfzentrum"

    def ready(self) -> None:
        from impfzentrum import checks  # noqa: F401 - registers itself; models are not there any earlier
