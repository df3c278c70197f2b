"""E-mail against a mail server that says no, not now, or nothing at all."""

import socket
from contextlib import contextmanager
from email import message_from_bytes

import pytest
from aiosmtpd.controller import Controller

from bookings.models import Client
from reminders import operations as reminders
from reminders.models import Message, Step
from tests.reminders.verbs import HOUR, booked, settle, tick


class Moody:
    """A mail server's behaviour: what it took, and what it says to the next ones."""

    def __init__(self):
        self.to_recipient, self.to_data = [], []
        self.offered, self.kept = [], []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        envelope.rcpt_tos.append(address)
        return self.to_recipient.pop(0) if self.to_recipient else "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        answer = self.to_data.pop(0) if self.to_data else "250 OK"
        self.offered.append(message_from_bytes(envelope.original_content)["Message-ID"])
        if answer.startswith("250") or answer == "hang up":
            self.kept.append(self.offered[-1])
        if answer == "hang up":
            server.transport.abort()
        return answer


@contextmanager
def listening(handler, port):
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]


@pytest.fixture
def moody(port, world, settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_TIMEOUT = 2
    handler = Moody()
    with listening(handler, port):
        yield handler


def mailed(world, treatment, sender):
    """Have a confirmation sent by mail only; return its step."""
    booked(world, treatment, reach_by=Client.ReachBy.EMAIL)
    tick(sender, now=world.now())
    return Step.objects.get(rule__reach="email")


def later(world, sender):
    reminders.send_due(sender, now=world.now() + HOUR)


@pytest.mark.parametrize("when", ["to_recipient", "to_data"])
def test_a_mail_refused_for_good_is_not_offered_again(world, treatment, sender, moody, when):
    getattr(moody, when).append("550 No such mailbox")
    step = mailed(world, treatment, sender)
    later(world, sender)
    settle(world, sender)

    step.refresh_from_db()
    assert (step.status, step.reason) == ("failed", "email failed: 550")
    assert (Message.objects.get(step=step).status, moody.kept) == ("failed", [])


def test_a_lost_answer_never_makes_two_mails(world, treatment, sender, moody):
    moody.to_data.append("hang up")
    step = mailed(world, treatment, sender)
    assert (step.status, Message.objects.get(step=step).status) == ("claimed", "unknown")

    later(world, sender)
    settle(world, sender, times=2)

    step.refresh_from_db()
    assert step.status == "done"
    assert (len(moody.kept), len(set(moody.kept))) == (2, 1)


def test_a_mail_without_an_answer_is_given_up_in_the_end(world, treatment, sender, moody):
    moody.to_data.extend(["hang up"] * 20)
    step = mailed(world, treatment, sender)
    settle(world, sender, times=10)

    step.refresh_from_db()
    assert (step.status, step.reason) == ("failed", "not sure it was sent")
    assert (len(moody.kept), len(set(moody.kept))) == (6, 1)


@pytest.mark.parametrize("answer", ["450 Not now", "550 No"])
def test_an_answer_after_a_lost_one_does_not_make_a_new_mail(
    world, treatment, sender, moody, answer
):
    moody.to_data.extend(["hang up", answer])
    step = mailed(world, treatment, sender)
    settle(world, sender)
    later(world, sender)
    settle(world, sender)

    step.refresh_from_db()
    assert step.status == ("done" if answer.startswith("4") else "failed")
    assert len(set(moody.offered)) == 1


@pytest.mark.parametrize("when", ["to_recipient", "to_data"])
def test_not_now_is_tried_again_a_minute_later(world, treatment, sender, moody, when):
    getattr(moody, when).append("451 Not now")
    step = mailed(world, treatment, sender)
    assert (step.status, step.reason, Message.objects.count()) == ("waiting", "451", 0)
    later(world, sender)

    step.refresh_from_db()
    assert (step.status, len(moody.kept)) == ("done", 1)


def test_a_server_that_is_down_is_tried_until_it_is_of_no_use(
    world, treatment, sender, settings, port
):
    settings.EMAIL_PORT = port
    step = mailed(world, treatment, sender)
    assert (step.status, step.reason) == ("waiting", "ConnectionRefusedError")
    later(world, sender)
    step.refresh_from_db()
    assert (step.status, Message.objects.count()) == ("waiting", 0)
    reminders.send_due(sender, now=step.useless_at + HOUR)

    step.refresh_from_db()
    assert step.status == "missed"
