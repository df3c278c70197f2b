"""Front of house: settings, addresses and every screen."""

from clinic.celery import app as celery_app

__all__ = ["celery_app"]
