"""How the site is put together and started: wiring only, no rule and no model."""

from nachruecker.celery import app as celery_app

__all__ = ["celery_app"]
