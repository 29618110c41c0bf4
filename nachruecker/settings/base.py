"""What holds in every place. Where a value differs from place to place, it is set in the file of that place."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONE, SELF, UNSAFE_INLINE

# Lets generic Django classes be written with their type parameter (forms.ModelForm[Release]) at run time too.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent.parent

INSTALLED_APPS = [
    "nachruecker.admin_app.ReferenceAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "crispy_forms",
    "django_htmx",
    "phonenumber_field",
    "csp",
    "django_otp",
    "axes",
    "impfzentrum",
]

MIDDLEWARE = [
    "nachruecker.log_context.LogRequests",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "impfzentrum.views.speaking.SpeakingMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "impfzentrum.sessions.end_sessions",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "nachruecker.urls"
WSGI_APPLICATION = "nachruecker.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

CRISPY_ALLOWED_TEMPLATE_PACKS = ("kern",)
CRISPY_TEMPLATE_PACK = "kern"
CRISPY_FAIL_SILENTLY = False

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PHONENUMBER_DEFAULT_REGION = "DE"
PHONENUMBER_DEFAULT_FORMAT = "E164"
PHONENUMBER_DB_FORMAT = "E164"

# --- language and time
LANGUAGE_CODE = "de"
# The first two for everybody; the others for people on the list, whose pages impfzentrum/languages.py names.
LANGUAGES = [
    ("de", "Deutsch"),
    ("en", "English"),
    ("tr", "Türkçe"),
    ("ar", "العربية"),
    ("ru", "Русский"),
    ("uk", "Українська"),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Berlin"
USE_I18N = True
USE_TZ = True

# --- people who log in
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "own_place"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SECOND_FACTOR = "off"  # or "required": every staff page demands a code from the person's phone; so does production
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "impfzentrum.directory.DirectoryBackend",
]


# --- the county's own directory, if it has one (OpenID Connect; settings/directory.py)
OIDC_ISSUER = OIDC_OP_AUTHORIZATION_ENDPOINT = OIDC_OP_TOKEN_ENDPOINT = OIDC_OP_USER_ENDPOINT = ""
OIDC_OP_JWKS_ENDPOINT = OIDC_RP_CLIENT_ID = OIDC_RP_CLIENT_SECRET = ""
DIRECTORY_FACTOR_AMR: list[str] = []  # words of the token that mean: it has asked for a second factor
DIRECTORY_FACTOR_ACR: list[str] = []
OIDC_RP_SIGN_ALGO = "RS256"
OIDC_USE_PKCE = True
OIDC_CREATE_USER = False
OIDC_TIMEOUT = 10  # seconds
OIDC_AUTHENTICATION_CALLBACK_URL = "account:directory_back"

# --- five wrong passwords for one name from one address: fifteen minutes of nothing. Kept in the database, no longer.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # who goes on trying must not lock the owner out for ever
AXES_CLIENT_IP_CALLABLE = "impfzentrum.views.visitors.find_address"
AXES_LOCKOUT_CALLABLE = "impfzentrum.views.login.show_locked"
AXES_DISABLE_ACCESS_LOG = True  # the record of the county knows who logged in; addresses are forgotten
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# --- a session of staff ends after so long without a click (polls do not count), and at the latest after a shift
SESSION_IDLE = timedelta(minutes=30)
SESSION_LONGEST = timedelta(hours=12)
SESSION_COOKIE_AGE = int(SESSION_LONGEST.total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SEEN_COOKIE_NAME = "seen"  # when the person last did something; signed, bound to the session

# --- static files: our own, and the design system's from its npm package
STATIC_URL = "/static/"
FONTS_DIR = BASE_DIR / "node_modules/@fontsource/fira-sans/files"  # PDF tables are set in the same typeface
STATICFILES_DIRS: list[Any] = [
    BASE_DIR / "static",
    ("kern", BASE_DIR / "node_modules/@kern-ux/native/dist"),
    # KERN brings Fira Sans in files of 130 kB a weight; these are cut by script, so a German page loads 24 kB a weight.
    ("fonts", FONTS_DIR),
]

# --- what a browser may do with our pages
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "style-src": [SELF],
        "style-src-attr": [UNSAFE_INLINE],  # a dose drains by a width that is set on its element
        "script-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"  # a personal link must never travel to another site
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True

# Uploads stay in memory up to this size (bytes): files with people's appointments must not lie on a disk in the clear.
FILE_UPLOAD_MAX_MEMORY_SIZE = 6_000_000

# --- links in SMS: a shorter host that leads to this site as well; empty: the one of PUBLIC_URL
SHORT_LINK_HOST = ""

# --- SMS providers: address and credentials of each, from the environment (nachruecker/settings/gateways.py)
SMS_GATEWAYS: dict[str, dict[str, str]] = {}
SMS_BACKENDS: dict[str, str] = {}  # two or more: drawn by weights; empty: SMS_BACKEND alone

# --- e-mail: where what cannot be delivered goes back to (empty: to the sender), who may report it, where it is read
EMAIL_BOUNCES_TO = ""
MAIL_HOOKS: dict[str, dict[str, str]] = {}
BOUNCES_MAILBOX = ""

# --- where it is noted, outside the database and its backups, what was erased (procedures/burying.py); empty: nowhere
ERASED_FILE = ""

# --- Celery: wakes workers, keeps nothing (queues and schedule: nachruecker/celery.py)
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker outlives any outage of the broker
# A web request publishes after its commit. With the broker down it must go on at once: the sweep finds the work.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_TIMEOUT = 2  # seconds; less than socket_timeout, so that a silent broker is asked once
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    # Seconds. What a killed worker had taken is handed out again after the timeout; the default interval adds minutes.
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 1,
    "socket_timeout": 3,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.2,
    "interval_max": 0.5,
}
# Celery closes the database connection around every task (about 13 ms each); keep it for this many tasks instead.
CELERY_DB_REUSE_MAX = 1000

# --- /metrics: who brings this as a bearer token reads them; empty: nobody
METRICS_TOKEN = ""

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "nachruecker.log_masking.MaskingFormatter",
            "format": "{asctime} {levelname} {name} [{request_id}]: {message}",
            "style": "{",
        },
        "json": {"()": "nachruecker.log_json.JsonFormatter"},
    },
    "filters": {"context": {"()": "nachruecker.log_context.AddContext"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["context"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "impfzentrum": {"level": "INFO"},
        "nachruecker": {"level": "INFO"},
        "nachruecker.access": {"level": "WARNING"},  # a line a request; production writes them
        # Django's own handlers would mail administrators whole requests, and print each line twice.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "axes": {"level": "WARNING"},
        "mozilla_django_oidc": {"level": "ERROR"},  # its warnings quote claims
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
    },
}


def keep_connections(database: dict[str, Any]) -> dict[str, Any]:
    """The same DATABASES entry, with connections kept for ten minutes and looked at before use."""
    return database | {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}
