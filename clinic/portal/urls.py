"""The client's addresses."""

from django.urls import path

from clinic.portal import agreeing, appointment, choosing, holding, paying, planning

app_name = "portal"

urlpatterns = [
    path("", choosing.home, name="home"),
    path("boeken/", choosing.home, name="treatments"),
    path("boeken/meer-tijd/", holding.extend, name="extend"),
    path("boeken/gegevens/", agreeing.details, name="details"),
    path("boeken/plan/", planning.plan, name="plan"),
    path("boeken/plan/herhalen/", planning.repeat, name="repeat"),
    path("boeken/afronden/", agreeing.terms, name="terms"),
    path("boeken/betaald/<str:token>/", paying.paid, name="paid"),
    path("boeken/<slug:slug>/", choosing.practitioner, name="practitioner"),
    path("boeken/<slug:slug>/tijd/", holding.time, name="time"),
    path("a/<str:token>/", appointment.show, name="appointment"),
    path("a/<str:token>/bevestigen/", appointment.confirm, name="confirm"),
    path("a/<str:token>/annuleren/", appointment.cancel, name="cancel"),
    path("a/<str:token>/terugzetten/", appointment.undo_cancel, name="undo_cancel"),
    path("a/<str:token>/verzetten/", appointment.move, name="move"),
    path("a/<str:token>/afspraak.ics", appointment.calendar, name="calendar"),
    path("betalen/<str:token>/", paying.pay, name="pay"),
]
