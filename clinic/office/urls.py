"""The owner's addresses."""

from django.urls import path

from clinic.office import views

app_name = "office"

urlpatterns = [
    path("", views.show, name="report"),
    path("definities/", views.definitions, name="definitions"),
    path("<slug:slug>.csv", views.download, name="download"),
]
