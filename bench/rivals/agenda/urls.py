"""Our two addresses."""

from django.urls import path

from bench.rivals.agenda import views

urlpatterns = [path("slots", views.slots), path("book", views.book)]
