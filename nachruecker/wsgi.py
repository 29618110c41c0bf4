"""The entry of the web server (gunicorn nachruecker.wsgi)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nachruecker.settings.embedded")

application = get_wsgi_application()
