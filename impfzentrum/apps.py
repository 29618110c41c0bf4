"""The domain as one Django app."""

from django.apps import AppConfig


class ImpfzentrumConfig(AppConfig):
    name = "impfzentrum"
    verbose_name = "Impfzentrum"

    def ready(self) -> None:
        # These register themselves; models are not there any earlier.
        from impfzentrum import checks, sessions  # noqa: F401
