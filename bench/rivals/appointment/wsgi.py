"""The web server's way in."""

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.rivals.appointment.settings"
application = get_wsgi_application()
