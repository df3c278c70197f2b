"""The tables that django-agenda leaves to its project."""

from django.apps import AppConfig


class AgendaBenchConfig(AppConfig):
    """Brings the tables, and the command that fills them."""

    name = "bench.rivals.agenda"
    label = "agenda_bench"
