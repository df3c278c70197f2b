"""Our few lines, apart from the package that has the same name."""

from django.apps import AppConfig


class AppointmentBenchConfig(AppConfig):
    """Brings the command that fills its tables."""

    name = "bench.rivals.appointment"
    label = "appointment_bench"
