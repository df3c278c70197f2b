"""The sandbox's addresses: two vendors' APIs, pages for people, doors for tests."""

from django.urls import path

from sandbox import checkout, clock, control, disputing, faults, home, mailbox, money, phone
from sandbox.stripe_api import door as stripe
from sandbox.twilio_api import door as twilio

ACCOUNT = "2010-04-01/Accounts/<str:account>"

urlpatterns = [
    path("v1/Content", twilio.content_list),
    path("v1/Content/<str:sid>", twilio.one_content),
    path("v1/Content/<str:sid>/ApprovalRequests", twilio.content_approvals),
    path("v1/Content/<str:sid>/ApprovalRequests/whatsapp", twilio.ask_approval),
    path("v1/<path:path>", stripe.answer),
    path(f"{ACCOUNT}/Messages.json", twilio.message_list),
    path(f"{ACCOUNT}/Messages/<str:sid>.json", twilio.one_message),
    path("", home.page, name="home"),
    path("healthz", home.health),
    path("checkout/<str:key>/", checkout.page, name="checkout"),
    path("money/", money.page, name="money"),
    path("money/dispute/", disputing.press, name="dispute"),
    path("phone/", phone.numbers, name="phones"),
    path("phone/<str:number>/", phone.telephone, name="telephone"),
    path("mailbox/", mailbox.letters, name="mailbox"),
    path("mailbox/<int:pk>/", mailbox.letter, name="letter"),
    path("mailbox/<int:pk>/<int:place>/", mailbox.attachment, name="attachment"),
    path("clock/", clock.page, name="clock"),
    path("faults/", faults.page, name="faults"),
    path("control/clock", clock.control),
    path("control/time", clock.show),
    path("control/faults", faults.control),
    path("control/messages", control.messages),
    path("control/emails", control.emails),
    path("control/stripe", control.stripe),
    path("control/deliveries", control.deliveries),
    path("control/phone/reply", phone.control),
    path("control/checkout/<str:key>/pay", checkout.control),
    path("control/dispute", disputing.control),
    path("control/reset", control.reset),
]
