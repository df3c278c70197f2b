"""The desk's addresses."""

from django.urls import path, register_converter

from clinic.desk.days import DayConverter
from clinic.desk.views import (
    absence,
    agenda,
    appointment,
    booking,
    clients,
    courses,
    hours,
    inbox,
    moving,
    papers,
    sessions,
    vouchers,
    waiting,
)

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
    path("uren/", hours.first, name="hours"),
    path("uren/<int:practitioner_id>/", hours.show, name="hours_of"),
    path("uren/<int:practitioner_id>/dagen/", hours.add, name="hours_add"),
    path("uren/<int:practitioner_id>/dagen/<int:hours_id>/", hours.change, name="hours_change"),
    path("uren/<int:practitioner_id>/datum/", hours.set_date, name="hours_date"),
    path("uren/<int:practitioner_id>/datum/<day:day>/", hours.forget_date, name="hours_usual"),
    path("klant/<int:client_id>/bereiken/", clients.contact, name="contact"),
    path("klant/<int:client_id>/kuur/", courses.plan, name="course"),
    path("berichten/", inbox.inbox, name="inbox"),
    path("berichten/<int:inbound_id>/", inbox.talk, name="talk"),
    path("berichten/<int:inbound_id>/gelezen/", inbox.no_answer, name="no_answer"),
    path("tegoed/", vouchers.search, name="vouchers"),
    path("tegoed/<int:voucher_id>/", vouchers.show, name="voucher"),
    path("tegoed/<int:voucher_id>/geregeld/", vouchers.see_to, name="see_to_voucher"),
    path("wachtlijst/", waiting.waitlist, name="waitlist"),
    path("wachtlijst/nieuw/", waiting.add, name="wait"),
    path("wachtlijst/<int:entry_id>/eraf/", waiting.withdraw, name="withdraw"),
    path("afspraak/<int:appointment_id>/", appointment.show, name="appointment"),
    path("afspraak/<int:appointment_id>/kosten/", appointment.evidence, name="evidence"),
    path("afspraak/<int:appointment_id>/kosten.pdf", papers.evidence, name="evidence_paper"),
    path("bon/<receipt:name>.pdf", papers.receipt, name="receipt"),
    path("afspraak/<int:appointment_id>/annuleren/", appointment.cancel, name="cancel"),
    path("afspraak/<int:appointment_id>/kwijtschelden/", appointment.waive, name="waive"),
    path("afspraak/<int:appointment_id>/verplaatsen/", moving.move, name="move"),
    path("afspraak/<int:appointment_id>/plaats/", appointment.change_place, name="change_place"),
    path(
        "afspraak/<int:appointment_id>/kuur/annuleren/",
        sessions.cancel,
        name="cancel_sessions",
    ),
    path(
        "afspraak/<int:appointment_id>/kuur/terugzetten/",
        sessions.undo_cancel,
        name="undo_cancel_sessions",
    ),
    path("afspraak/<int:appointment_id>/kuur/verplaatsen/", sessions.move, name="move_sessions"),
    path("afspraak/<int:appointment_id>/bericht/", inbox.write, name="write"),
    path("afspraak/<int:appointment_id>/<slug:name>/", appointment.act, name="act"),
]
