"""The admin: the clinic's settings to change, its clients to correct, appointments to look at."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db import IntegrityError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from bookings import formats, reference
from bookings.asked import terms_of
from bookings.clock import now
from bookings.hours_admin import SpecialHoursInline, WorkingHoursInline
from bookings.models import (
    Allocation,
    Appointment,
    AppointmentEvent,
    Client,
    ClientGroup,
    Clinic,
    Device,
    Need,
    Practitioner,
    Room,
    Skill,
    TimeOff,
    Treatment,
    User,
)
from bookings.terms import Terms

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
    UserModelAdmin = UserAdmin[User]
else:
    ModelAdmin, TabularInline = admin.ModelAdmin, admin.TabularInline
    UserModelAdmin = UserAdmin


admin.site.site_header = admin.site.site_title = _("Settings of the clinic")
admin.site.index_title = _("What would you like to change?")


def money(cents: int) -> str:
    """Return an amount in the language of the page."""
    return formats.euros(cents, get_language() or "nl")


class LookOnly:
    """Rows that only the clinic's own verbs may change."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class LookOnlyAdmin(LookOnly, ModelAdmin):
    """A list and a page to look at."""

    list_per_page = 50
    show_full_result_count = False


CONDITIONS: list[Any] = [
    "deposit_cents",
    "deposit_percent",
    "deposit_from",
    "free_notice",
    "late_fee_cents",
    "late_fee_percent",
    "last_minute",
    "last_minute_fee_cents",
    "last_minute_fee_percent",
    "no_show_fee_cents",
    "no_show_fee_percent",
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
                    "record_missed",
                    "record_months",
                    "fee_needs_reminder",
                    "refilled_fee_percent",
                    "fee_reminders",
                    "fee_reminder_days",
                ],
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
                    "quiet_from",
                    "quiet_until",
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
        (_("Text"), {"fields": ["summary_nl", "prepare_nl"]}),
        (_("In English"), {"fields": ["name_en", "category_en", "summary_en", "prepare_en"]}),
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


class SkillInline(TabularInline):
    model = Skill
    extra = 0
    autocomplete_fields = ["treatment"]


@admin.register(Practitioner)
class PractitionerAdmin(ModelAdmin):
    list_display = ["name", "role", "user", "is_active", "position"]
    list_editable = ["is_active", "position"]
    list_select_related = ["user"]
    search_fields = ["name", "role"]
    fields = ["name", "role", "role_en", "user", "is_active", "position"]
    inlines = [SkillInline, WorkingHoursInline, SpecialHoursInline]

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say it in words when the database finds an overlap: two saves at once, or a swap."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IntegrityError as error:
            if "hours_do_not_overlap" not in str(error):
                raise
            words = _("These hours overlap others of the same day. Nothing was changed.")
            self.message_user(request, words, messages.ERROR)
            return HttpResponseRedirect(request.path)


@admin.register(Room, Device)
class ResourceAdmin(ModelAdmin):
    list_display = ["name", "group", "is_active", "position"]
    list_editable = ["is_active", "position"]
    list_filter = ["group", "is_active"]
    search_fields = ["name", "group"]
    fields = ["name", "group", "is_active", "position"]


@admin.register(TimeOff)
class TimeOffAdmin(ModelAdmin):
    list_display = ["resource", "starts_at", "ends_at", "reason"]
    list_filter = ["starts_at"]
    list_select_related = ["resource"]
    search_fields = ["resource__name", "reason"]


@admin.register(User)
class StaffAdmin(UserModelAdmin):
    list_display = ["username", "first_name", "last_name", "is_active", "is_staff"]
    list_filter = ["groups", "is_active"]

    def get_readonly_fields(
        self, request: HttpRequest, obj: User | None = None
    ) -> list[str] | tuple[str, ...]:
        """Let nobody give herself more than the owner's rights."""
        own = [] if _is_superuser(request) else ["is_superuser", "user_permissions"]
        return [*super().get_readonly_fields(request, obj), "last_login", "date_joined", *own]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_touch(request, obj)


def _is_superuser(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_superuser


def _may_touch(request: HttpRequest, obj: User | None) -> bool:
    return obj is None or not obj.is_superuser or _is_superuser(request)


# What she said herself: nobody changes it for her.
HER_WORD = (
    "whatsapp_opted_in_at",
    "whatsapp_opt_in_text",
    "sms_opted_out_at",
    "whatsapp_opted_out_at",
    "is_demo",
    "created_at",
)


@admin.register(Client)
class ClientAdmin(ModelAdmin):
    list_display = ["full_name", "phone", "email", "reach_by", "language", "created_at"]
    list_filter = ["group", "reach_by", "language", "is_demo"]
    list_per_page = 50
    search_fields = ["first_name", "last_name", "email", "phone"]
    show_full_result_count = False
    fieldsets = [
        (None, {"fields": ["first_name", "last_name", "phone", "email"]}),
        (_("How to reach her"), {"fields": ["language", "reach_by"]}),
        (_("Deposit and fees"), {"fields": ["group"]}),
        (_("What she allowed and stopped"), {"fields": HER_WORD}),
    ]
    readonly_fields = HER_WORD

    @admin.display(description=_("name"), ordering="last_name")
    def full_name(self, client: Client) -> str:
        return client.full_name

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class AllocationInline(LookOnly, TabularInline):
    model = Allocation
    fields = ["resource", "period"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("resource")


class EventInline(LookOnly, TabularInline):
    model = AppointmentEvent
    fields = ["at", "kind", "by", "user", "facts"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("user")


@admin.register(Appointment)
class AppointmentAdmin(LookOnlyAdmin):
    list_display = [
        "starts_at",
        "client",
        "treatment",
        "practitioner",
        "status",
        "price",
        "confirmed_at",
    ]
    list_filter = ["status", "practitioner", "starts_at"]
    list_select_related = ["client", "treatment", "practitioner"]
    search_fields = ["client__last_name", "client__first_name", "client__phone", "client__email"]
    ordering = ["-starts_at"]
    exclude = ["hold_address", "terms_address", "terms_device"]
    inlines = [AllocationInline, EventInline]

    @admin.display(description=_("price"), ordering="price_cents")
    def price(self, appointment: Appointment) -> str:
        return money(appointment.price_cents)
