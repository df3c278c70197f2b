from django.apps import AppConfig
from django.core import checks

from clinic import sandbox_checks, stripe_wiring


class ClinicConfig(AppConfig):
    name = "clinic"

    def ready(self) -> None:
        checks.register(sandbox_checks.problems)
        checks.register(stripe_wiring.problems, deploy=True)
