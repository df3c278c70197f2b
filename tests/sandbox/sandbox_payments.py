"""What the clinic asks of Stripe, as the tests of the sandbox ask it."""

from typing import Any

from tests.sandbox.sandbox_world import Sandbox


def session_params(sandbox: Sandbox, **changes: Any) -> dict[str, Any]:
    """Return what the clinic sends to take a deposit."""
    params = {
        "mode": "payment",
        "locale": "nl",
        "client_reference_id": "appointment-1",
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": "eur",
                    "unit_amount": 2500,
                    "product_data": {"name": "Aanbetaling afspraak"},
                },
            }
        ],
        "allowed_payment_method_types": ["card", "ideal"],
        "payment_method_options": {"card": {"setup_future_usage": "off_session"}},
        "payment_intent_data": {"description": "Aanbetaling 1", "metadata": {"payment": "1"}},
        "metadata": {"payment": "1"},
        "expires_at": sandbox.now() + 31 * 60,
        "success_url": "http://127.0.0.1:1/klaar/?s={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://127.0.0.1:1/terug/",
        **changes,
    }
    return {name: value for name, value in params.items() if value is not None}


def paid(sandbox: Sandbox, bank: Any, method: str) -> Any:
    """Pay a deposit on the hosted page and return the session as the clinic fetches it."""
    customer = bank.v1.customers.create({"name": "Anna", "email": "anna@example.org"})
    opened = bank.v1.checkout.sessions.create(session_params(sandbox, customer=customer.id))
    sandbox.post(f"/control/checkout/{opened.id}/pay", method=method)
    expand = ["payment_intent.latest_charge", "payment_intent.payment_method"]
    return bank.v1.checkout.sessions.retrieve(opened.id, {"expand": expand})


def fee_params(session: Any, **changes: Any) -> dict[str, Any]:
    """Return what the clinic sends to charge a saved card without its owner."""
    return {
        "amount": 4500,
        "currency": "eur",
        "customer": session.customer,
        "payment_method": session.payment_intent.payment_method.id,
        "off_session": True,
        "confirm": True,
        "metadata": {"payment": "2"},
        "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        "payment_method_options": {"card": {"stored_credential_usage": "unscheduled"}},
        **changes,
    }
