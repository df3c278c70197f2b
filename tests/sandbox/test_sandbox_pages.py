"""The pages and doors for people and tests: telephone, mailbox, clock."""

import smtplib
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
import requests

from tests.sandbox.sandbox_payments import paid
from tests.sandbox.sandbox_telephone import ANNA, ask, send, statuses
from tests.sandbox.sandbox_world import eventually


def letter(message_id: str) -> EmailMessage:
    """Return an e-mail with a calendar file, as the clinic sends it."""
    message = EmailMessage()
    message["From"] = "afspraken@linde.example"
    message["To"] = "anna@example.org"
    message["Subject"] = "Je afspraak staat vast, tot dán"
    message["Message-ID"] = message_id
    message.set_content("Hoi Anna, bekijk http://127.0.0.1:1/a/abc/")
    message.add_alternative("<p>Hoi <b>Anna</b></p><script>alert(1)</script>", subtype="html")
    calendar = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    message.add_attachment(calendar, maintype="text", subtype="calendar", filename="afspraak.ics")
    return message


def test_email_is_kept_with_its_attachment(sandbox):
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=10) as server:
        server.send_message(letter("<1@linde.example>"))

    (kept,) = sandbox.get("/control/emails")["emails"]
    assert (kept["subject"], kept["to"]) == (
        "Je afspraak staat vast, tot dán",
        ["anna@example.org"],
    )
    assert kept["text"].strip() == "Hoi Anna, bekijk http://127.0.0.1:1/a/abc/"
    assert kept["attachments"][0]["name"] == "afspraak.ics"
    assert "BEGIN:VCALENDAR" in kept["attachments"][0]["text"]
    page = requests.get(f"{sandbox.url}/mailbox/{kept['id']}/", timeout=10).text
    assert "BEGIN:VCALENDAR" in page
    assert "<script>alert" not in page


def test_same_message_id_is_kept_and_counted(sandbox):
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=10) as server:
        for message_id in ("<1@x>", "<2@x>", "<1@x>"):
            server.send_message(letter(message_id))

    kept = sandbox.get("/control/emails")["emails"]
    assert [(one["message_id"], one["repeat"]) for one in kept] == [
        ("<1@x>", 1),
        ("<2@x>", 1),
        ("<1@x>", 2),
    ]


def test_attachment_is_only_downloaded(sandbox):
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=10) as server:
        server.send_message(letter("<1@x>"))
    (kept,) = sandbox.get("/control/emails")["emails"]

    answer = requests.get(f"{sandbox.url}/mailbox/{kept['id']}/0/", timeout=10)

    assert answer.headers["Content-Disposition"] == 'attachment; filename="afspraak.ics"'
    assert answer.content == b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


def test_telephone_shows_messages_and_reads_whatsapp(sandbox, twilio, clinic):
    ask(twilio, clinic)
    send(twilio, clinic, body="Kijk op http://127.0.0.1:1/a/abc/.")
    eventually(lambda: len(statuses(clinic)) == 4)

    page = requests.get(f"{sandbox.url}/phone/{ANNA}/", timeout=10).text

    assert '<a href="http://127.0.0.1:1/a/abc/">http://127.0.0.1:1/a/abc/</a>.' in page
    assert 'value="confirm:token-1"' in page
    eventually(lambda: ("read", None) in statuses(clinic))


def test_telephone_answers_by_form(sandbox, twilio, clinic):
    ask(twilio, clinic)
    browser = requests.Session()
    address = f"{sandbox.url}/phone/{ANNA}/"
    browser.get(address, timeout=10)
    token = {"csrfmiddlewaretoken": browser.cookies["sandbox_csrf"]}

    browser.post(address, data={**token, "button": "confirm:token-1"}, timeout=10)
    browser.post(address, data={**token, "body": "Tot dan", "channel": "whatsapp"}, timeout=10)

    eventually(lambda: len(clinic.told("/hooks/twilio/inbound/")) == 2)
    kept = sandbox.get("/control/messages")["messages"]
    mine = [one["body"] for one in kept if one["direction"] == "inbound"]
    assert mine == ["JA", "Tot dan"]


def test_button_that_is_not_there_is_refused(sandbox):
    given = {"number": ANNA, "body": "JA", "channel": "whatsapp", "payload": "confirm:other"}

    answer = requests.post(f"{sandbox.url}/control/phone/reply", json=given, timeout=10)

    assert answer.status_code == 400
    assert sandbox.get("/control/messages")["messages"] == []


def test_clock_goes_forward_only(sandbox):
    before = sandbox.now()

    moved = sandbox.post("/control/clock", seconds=3600)["now"]
    back = requests.post(f"{sandbox.url}/control/clock", json={"seconds": -1}, timeout=10)
    past = datetime.fromtimestamp(before, UTC).isoformat()
    earlier = requests.post(f"{sandbox.url}/control/clock", json={"to": past}, timeout=10)

    assert datetime.fromisoformat(moved).timestamp() == pytest.approx(before + 3600, abs=5)
    assert (back.status_code, earlier.status_code) == (400, 400)
    assert sandbox.now() == pytest.approx(before + 3600, abs=5)


def test_clock_goes_to_the_next_step_of_the_clinic(sandbox, clinic):
    due = datetime.fromtimestamp(sandbox.now(), UTC) + timedelta(days=2)
    clinic.next_due.update(next_due_at=due.isoformat(), what="reminder")

    moved = datetime.fromisoformat(sandbox.post("/control/clock", to="next")["now"])

    assert timedelta() <= moved - due < timedelta(seconds=5)


@pytest.mark.parametrize("move", ["hour", "day", "next", "to"])
def test_clock_page_moves_the_clock(sandbox, clinic, move):
    before = sandbox.now()
    due = datetime.fromtimestamp(before, UTC) + timedelta(days=3)
    clinic.next_due.update(next_due_at=due.isoformat(), what="reminder")
    browser = requests.Session()
    browser.get(f"{sandbox.url}/clock/", timeout=10)
    form = {"csrfmiddlewaretoken": browser.cookies["sandbox_csrf"], "move": move}

    answer = browser.post(
        f"{sandbox.url}/clock/",
        data={**form, "to": due.strftime("%Y-%m-%dT%H:%M")},
        timeout=10,
    )

    assert answer.status_code == 200
    assert sandbox.now() - before > 3590


@pytest.mark.parametrize("path", ["/", "/phone/", "/mailbox/", "/money/", "/clock/", "/faults/"])
def test_pages_are_strict_and_say_that_nothing_is_real(sandbox, path):
    answer = requests.get(sandbox.url + path, timeout=10)

    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "Niets hier is echt" in answer.text
    assert "style=" not in answer.text


def test_a_payment_is_disputed_and_decided_on_the_money_page(sandbox, bank):
    charge = paid(sandbox, bank, "card").payment_intent.latest_charge.id
    browser = requests.Session()
    page = browser.get(f"{sandbox.url}/money/", timeout=10).text
    assert charge in page

    def press(**said: str) -> str:
        said["csrfmiddlewaretoken"] = browser.cookies["sandbox_csrf"]
        answer = browser.post(f"{sandbox.url}/money/dispute/", data=said, timeout=10)
        assert answer.status_code == 200
        return answer.text

    assert "needs_response" in press(charge=charge)
    (dispute,) = sandbox.get("/control/stripe")["disputes"]
    assert "<td>lost</td>" in press(dispute=dispute["id"], status="lost")
