"""What owners and clients may well write: texts with anything in them, numbers of every country."""

import phonenumbers
import pytest
from django.core.exceptions import ValidationError

from bookings import formats
from bookings.models import Client
from clinic.portal.forms import DetailsForm
from reminders import operations as reminders
from reminders.models import InboundMessage, Wording
from reminders.operations import Inbound
from reminders.operations.reaching import address_of
from reminders.wording import fill_in
from tests.clinic.steps import DETAILS
from tests.factories import NOW, ClientFactory

MOBILE = phonenumbers.PhoneNumberType.MOBILE


def text(**more):
    usual = {"key": "reminder", "language": "nl", "subject": "Tot dan", "text": "Tot {until}"}
    return Wording(**usual | more)


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("Hoi {Voornaam}", "{Voornaam}"),
        ("Hoi {first_name.__class__}", "{first_name.__class__}"),
        ("Hoi {first_name!r:>9}", "{first_name!r:>9}"),
        ("Hoi {0}", "{0}"),
        ("Hoi {}", "{}"),
        ("Hoi {{first_name}} {token}", "{token}"),
        ("Hoi {naam\n}", "{naam\n}"),
    ],
)
@pytest.mark.parametrize("field", ["subject", "text", "email_text"])
def test_what_nothing_can_be_filled_in_for_is_refused(said, named, field):
    with pytest.raises(ValidationError) as refused:
        text(**{field: said}).clean()

    assert named in " ".join(refused.value.message_dict[field])


@pytest.mark.parametrize(
    "said",
    [
        "<script>alert(1)</script> {until}",
        "%s %(secret)s ${first_name} {until} \u202etxet",
        "{until} \U0001f984 \u0627\u0644\u0639\u0631\u0628\u064a\u0629",
        "Tot {until} {",
    ],
)
def test_anything_else_is_sent_as_it_was_written(said):
    text(text=said.replace("${first_name}", "$")).clean()

    assert fill_in(said, {"until": "morgen", "first_name": "{link}"}).count("morgen") == 1


@pytest.mark.parametrize(
    ("case", "said", "is_fine"),
    [
        ("six parts", "x" * 918, True),
        ("a letter more", "x" * 919, False),
        ("with a letter outside the plain alphabet", "ë" * 403, False),
        ("with a long plan in it", "x" * 850 + "{plan}", False),
    ],
)
def test_a_text_that_costs_too_much_is_refused(case, said, is_fine):
    if is_fine:
        text(text=said).clean()
        return
    with pytest.raises(ValidationError, match="sms-delen"):
        text(text=said).clean()


@pytest.mark.django_db
def test_numbers_of_every_country():
    """Each can be filled in, is texted in E.164, and may write back."""
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        example = phonenumbers.example_number_for_type(region, MOBILE)
        if example is None:
            continue
        number = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
        form = DetailsForm(DETAILS | {"phone": number})
        assert form.is_valid(), (region, form.errors)
        client = ClientFactory(phone=form.details().phone)
        assert address_of(client, Client.ReachBy.SMS) == number
        assert formats.phone_number(client.phone)
        said = Inbound(sid=f"SM{region}", channel="sms", phone=number, body="Hallo")
        reminders.receive_reply(said, now=NOW)
    reminders.handle_replies(now=NOW)

    assert InboundMessage.objects.filter(for_desk=True).count() > 200


@pytest.mark.django_db
def test_the_texts_that_a_clinic_begins_with_are_all_right():
    for one in Wording.objects.all():
        one.clean()
