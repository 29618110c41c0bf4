"""The test settings with database connections kept, as in production."""

from nachruecker.settings.base import keep_connections
from nachruecker.settings.test import *  # noqa: F403
from nachruecker.settings.test import DATABASES as _DATABASES

DATABASES = {"default": keep_connections(_DATABASES["default"])}
