"""Settings, read from the environment; `.env.example` explains each one."""

from pathlib import Path

import environ
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

SECRET_KEY = env("SECRET_KEY")
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
PUBLIC_BASE_URL = env("PUBLIC_BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL]
HTTPS = PUBLIC_BASE_URL.startswith("https://")

INSTALLED_APPS = [
    "bookings",
    "payments",
    "reminders",
    "clinic",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "ninja",
    "phonenumber_field",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "clinic.security.content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "clinic.address.form_of_address",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "clinic.urls"
WSGI_APPLICATION = "clinic.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clinic.context.clinic",
            ]
        },
    }
]

# PostgreSQL only: the exclusion constraints are what makes double booking impossible.
DATABASES = {"default": env.db_url("DATABASE_URL")}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People. Staff only; clients have no account.
AUTH_USER_MODEL = "bookings.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "clinic.access.StaffAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"

# Language, time.
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", _("Dutch")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
CLINIC_TIME_ZONE = env("CLINIC_TIME_ZONE", default="Europe/Amsterdam")
TIME_ZONE = CLINIC_TIME_ZONE

# Static files: built by esbuild into static_built/, served by whitenoise.
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static_built"]
MANIFEST_STATIC = env.bool("MANIFEST_STATIC", default=not DEBUG)
COLLECTED = Path(env("STATIC_ROOT", default=str(BASE_DIR / "static_collected")))
STATIC_ROOT = COLLECTED if MANIFEST_STATIC else None  # on a laptop nothing is collected
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if MANIFEST_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not MANIFEST_STATIC
WHITENOISE_AUTOREFRESH = False

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
PHONENUMBER_DEFAULT_REGION = "NL"
PHONENUMBER_DEFAULT_FORMAT = "NATIONAL"

# E-mail.
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="afspraken@linde.example")

# Security.
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

# The API: so many requests a minute for each internet address, in each process; 0 is no limit.
API_READS_PER_MINUTE = env.int("API_READS_PER_MINUTE", default=300)
API_BOOKINGS_PER_MINUTE = env.int("API_BOOKINGS_PER_MINUTE", default=10)

# The vendors. Only the addresses and the secrets differ between sandbox and real life.
STRIPE_API_KEY = env("STRIPE_API_KEY", default="")
STRIPE_WEBHOOK_SECRET = env("STRIPE_WEBHOOK_SECRET", default="")
STRIPE_API_BASE = env("STRIPE_API_BASE", default="")
STRIPE_PAYMENT_METHODS = env.list("STRIPE_PAYMENT_METHODS", default=["card", "ideal"])
TWILIO_ACCOUNT_SID = env("TWILIO_ACCOUNT_SID", default="")
TWILIO_AUTH_TOKEN = env("TWILIO_AUTH_TOKEN", default="")
TWILIO_API_BASE = env("TWILIO_API_BASE", default="")
TWILIO_MESSAGING_SERVICE_SID = env("TWILIO_MESSAGING_SERVICE_SID", default="")
SMS_TWO_WAY = env.bool("SMS_TWO_WAY", default=True)
TWILIO_CONTENT = {
    "confirmation": env("TWILIO_CONTENT_CONFIRMATION", default=""),
    "confirm_question": env("TWILIO_CONTENT_CONFIRM_QUESTION", default=""),
    "reminder": env("TWILIO_CONTENT_REMINDER", default=""),
    "preparation": env("TWILIO_CONTENT_PREPARATION", default=""),
    "after_visit": env("TWILIO_CONTENT_AFTER_VISIT", default=""),
    "pay_link": env("TWILIO_CONTENT_PAY_LINK", default=""),
    "offer": env("TWILIO_CONTENT_OFFER", default=""),
    "cue": env("TWILIO_CONTENT_CUE", default=""),
}

# The sandbox: a local stand-in for the vendors, with a clock that can be moved.
SANDBOX = env.bool("SANDBOX", default=False)
SANDBOX_URL = env("SANDBOX_URL", default="http://127.0.0.1:8001").rstrip("/")
SANDBOX_CLOCK_FILE = env("SANDBOX_CLOCK_FILE", default="")
PAYMENT_PAGE_ORIGINS = [STRIPE_API_BASE] if STRIPE_API_BASE else ["https://checkout.stripe.com"]

# The queue. Ticks only poll; the truth is in the database.
CELERY_BROKER_URL = env("CELERY_BROKER_URL", default="redis://127.0.0.1:6379/0")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {}
if CELERY_BROKER_URL.startswith("filesystem"):
    CELERY_FOLDER = Path(env("CELERY_FOLDER", default=str(BASE_DIR / ".data" / "broker")))
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(CELERY_FOLDER / "messages"),
        "data_folder_out": str(CELERY_FOLDER / "messages"),
        "control_folder": str(CELERY_FOLDER / "control"),
    }
# How long a message may be without an answer before the vendor is asked about it; real time.
DOUBT_SECONDS = env.float("DOUBT_SECONDS", default=180.0)
# How many messages one worker hands over at once.
SENDING_THREADS = env.int("SENDING_THREADS", default=8)
TICK_SECONDS = env.float("TICK_SECONDS", default=10.0)
LEDGER_SECONDS = 3600.0  # only what nobody posted before; everything else is posted at once
CELERY_BEAT_SCHEDULE = {
    name: {
        "task": name,
        "schedule": TICK_SECONDS,
        # A tick that was not taken before the next one is worth nothing.
        "options": {"expires": TICK_SECONDS},
    }
    for name in (
        "bookings.tasks.expire_holds",
        "bookings.tasks.forget_requests",
        "bookings.tasks.fill_openings",
        "payments.tasks.handle_webhooks",
        "payments.tasks.settle_appointments",
        "payments.tasks.make_calls",
        "payments.tasks.ask_stripe",
        "reminders.tasks.requeue_changed",
        "reminders.tasks.follow_rules",
        "reminders.tasks.send_due_steps",
        "reminders.tasks.handle_replies",
        "reminders.tasks.release_unanswered",
        "reminders.tasks.settle_doubtful_messages",
    )
} | {
    name: {"task": name, "schedule": LEDGER_SECONDS, "options": {"expires": LEDGER_SECONDS}}
    for name in (
        "payments.tasks.post_unposted",
        "payments.tasks.reconcile",
        "reminders.tasks.check_templates",
    )
}

# Logs carry ids, never names, numbers or bodies.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # These print addresses with telephone numbers in them.
    "loggers": {"twilio": {"level": "WARNING"}, "stripe": {"level": "WARNING"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
}
