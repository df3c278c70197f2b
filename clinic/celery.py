"""The queue's way in: `celery -A clinic worker` and `celery -A clinic beat`."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
TRANSPORT_ALIASES["filesystem"] = "clinic.folder_broker:Transport"
app = Celery("clinic")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
