"""The owner's addresses."""

from django.urls import path

from clinic.office import agreements, cash, messages, views, wiring

app_name = "office"

urlpatterns = [
    path("", views.show, name="report"),
    path("definities/", views.definitions, name="definitions"),
    path("voorwaarden/", agreements.show, name="agreements"),
    path("berichten/", messages.show, name="messages"),
    path("kasboek/", cash.show, name="books"),
    path("koppeling/", wiring.show, name="wiring"),
    path("kasboek.csv", cash.download, name="ledger"),
    path("<slug:slug>.csv", views.download, name="download"),
]
