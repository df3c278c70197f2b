"""Taking over a clinic from another system: in one transaction, all or nothing."""

from datetime import datetime

from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import QuerySet

from bookings.imported import ImportedRows, Refused, Remarks
from bookings.locks import lock_clinic
from bookings.models import (
    Allocation,
    Appointment,
    AppointmentEvent,
    Client,
    EventReceipt,
    Need,
    Skill,
    SpecialHours,
    TimeOff,
    WorkingHours,
)
from bookings.operations.importing import hours, treatments
from bookings.operations.importing.appointments import sort_out
from bookings.operations.importing.clients import import_clients
from bookings.operations.importing.copying import count_anew
from bookings.operations.importing.known import Known
from bookings.operations.importing.merging import Tally, replace
from bookings.operations.importing.resources import import_resources
from bookings.operations.importing.writing import Readers, Say, write

#: Two imports at once would each add what both say.
ONE_AT_A_TIME = 6_277_101  # a lock of our own, under any number


def import_rows(
    rows: ImportedRows, *, notes: Remarks, readers: Readers, now: datetime, say: Say
) -> dict[str, Tally]:
    """Make the clinic as the rows say; return how many rows of each file were what.

    A row that is known already, by its key, is changed or left as it is: importing the same again
    changes nothing. Hours, needs, skills and time off are replaced for each whose are named.
    Nothing is deleted because it is not named.

    :param notes: gets what is worth knowing, and no error
    :param readers: who reads events, and which of these are nothing new to them
    :raises Refused: with all that is wrong; then nothing was written
    """
    try:
        with transaction.atomic():
            tallies = _import(rows, notes=notes, readers=readers, now=now, say=say)
            with connection.cursor() as cursor:  # what waits for the end of the transaction
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            return tallies
    except (IntegrityError, DataError) as error:
        # Each known reason is looked for before: this one has come in between, or is new to us.
        refusal = Remarks()
        refusal.add("the database", 0, str(error).partition("\n")[0])
        raise Refused(refusal) from error


def _import(
    rows: ImportedRows, *, notes: Remarks, readers: Readers, now: datetime, say: Say
) -> dict[str, Tally]:
    _lock(rows)
    troubles = Remarks()
    known, tallies = _import_reference(rows, troubles)
    _stop_at(troubles)
    say("who works here, with what, and when: done")
    clients, tally = import_clients(rows.clients, now=now)
    tallies.update(tally)
    if rows.appointments:
        agenda = sort_out(rows.appointments, known=known, clients=clients, notes=notes, now=now)
        _stop_at(troubles)
        say("every appointment has its place")
        tallies["appointments"] = write(agenda, readers=readers, now=now, say=say)
    count_anew(Client, Appointment, Allocation, AppointmentEvent, EventReceipt)
    return tallies


def _lock(rows: ImportedRows) -> None:
    """Wait for other imports, and for who is changing anything that this one may change.

    In everybody's order, so that nobody waits for us while we wait for her: who moves an
    appointment has its row and then the clinic, who books has the clinic and then the client.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    if rows.appointments:
        _lock_known(Appointment.objects.all())
        lock_clinic()
    if rows.clients:
        _lock_known(Client.objects.all())


def _lock_known(rows: QuerySet[Appointment] | QuerySet[Client]) -> None:
    """Lock what was imported before, in the order of its keys."""
    known = rows.filter(import_key__isnull=False).order_by("pk")
    list(known.select_for_update(no_key=True).values_list("pk"))


def _import_reference(rows: ImportedRows, troubles: Remarks) -> tuple[Known, dict[str, Tally]]:
    resource_ids, tallies = import_resources(rows)
    treatment_ids, tally = treatments.import_treatments(rows.treatments, troubles=troubles)
    tallies.update(tally)
    known = Known(resource_ids, treatment_ids, troubles)
    for file, model, owner, values in (
        ("needs", Need, "treatment_id", treatments.needs(rows.needs, known)),
        ("skills", Skill, "practitioner_id", treatments.skills(rows.skills, known)),
        ("hours", WorkingHours, "practitioner_id", hours.weekly(rows.hours, known)),
        (
            "special_hours",
            SpecialHours,
            "practitioner_id",
            hours.special(rows.special_hours, known),
        ),
        ("time_off", TimeOff, "resource_id", hours.time_off(rows.time_off, known)),
    ):
        if values and not troubles:
            tallies[file] = replace(model, values, owner=owner, in_order=model is Need)
    return known, tallies


def _stop_at(troubles: Remarks) -> None:
    if troubles:
        raise Refused(troubles)
