"""Static files as production serves them: names with a hash, compressed once, made while the image is built.

Also a settings module of its own for that build (`collectstatic`), where there are no secrets and no servers.
"""

from nachruecker.settings.base import *  # noqa: F403
from nachruecker.settings.base import BASE_DIR

SECRET_KEY = "collecting-static-files-signs-nothing"
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
