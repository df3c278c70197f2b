"""The admin: money, to look at."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from bookings.admin_parts import LookOnly, LookOnlyAdmin, ModelAdmin, TabularInline, money
from payments.models import (
    Attempt,
    CourseOffer,
    LedgerEntry,
    Payment,
    Refund,
    StripeCustomer,
    StripeEvent,
    VatRate,
    Voucher,
    Waiver,
)


class AmountAdmin(LookOnlyAdmin):
    """Rows with an amount."""

    @admin.display(description=_("amount"), ordering="amount_cents")
    def amount(self, row: Payment | Refund | LedgerEntry) -> str:
        return money(row.amount_cents)


class AttemptInline(LookOnly, TabularInline):
    model = Attempt
    fields = ["number", "way", "status", "stripe_id", "error", "created_at", "expires_at"]


class RefundInline(LookOnly, TabularInline):
    model = Refund
    fields = ["amount_cents", "purpose", "status", "stripe_id", "error", "created_at"]


@admin.register(Payment)
class PaymentAdmin(AmountAdmin):
    list_display = ["created_at", "client", "kind", "amount", "status", "method", "paid_at"]
    list_filter = ["kind", "status", "method"]
    list_select_related = ["appointment__client"]
    search_fields = ["appointment__client__last_name", "intent_id", "token"]
    ordering = ["-created_at"]
    inlines = [AttemptInline, RefundInline]

    @admin.display(description=_("client"), ordering="appointment__client__last_name")
    def client(self, payment: Payment) -> str:
        return str(payment.appointment.client or "")


@admin.register(Refund)
class RefundAdmin(AmountAdmin):
    list_display = ["created_at", "client", "amount", "status", "purpose", "error"]
    list_filter = ["status"]
    list_select_related = ["payment__appointment__client"]
    search_fields = ["payment__appointment__client__last_name", "stripe_id", "intent_id"]
    ordering = ["-created_at"]

    @admin.display(description=_("client"), ordering="payment__appointment__client__last_name")
    def client(self, refund: Refund) -> str:
        return str(refund.payment.appointment.client or "")


@admin.register(Attempt)
class AttemptAdmin(LookOnlyAdmin):
    list_display = ["created_at", "key", "way", "status", "error", "check_at"]
    list_filter = ["way", "status"]
    search_fields = ["key", "stripe_id", "intent_id"]
    ordering = ["-created_at"]
    exclude = ["url"]


@admin.register(Waiver)
class WaiverAdmin(LookOnlyAdmin):
    list_display = ["at", "client", "reason", "user"]
    list_select_related = ["appointment__client", "user"]
    search_fields = ["appointment__client__last_name", "reason"]
    ordering = ["-at"]

    @admin.display(description=_("client"), ordering="appointment__client__last_name")
    def client(self, waiver: Waiver) -> str:
        return str(waiver.appointment.client or "")


@admin.register(StripeCustomer)
class StripeCustomerAdmin(LookOnlyAdmin):
    list_display = ["client", "customer_id", "card_brand", "card_last4", "card_saved_at"]
    list_select_related = ["client"]
    search_fields = ["client__last_name", "customer_id"]


@admin.register(StripeEvent)
class StripeEventAdmin(LookOnlyAdmin):
    list_display = ["received_at", "type", "object_id", "handled_at", "tries", "error"]
    list_filter = ["type"]
    search_fields = ["event_id", "object_id"]
    ordering = ["-received_at"]


@admin.register(LedgerEntry)
class LedgerEntryAdmin(AmountAdmin):
    list_display = ["at", "kind", "debit", "credit", "amount", "appointment"]
    list_filter = ["kind", "debit", "credit"]
    list_select_related = ["appointment"]
    search_fields = ["appointment__client__last_name"]
    ordering = ["-at", "-pk"]


@admin.register(VatRate)
class VatRateAdmin(ModelAdmin):
    list_display = ["__str__", "treatment", "from_on"]
    list_select_related = ["treatment"]


@admin.register(CourseOffer)
class CourseOfferAdmin(ModelAdmin):
    list_display = ["treatment", "sessions", "session", "is_active"]
    list_select_related = ["treatment"]
    fields = ["treatment", "sessions", "session_cents", "is_active"]

    @admin.display(description=_("price of a session"), ordering="session_cents")
    def session(self, offer: CourseOffer) -> str:
        return money(offer.session_cents)


@admin.register(Voucher)
class VoucherAdmin(LookOnlyAdmin):
    list_display = ["created_at", "kind", "value", "buyer_name", "status", "valid_until"]
    list_filter = ["kind", "status"]
    search_fields = ["code", "buyer_name", "buyer_email"]
    ordering = ["-created_at"]

    @admin.display(description=_("amount"), ordering="value_cents")
    def value(self, voucher: Voucher) -> str:
        return money(voucher.value_cents)
