"""Our two addresses, and the package's own, to which its views send a browser."""

from django.urls import include, path

from bench.rivals.appointment import views

urlpatterns = [
    path("slots", views.slots),
    path("book", views.book),
    path("appointment/", include("appointment.urls")),
]
