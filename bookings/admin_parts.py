"""What the pages of the admin are made of, in every app."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import get_language

from bookings import formats

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:
    ModelAdmin, TabularInline = admin.ModelAdmin, admin.TabularInline


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
