"""What django-agenda asks for, and nothing more."""

import os

SECRET_KEY = "nothing here is signed"  # noqa: S105
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "bench.rivals.agenda.urls"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "recurrence",
    "django_agenda",
    "bench.rivals.agenda",
]
MIDDLEWARE: list[str] = []
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ["PGDATABASE"],
        "CONN_MAX_AGE": 60,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"
