"""The owner's addresses."""

from django.urls import path

from clinic.office import agreements, cash, experiments, messages, rules, views, wiring

app_name = "office"

urlpatterns = [
    path("", views.show, name="report"),
    path("definities/", views.definitions, name="definitions"),
    path("voorwaarden/", agreements.show, name="agreements"),
    path("berichten/", messages.show, name="messages"),
    path("berichten/regel/nieuw/", rules.add, name="rule_new"),
    path("berichten/regel/<int:rule_id>/", rules.edit, name="rule"),
    path("proeven/", experiments.show, name="experiments"),
    path("proeven/nieuw/<slug:subject>/", experiments.begin, name="experiment_new"),
    path("proeven/<int:experiment_id>/", experiments.look, name="experiment"),
    path("proeven/<int:experiment_id>/sluiten/", experiments.close, name="experiment_close"),
    path("proeven/<int:experiment_id>/stoppen/", experiments.stop, name="experiment_stop"),
    path("kasboek/", cash.show, name="books"),
    path("koppeling/", wiring.show, name="wiring"),
    path("kasboek.csv", cash.download, name="ledger"),
    path("<slug:slug>.csv", views.download, name="download"),
]
