"""Whether Stripe and the clinic are wired rightly: by table, and by asking the sandbox."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.checks import Error, Warning, run_checks

from bookings.models import User
from clinic.stripe_wiring import WORDS, findings, in_words
from payments.stripe_gateway import version
from payments.wiring import EVENTS, Endpoint, Fault, Finding, endpoint_faults, key_faults
from tests.factories import UserFactory, a_clinic
from tests.payments.test_thread import paid

URL = "https://linde.example/hooks/stripe/"
GOOD = Endpoint(URL, is_enabled=True, events=EVENTS, version="v1", is_live=True)


@pytest.mark.parametrize(
    ("case", "key", "secret", "is_real", "expected"),
    [
        ("all is well", "sk_live_1", "whsec_1", True, []),
        ("a restricted key", "rk_live_1", "whsec_1", True, []),
        ("a trial", "sk_test_1", "whsec_1", False, []),
        ("nothing at all", "", "", True, [Fault.NO_KEY]),
        ("the key that is public", "pk_live_1", "whsec_1", True, [Fault.NOT_A_KEY]),
        ("a trial's key in earnest", "sk_test_1", "whsec_1", True, [Fault.TEST_KEY]),
        ("no secret", "sk_live_1", "", True, [Fault.UNSIGNED]),
        ("the key as the secret", "sk_live_1", "sk_live_1", True, [Fault.NOT_SIGNING]),
        ("both wrong", "live", "secret", True, [Fault.NOT_A_KEY, Fault.NOT_SIGNING]),
    ],
)
def test_the_key_and_the_secret(case, key, secret, is_real, expected):
    assert [one.fault for one in key_faults(key, secret, is_real=is_real)] == expected


@pytest.mark.parametrize(
    ("case", "endpoints", "key", "expected"),
    [
        ("all is well", [GOOD], "sk_live_1", []),
        ("every event", [replace(GOOD, events=frozenset("*"))], "sk_live_1", []),
        ("with a slash less", [replace(GOOD, url=URL[:-1])], "sk_live_1", []),
        ("the account's own version", [replace(GOOD, version="")], "sk_live_1", []),
        ("none", [], "sk_live_1", [Finding(Fault.NO_ENDPOINT, URL)]),
        (
            "another clinic's",
            [replace(GOOD, url="https://other.example/hooks/stripe/")],
            "sk_live_1",
            [Finding(Fault.NO_ENDPOINT, URL)],
        ),
        (
            "switched off",
            [replace(GOOD, is_enabled=False)],
            "sk_live_1",
            [Finding(Fault.SWITCHED_OFF, URL)],
        ),
        (
            "an event is missing",
            [replace(GOOD, events=EVENTS - {"refund.failed"})],
            "sk_live_1",
            [Finding(Fault.EVENTS_MISSING, "refund.failed")],
        ),
        (
            "two endpoints tell together",
            [
                replace(GOOD, events=frozenset({"refund.failed"})),
                replace(GOOD, events=EVENTS - {"refund.failed"}),
            ],
            "sk_live_1",
            [],
        ),
        (
            "another version",
            [replace(GOOD, version="v0")],
            "sk_live_1",
            [Finding(Fault.OTHER_VERSION, "v0 / v1")],
        ),
        ("a trial's key, a live address", [GOOD], "sk_test_1", [Finding(Fault.OTHER_MODE)]),
    ],
)
def test_the_address_that_stripe_calls(case, endpoints, key, expected):
    assert list(endpoint_faults(endpoints, url=URL, version="v1", key=key)) == expected


def test_every_fault_has_words():
    assert set(WORDS) == set(Fault)


def test_the_sandbox_is_wired_rightly(world):
    assert findings(at=world.now()) == []


def test_messages_that_do_not_arrive_are_told_after_a_while(world, db):
    paid(world, a_clinic(deposit_cents=2500))
    assert findings(at=world.now()) == []
    (found,) = findings(at=world.now() + timedelta(hours=1))
    assert found.fault is Fault.UNDELIVERED
    assert int(found.about) >= 1


def test_a_key_that_stripe_does_not_know(world, settings):
    settings.STRIPE_API_KEY = "sk_test_sandbox_other"
    assert findings(at=world.now()) == [Finding(Fault.KEY_REFUSED)]


def test_stripe_does_not_answer(world):
    world.post("/control/faults", fault="error_500", method="GET", times=9)
    assert findings(at=world.now()) == [Finding(Fault.NO_ANSWER)]


def test_the_address_of_this_clinic_is_not_the_one_that_stripe_calls(world, settings):
    settings.PUBLIC_BASE_URL = "https://other.example"
    (found,) = findings(at=world.now())
    assert in_words(found).endswith("https://other.example/hooks/stripe/")


def test_check_deploy_tells_it(world, settings):
    settings.STRIPE_WEBHOOK_SECRET = "secret"
    settings.STRIPE_API_KEY = "sk_test_sandbox_other"
    told = run_checks(include_deployment_checks=True)
    mine = {one.id: type(one) for one in told if str(one.id).startswith("clinic.stripe.")}
    assert mine == {"clinic.stripe.not_signing": Error, "clinic.stripe.key_refused": Error}
    settings.STRIPE_API_KEY = ""
    told = run_checks(include_deployment_checks=True)
    mine = {one.id: type(one) for one in told if str(one.id).startswith("clinic.stripe.")}
    assert mine == {"clinic.stripe.no_key": Warning}


def test_the_owner_reads_it(world, client, settings, db):
    a_clinic()
    user = UserFactory()
    user.groups.add(Group.objects.get_or_create(name=User.OWNER)[0])
    client.force_login(user)
    assert "Alles is in orde" in client.get("/office/koppeling/").content.decode()
    settings.STRIPE_API_KEY = "sk_test_sandbox_other"
    assert "Stripe accepteert de sleutel niet" in client.get("/office/koppeling/").content.decode()


def test_our_library_says_its_version():
    assert version().startswith("20")
