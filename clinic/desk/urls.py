"""The desk's addresses."""

from django.urls import path, register_converter

from clinic.desk.days import DayConverter
from clinic.desk.views import absence, agenda, appointment, booking, clients, moving

register_converter(DayConverter, "day")

app_name = "desk"
urlpatterns = [
    path("", agenda.today, name="today"),
    path("agenda/<day:day>/", agenda.agenda, name="agenda"),
    path("agenda/<day:day>.json", agenda.changes, name="changes"),
    path("lijst/<day:day>/", agenda.day_list, name="day_list"),
    path("zoek/", clients.search, name="search"),
    path("nieuw/", booking.new, name="new"),
    path("afwezig/", absence.overview, name="absence"),
    path("afwezig/feestdag/<day:day>/", absence.close_day, name="close_day"),
    path("afwezig/<int:time_off_id>/", absence.resolve, name="resolve"),
    path("afwezig/<int:time_off_id>/terug/", absence.back_again, name="back_again"),
    path("afwezig/<int:time_off_id>/<int:appointment_id>/", absence.hand_over, name="hand_over"),
    path("afspraak/<int:appointment_id>/", appointment.show, name="appointment"),
    path("afspraak/<int:appointment_id>/annuleren/", appointment.cancel, name="cancel"),
    path("afspraak/<int:appointment_id>/kwijtschelden/", appointment.waive, name="waive"),
    path("afspraak/<int:appointment_id>/verplaatsen/", moving.move, name="move"),
    path("afspraak/<int:appointment_id>/<slug:name>/", appointment.act, name="act"),
]
