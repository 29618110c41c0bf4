"""Imported by the Celery worker of the bench (`--include`): its SMS go to the gateway that the environment names."""

from __future__ import annotations

import os

from django.conf import settings

from impfzentrum.bench.loopback import KANNEL, PORT, Gateway, kannel_at

settings.SMS_BACKEND, settings.SMS_BACKENDS = KANNEL, {}
settings.SMS_GATEWAYS = {"kannel": kannel_at(Gateway(int(os.environ[PORT])))}
