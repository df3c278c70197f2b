"""Every address of the clinic."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from clinic import health, hooks
from clinic.api.urls import api

# The same brake on guessing passwords as at our own log-in.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("api/v1/", api.urls),
    path("", include("clinic.portal.urls")),
    path("desk/", include("clinic.desk.urls")),
    path("office/", include("clinic.office.urls")),
    path("accounts/", include("allauth.urls")),
    path("taal/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("hooks/stripe/", hooks.stripe, name="stripe_hook"),
    path("hooks/twilio/status/<uuid:key>/", hooks.twilio_status, name="twilio_status_hook"),
    path("hooks/twilio/inbound/", hooks.twilio_inbound, name="twilio_inbound_hook"),
    path("healthz", health.healthz, name="healthz"),
    path("sandbox/next-due.json", health.next_due, name="next_due"),
]
