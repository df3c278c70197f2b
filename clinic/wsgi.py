"""The web server's way in."""

import os

from django.core.checks import ERROR
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from clinic import sandbox_checks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
application = get_wsgi_application()

# A web server runs no system checks by itself, and these must never be passed by.
wrong = [found for found in sandbox_checks.problems() if found.level >= ERROR]
if wrong:
    raise ImproperlyConfigured("\n".join(str(found) for found in wrong))
