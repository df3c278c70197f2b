"""The client's addresses."""

from django.urls import path, register_converter

from clinic.access import RECEIPT, TOKEN
from clinic.portal import (
    agreeing,
    appointment,
    beforehand,
    choosing,
    continuing,
    course,
    holding,
    messages,
    moving,
    offers,
    papers,
    pay_by_voucher,
    paying,
    planning,
    shop,
    waiting,
    wallet,
)

app_name = "portal"


class TokenConverter:
    """A secret in an address."""

    regex = TOKEN.pattern

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class ReceiptConverter(TokenConverter):
    """The number of a receipt in an address."""

    regex = RECEIPT.pattern


register_converter(TokenConverter, "token")
register_converter(ReceiptConverter, "receipt")

urlpatterns = [
    path("", choosing.home, name="home"),
    path("boeken/", choosing.home, name="treatments"),
    path("boeken/meer-tijd/", holding.extend, name="extend"),
    path("boeken/gegevens/", agreeing.details, name="details"),
    path("boeken/plan/", planning.plan, name="plan"),
    path("boeken/plan/herhalen/", planning.repeat, name="repeat"),
    path("boeken/afronden/", agreeing.terms, name="terms"),
    path("boeken/tegoed/", beforehand.use, name="use_voucher"),
    path("boeken/betaald/<uuid:reference>/", paying.paid, name="paid"),
    path("boeken/verder/<token:token>/", continuing.go_on, name="continue"),
    path("boeken/<slug:slug>/", choosing.practitioner, name="practitioner"),
    path("boeken/<slug:slug>/tijd/", holding.time, name="time"),
    path("boeken/<slug:slug>/wachtlijst/", waiting.join, name="join"),
    path("wachtlijst/<token:token>/", waiting.wish, name="wish"),
    path("aanbod/<token:token>/", offers.offer, name="offer"),
    path("a/<token:token>/", appointment.show, name="appointment"),
    path("a/<token:token>/bevestigen/", appointment.confirm, name="confirm"),
    path("a/<token:token>/annuleren/", appointment.cancel, name="cancel"),
    path("a/<token:token>/terugzetten/", appointment.undo_cancel, name="undo_cancel"),
    path("a/<token:token>/verzetten/", moving.move, name="move"),
    path("a/<token:token>/plan/", planning.plan_later, name="plan_later"),
    path("a/<token:token>/plan/herhalen/", planning.repeat_later, name="repeat_later"),
    path("a/<token:token>/vraag/", planning.question, name="question"),
    path("a/<token:token>/berichten/", messages.choose, name="messages"),
    path("a/<token:token>/eerder/", waiting.earlier, name="earlier"),
    path("a/<token:token>/betalingen/", wallet.show, name="wallet"),
    path("a/<token:token>/betalingen/kaart-weg/", wallet.remove_card, name="remove_card"),
    path("a/<token:token>/bon/<receipt:name>.pdf", papers.receipt, name="receipt"),
    path("a/<token:token>/kosten/", appointment.evidence, name="evidence"),
    path("a/<token:token>/kosten.pdf", papers.evidence, name="evidence_paper"),
    path("a/<token:token>/afspraak.ics", appointment.calendar, name="calendar"),
    path("kuur/<token:token>/", course.show, name="course"),
    path("betalen/<token:token>/", paying.pay, name="pay"),
    path("betalen/<token:token>/tegoed/", pay_by_voucher.pay_by_voucher, name="pay_by_voucher"),
    path("tegoed/", shop.shop, name="shop"),
    path("tegoed/kopen/", shop.buy, name="buy"),
    path("tegoed/betaald/<uuid:reference>/", shop.bought, name="bought"),
    path("tegoed/<token:token>/", shop.show, name="voucher"),
    path("tegoed/<token:token>.pdf", shop.paper, name="voucher_paper"),
    path("tegoed/<token:token>/boeken/", shop.book_with, name="book_with"),
    path(
        "tegoed/<token:token>/bon/<receipt:name>.pdf",
        papers.voucher_receipt,
        name="voucher_receipt",
    ),
]
