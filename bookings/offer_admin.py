"""What the clinic offers and asks, in the admin: itself, its treatments, its groups of clients."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bookings import reference
from bookings.admin_parts import ModelAdmin, TabularInline, money
from bookings.asked import terms_of
from bookings.clock import now
from bookings.models import ClientGroup, Clinic, Need, Treatment
from bookings.terms import Terms

CONDITIONS: list[Any] = [
    ("deposit_cents", "deposit_percent"),
    "deposit_from",
    "free_notice",
    ("late_fee_cents", "late_fee_percent"),
    "last_minute",
    ("last_minute_fee_cents", "last_minute_fee_percent"),
    ("no_show_fee_cents", "no_show_fee_percent"),
    "most_fee_cents",
    "move_notice",
]
KEPT = _("Who booked already keeps the terms that were agreed then.")


@admin.register(ClientGroup)
class ClientGroupAdmin(ModelAdmin):
    list_display = ["name"]
    search_fields = ["name"]
    fieldsets = [
        (None, {"fields": ["name"]}),
        (_("Deposit and fees"), {"description": KEPT, "fields": CONDITIONS}),
    ]


@admin.register(Clinic)
class ClinicAdmin(ModelAdmin):
    list_display = ["name", "city", "phone", "email", "form_of_address"]
    fieldsets = [
        (None, {"fields": ["name", "short_name", "tagline", "form_of_address"]}),
        (_("Address"), {"fields": ["street", "postcode", "city", "phone", "email"]}),
        (_("Vouchers"), {"fields": ["sells_vouchers", "voucher_months"]}),
        (_("On receipts"), {"fields": ["registration", "vat_number"]}),
        (
            _("Booking online"),
            {
                "fields": [
                    "horizon_days",
                    "minimum_notice",
                    "start_step",
                    "gap_care",
                    "smallest_gap",
                    "most_moves",
                    "terms_version",
                ]
            },
        ),
        (
            _("Holds"),
            {
                "fields": [
                    "hold_length",
                    "hold_extensions",
                    "hold_longest",
                    "holds_per_address",
                    "bookings_per_address",
                    "pay_link_length",
                ]
            },
        ),
        (
            _("Deposit and fees"),
            {
                "description": _("For treatments that have none of their own."),
                "fields": [
                    *CONDITIONS,
                    ("record_missed", "record_months"),
                    "fee_needs_reminder",
                    "refilled_fee_percent",
                    ("fee_reminders", "fee_reminder_days"),
                ],
            },
        ),
        (
            _("Messages"),
            {
                "fields": [
                    "quiet_from",
                    "quiet_until",
                    "texts_per_day",
                    "texts_in_all",
                    "unanswered",
                    "answer_time",
                ]
            },
        ),
        (_("Time to think again"), {"fields": ["undo_time", "no_show_rest"]}),
        (
            _("Waitlist"),
            {
                "fields": [
                    "offer_order",
                    "offer_length",
                    "offer_length_near",
                    "offer_cutoff",
                    "offers_per_slot",
                    "offers_per_day",
                ]
            },
        ),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return not Clinic.objects.exists() and super().has_add_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class NeedInline(TabularInline):
    model = Need
    extra = 0


CARD_NL, CARD_EN = [
    [f"{name}_{language}" for name in ("feels", "expect", "after")] for language in ("nl", "en")
]


@admin.register(Treatment)
class TreatmentAdmin(ModelAdmin):
    list_display = [
        "name_nl",
        "category",
        "duration_minutes",
        "price",
        "deposit",
        "late_fee",
        "no_show_fee",
        "is_active",
        "position",
    ]
    list_editable = ["is_active", "position"]
    list_filter = ["category", "is_active"]
    search_fields = ["name_nl", "name_en", "category"]
    prepopulated_fields = {"slug": ["name_nl"]}
    inlines = [NeedInline]
    fieldsets = [
        (None, {"fields": ["name_nl", "slug", "category", "is_active", "position"]}),
        (_("Text"), {"fields": ["summary_nl", "prepare_nl", *CARD_NL]}),
        (
            _("In English"),
            {"fields": ["name_en", "category_en", "summary_en", "prepare_en", *CARD_EN]},
        ),
        (
            _("Time and money"),
            {"description": KEPT, "fields": ["duration_minutes", "price_cents"]},
        ),
        (_("Deposit and fees"), {"description": KEPT, "fields": ["as_clinic", *CONDITIONS]}),
        (
            _("When it can be booked"),
            {
                "description": _("What is left empty is as the clinic does."),
                "fields": [
                    "booked_by",
                    "minimum_notice",
                    "horizon_days",
                    "start_step",
                    "start_times",
                    "offer_notice",
                ],
            },
        ),
        (
            _("What comes before, and between two"),
            {
                "fields": [
                    "prerequisite",
                    "prerequisite_days_before",
                    "prerequisite_valid_days",
                    "least_days_between",
                    "advised_days_between",
                ]
            },
        ),
        (_("In one visit"), {"fields": ["extras", "only_as_extra"]}),
    ]
    filter_horizontal = ["extras"]

    @admin.display(description=_("price"), ordering="price_cents")
    def price(self, treatment: Treatment) -> str:
        return money(treatment.price_cents)

    @admin.display(description=_("deposit"))
    def deposit(self, treatment: Treatment) -> str:
        return money(self._terms(treatment).deposit_cents)

    @admin.display(description=_("late fee"))
    def late_fee(self, treatment: Treatment) -> str:
        return money(self._terms(treatment).late_fee_cents)

    @admin.display(description=_("no-show fee"))
    def no_show_fee(self, treatment: Treatment) -> str:
        return money(self._terms(treatment).no_show_fee_cents)

    def _terms(self, treatment: Treatment) -> Terms:
        """Return what a stranger agrees to today, at the treatment's usual price."""
        clinic = reference.latest().clinic
        return terms_of([treatment], [treatment.price_cents], clinic, None, now=now())
