"""One address for both, and one for a whole booking."""

from django.urls import path

from bench.bare.booking import booking
from bench.bare.views import floor

urlpatterns = [path("floor", floor), path("booking", booking)]
