"""The address that Stripe calls: one, and it is the clinic's."""

from typing import Any

from django.conf import settings

from sandbox.stripe_api import events
from sandbox.stripe_api.schema import PAGING, table

LIST = table(**PAGING)


def listing(params: dict[str, Any]) -> dict[str, Any]:
    """List the one endpoint that the sandbox was started with."""
    body: dict[str, Any] = {
        "id": "we_sandbox",
        "object": "webhook_endpoint",
        "api_version": events.API_VERSION,
        "application": None,
        "created": 1767225600,
        "description": "The clinic",
        "enabled_events": sorted(events.SUBSCRIBED),
        "livemode": False,
        "metadata": {},
        "status": "enabled",
        "url": f"{settings.PUBLIC_BASE_URL}/hooks/stripe/",
    }
    return {"object": "list", "data": [body], "has_more": False, "url": "/v1/webhook_endpoints"}
