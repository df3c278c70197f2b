"""One address for both."""

from django.urls import path

from bench.bare.views import floor

urlpatterns = [path("floor", floor)]
