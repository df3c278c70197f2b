"""Everything that writes in this app, as the clinic's own verbs."""

from payments.operations.asking import ask_fees_again
from payments.operations.calls import make_calls
from payments.operations.cards import NoCard, forget_removed_cards, remove_card
from payments.operations.checkout import (
    AlreadyPaid,
    NothingToPay,
    PaymentsDown,
    ask_deposit,
    check_session,
    deposit_of,
    leave_checkout,
    start_checkout,
)
from payments.operations.doubts import ask_stripe
from payments.operations.drawing import (
    Cover,
    VoucherChanged,
    VoucherEmpty,
    VoucherForAnother,
    VoucherOver,
    choose_voucher,
    cover_of,
    cover_of_hold,
    draw,
    pay_by_voucher,
)
from payments.operations.posting import post, post_each, post_unposted
from payments.operations.receipts import number_receipts
from payments.operations.reconciling import reconcile, reconcile_yesterday
from payments.operations.refunding import (
    NothingToGive,
    give_by_bank,
    not_given_by_bank,
    see_refunds,
)
from payments.operations.selling import (
    Purchase,
    SaleRefused,
    TooManyPurchases,
    begun_before,
    check_sale,
    claim_mail,
    mail_again,
    note_mailed,
    order_voucher,
    pay_page,
    see_to_voucher,
)
from payments.operations.settling import NothingToWaive, settle, settle_changed, waive
from payments.operations.unpaid import release_unpaid_holds
from payments.operations.webhooks import handle_stripe_events, receive_stripe_event
from payments.stripe_gateway import BadSignature

__all__ = [
    "AlreadyPaid",
    "BadSignature",
    "Cover",
    "NoCard",
    "NothingToGive",
    "NothingToPay",
    "NothingToWaive",
    "PaymentsDown",
    "Purchase",
    "SaleRefused",
    "TooManyPurchases",
    "VoucherChanged",
    "VoucherEmpty",
    "VoucherForAnother",
    "VoucherOver",
    "ask_deposit",
    "ask_fees_again",
    "ask_stripe",
    "begun_before",
    "check_sale",
    "check_session",
    "choose_voucher",
    "claim_mail",
    "cover_of",
    "cover_of_hold",
    "deposit_of",
    "draw",
    "forget_removed_cards",
    "give_by_bank",
    "handle_stripe_events",
    "leave_checkout",
    "mail_again",
    "make_calls",
    "not_given_by_bank",
    "note_mailed",
    "number_receipts",
    "order_voucher",
    "pay_by_voucher",
    "pay_page",
    "post",
    "post_each",
    "post_unposted",
    "receive_stripe_event",
    "reconcile",
    "reconcile_yesterday",
    "release_unpaid_holds",
    "remove_card",
    "see_refunds",
    "see_to_voucher",
    "settle",
    "settle_changed",
    "start_checkout",
    "waive",
]
