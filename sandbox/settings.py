"""Settings of the sandbox process, a local stand-in for Stripe, Twilio, a phone and a mailbox."""

from pathlib import Path
from urllib.parse import urlsplit

import environ

BASE_DIR = Path(__file__).resolve().parent
env = environ.Env()

SANDBOX_URL = env("SANDBOX_URL").rstrip("/")
SANDBOX_CLOCK_FILE = Path(env("SANDBOX_CLOCK_FILE"))
PUBLIC_BASE_URL = env("PUBLIC_BASE_URL").rstrip("/")

STRIPE_API_KEY = env("STRIPE_API_KEY")
STRIPE_WEBHOOK_SECRET = env("STRIPE_WEBHOOK_SECRET")
TWILIO_ACCOUNT_SID = env("TWILIO_ACCOUNT_SID")
TWILIO_AUTH_TOKEN = env("TWILIO_AUTH_TOKEN")
TWILIO_MESSAGING_SERVICE_SID = env("TWILIO_MESSAGING_SERVICE_SID")
TWILIO_CONTENT = {
    name: env(f"TWILIO_CONTENT_{name.upper()}")
    for name in ("confirmation", "confirm_question", "reminder", "pay_link", "offer", "cue")
}

# Nothing here is secret and nothing is kept: one laptop, one visitor.
SECRET_KEY = "sandbox-" + STRIPE_WEBHOOK_SECRET
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", urlsplit(SANDBOX_URL).hostname or "127.0.0.1"]
ROOT_URLCONF = "sandbox.urls"
WSGI_APPLICATION = "sandbox.wsgi.application"
INSTALLED_APPS = ["sandbox", "django.contrib.staticfiles"]
MIDDLEWARE = [
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "sandbox.csp.content_security_policy",
    "django.middleware.csrf.CsrfViewMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "sandbox.clock.context",
            ]
        },
    }
]

# One writer at a time, decided at the start of a transaction: that is all the locking there is.
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": env("SANDBOX_DATABASE"),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = env("CLINIC_TIME_ZONE", default="Europe/Amsterdam")
LANGUAGE_CODE = "nl"
USE_I18N = True

STATIC_URL = "/sandbox-static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

# Cookies do not know ports: the clinic runs on the same host and has its own.
CSRF_COOKIE_NAME = "sandbox_csrf"
CSRF_COOKIE_SAMESITE = "Lax"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="WARNING")},
    # The refusals of a strict stand-in are answers, not news.
    "loggers": {"django.request": {"level": "ERROR"}},
}
