"""The admin: the clinic's settings to change, its clients to correct, appointments to look at."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db import IntegrityError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from bookings.admin_parts import LookOnly, LookOnlyAdmin, ModelAdmin, TabularInline, money
from bookings.clock import now
from bookings.hours_admin import SpecialHoursInline, WorkingHoursInline
from bookings.models import (
    Allocation,
    Appointment,
    AppointmentEvent,
    Client,
    Consent,
    Device,
    Practitioner,
    Room,
    Skill,
    TimeOff,
    User,
)
from bookings.offer_admin import ClientGroupAdmin, ClinicAdmin, TreatmentAdmin
from bookings.operations.people import CONTACT, change_contact

if TYPE_CHECKING:
    UserModelAdmin = UserAdmin[User]
else:
    UserModelAdmin = UserAdmin


admin.site.site_header = admin.site.site_title = _("Settings of the clinic")
admin.site.index_title = _("What would you like to change?")

__all__ = ["ClientGroupAdmin", "ClinicAdmin", "TreatmentAdmin"]  # registered where they are


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
    "sms_dead_at",
    "whatsapp_dead_at",
    "whatsapp_opted_in_at",
    "whatsapp_opt_in_text",
    "sms_opted_out_at",
    "whatsapp_opted_out_at",
    "news_by_email_at",
    "news_by_text_at",
    "is_demo",
    "created_at",
)


@admin.register(Consent)
class ConsentAdmin(LookOnlyAdmin):
    list_display = ["at", "client", "purpose", "channel", "is_given", "source", "wording"]
    list_filter = ["purpose", "channel", "is_given"]
    list_select_related = ["client"]
    search_fields = ["client__last_name", "client__phone"]


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

    def save_model(self, request: HttpRequest, obj: Client, form: Any, change: Any) -> None:
        """Save her, and how she is reached as the desk would."""
        if not set(CONTACT).isdisjoint(form.changed_data):
            reach_by = Client.ReachBy(obj.reach_by)
            phone = obj.phone.as_e164
            reached = change_contact(
                obj.pk, phone=phone, email=obj.email, reach_by=reach_by, now=now()
            )
            for name in CONTACT:
                setattr(obj, name, getattr(reached, name))
        super().save_model(request, obj, form, change)

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
