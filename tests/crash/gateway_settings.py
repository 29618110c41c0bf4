"""Settings for the worker of a crash test: its SMS go to the provider at `GATEWAY_URL`, which it asks in doubt."""

import os

from nachruecker.settings.test import *  # noqa: F403

SMS_BACKEND = "impfzentrum.gateways.seven.SevenSmsBackend"
SMS_GATEWAYS = {
    "seven": {"url": os.environ["GATEWAY_URL"], "api_key": "key", "signing_key": "key", "seconds": "4"},
}
