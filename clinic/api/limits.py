"""How much one address may ask. Each web process counts for itself, so this is a brake, no lock."""

from django.conf import settings
from django.http import HttpRequest
from ninja.throttling import BaseThrottle, SimpleRateThrottle

from clinic.access import address_key


class PerAddress(SimpleRateThrottle):
    """So many requests a minute for each internet address."""

    def __init__(self, scope: str, per_minute: int) -> None:
        self.scope = scope
        super().__init__(f"{per_minute}/min")

    def get_cache_key(self, request: HttpRequest) -> str:
        return f"api:{self.scope}:{address_key(request)}"


def _limit(scope: str, per_minute: int) -> list[BaseThrottle]:
    return [PerAddress(scope, per_minute)] if per_minute else []


READS = _limit("reads", settings.API_READS_PER_MINUTE)
BOOKINGS = _limit("bookings", settings.API_BOOKINGS_PER_MINUTE)
