"""Taking over a clinic: what is written, what a second time changes, and what is refused."""

from datetime import timedelta

import pytest

from bookings import operations as bookings
from bookings.imported import ClientRow, ImportedRows, Refused, Remarks
from bookings.models import (
    Allocation,
    Appointment,
    AppointmentEvent,
    By,
    Client,
    EventReceipt,
    Need,
    Practitioner,
    Resource,
    Skill,
    SpecialHours,
    TimeOff,
    Treatment,
    WorkingHours,
)
from bookings.operations.importing import Readers, import_rows
from bookings.terms import Terms
from tests.clinic.exchange.folders import SMALL, a_folder, counts, take_over
from tests.factories import NOW, ClinicFactory, a_hold
from tests.when import at

pytestmark = pytest.mark.django_db
HEAD = "key,client,treatment,practitioner,starts_at,status"
MINUTE = timedelta(minutes=1)


def hours_of(**whose):
    """Return weekly hours in words."""
    rows = WorkingHours.objects.filter(**whose).order_by("practitioner", "weekday", "opens")
    return [str(row) for row in rows]


def taken(key):
    """Return what an appointment takes, as a person would write it."""
    rows = Allocation.objects.filter(appointment__import_key=key).order_by("resource__import_key")
    return [
        f"{one.resource.import_key} {one.period.lower:%H:%M}-{one.period.upper:%H:%M}"
        for one in rows.select_related("resource")
    ]


def refused(folder, **options):
    """Return why nothing was imported."""
    before = counts()
    with pytest.raises(Refused) as error:
        take_over(folder, **options)
    assert counts() == before
    return list(map(str, error.value.troubles.kept))


def test_everything_is_taken_over(tmp_path):
    assert take_over(a_folder(tmp_path)) == {
        "practitioners": "2 added",
        "rooms": "2 added",
        "devices": "1 added",
        "treatments": "2 added",
        "needs": "5 added",
        "skills": "3 added",
        "hours": "3 added",
        "special_hours": "1 added",
        "time_off": "2 added",
        "clients": "2 added",
        "appointments": "5 added",
    }
    noor = Practitioner.objects.get(import_key="practitioner:p1")
    assert (noor.name, noor.role, noor.group, noor.is_active) == (
        "Noor de Wit",
        "Huidtherapeut",
        "practitioner",
        True,
    )
    assert hours_of(practitioner=noor) == [
        "maandag 09:00-12:30",
        "maandag 13:00-17:00",
    ]
    assert SpecialHours.objects.get().practitioner == noor
    assert TimeOff.objects.get(resource=None).starts_at == at("2026-12-25 00:00")
    laser = Treatment.objects.get(slug="laser")
    assert [str(need) for need in laser.needs.all()] == [
        "behandelaar  0-30",
        "kamer kamer 0-40",
        "apparaat laser -5-30",
    ]
    sanne = Client.objects.get(import_key="c1")
    assert (sanne.phone.as_e164, sanne.language, sanne.reach_by, sanne.created_at) == (
        "+31612345678",
        "nl",
        "sms",
        NOW,
    )


def test_an_appointment_takes_what_its_treatment_needs(tmp_path):
    take_over(a_folder(tmp_path))

    # In UTC; the pace of p2 is an hour, and the room is cleaned for ten minutes.
    assert [taken(f"a{number}") for number in range(1, 6)] == [
        ["practitioner:p1 08:15-09:00", "room:r1 08:15-09:10"],
        ["device:d1 08:55-09:30", "practitioner:p2 09:00-09:30", "room:r1 09:00-09:40"],
        [],
        ["practitioner:p1 08:00-08:45", "room:r2 08:00-08:55"],
        ["practitioner:p2 08:00-09:00", "room:r1 08:00-09:10"],
    ]


def test_nobody_agreed_to_our_terms(tmp_path):
    take_over(a_folder(tmp_path))

    coming = Appointment.objects.get(import_key="a5")
    assert (coming.price_cents, coming.ends_at) == (11000, at("2026-03-11 10:00"))
    assert coming.terms == Terms(
        deposit_cents=0, late_fee_cents=0, no_show_fee_cents=0, free_notice=timedelta()
    )
    assert coming.terms_accepted_at is None
    assert bookings.fee_for_cancelling(coming, by=By.CLIENT, now=coming.starts_at - MINUTE) == 0


def test_the_history_is_told_and_the_past_is_handled(tmp_path):
    take_over(a_folder(tmp_path))

    told = AppointmentEvent.objects.order_by("appointment", "pk")
    assert [
        (
            event.appointment.import_key,
            event.kind,
            event.at,
            event.by,
            sorted(event.receipts.values_list("reader", flat=True)),
        )
        for event in told.select_related("appointment")
    ] == [
        ("a1", "booked", at("2026-02-02 09:15"), "system", ["payments", "reminders"]),
        ("a1", "completed", at("2026-02-02 10:00"), "system", ["payments", "reminders"]),
        ("a2", "booked", at("2026-02-04 10:00"), "system", ["payments", "reminders"]),
        ("a2", "no_show", at("2026-02-04 10:00"), "system", ["payments", "reminders"]),
        ("a3", "booked", at("2026-02-04 11:00"), "system", ["payments", "reminders"]),
        ("a3", "cancelled", at("2026-02-04 11:00"), "system", ["payments", "reminders"]),
        ("a4", "booked", NOW, "system", ["payments"]),
        ("a5", "booked", NOW, "system", ["payments"]),
    ]
    assert {event.facts["imported_at"] for event in told} == {NOW.isoformat()}


def test_the_same_again_changes_nothing(tmp_path):
    folder = a_folder(tmp_path)
    take_over(folder)
    before = [list(t.objects.order_by("pk").values()) for t in everything()]

    tallies = take_over(folder, now=NOW + timedelta(hours=1))

    assert set(tallies.values()) == {"1 the same", "2 the same", "3 the same", "5 the same"}
    assert [list(t.objects.order_by("pk").values()) for t in everything()] == before


def everything():
    return (
        Resource,
        Practitioner,
        Treatment,
        Need,
        Skill,
        WorkingHours,
        SpecialHours,
        TimeOff,
        Client,
        Appointment,
        Allocation,
        AppointmentEvent,
        EventReceipt,
    )


def test_what_changed_is_changed_and_what_is_not_named_stays(tmp_path):
    take_over(a_folder(tmp_path / "first"))
    changed = a_folder(
        tmp_path / "second",
        without=("rooms", "devices", "needs", "skills", "special_hours", "time_off"),
        practitioners="key,name,role\np1,Noor de Wit,Arts\np2,Daan Visser,Laserspecialist",
        treatments="key,name,category,summary,minutes,price_cents\nacne,Acne,Huid,Rustig.,45,9900",
        hours="practitioner,weekday,opens,closes\np1,2,09:00,12:30",
        clients="key,first_name,last_name,phone,email\nc2,Eva,de Smit,0612345679,eva@example.nl",
        appointments=(
            f"{HEAD}\n"
            "a1,c1,acne,p1,2026-02-02T09:15,completed\n"  # the same
            "a4,c1,acne,p1,2026-03-09T09:30,booked\n"  # later
            "a5,c2,acne,p2,2026-03-11T09:00,cancelled\n"
            "a6,c2,acne,p2,2026-03-11T09:00,booked"  # in its place
        ),
    )

    assert take_over(changed, now=NOW + MINUTE) == {
        "practitioners": "1 changed, 1 the same",
        "treatments": "1 changed",
        "hours": "1 added, 2 removed",
        "clients": "1 changed",
        "appointments": "1 added, 2 changed, 1 the same",
    }
    assert Practitioner.objects.get(import_key="practitioner:p1").role == "Arts"
    assert hours_of() == [
        "dinsdag 09:00-12:30",
        "woensdag 09:00-17:00",
    ]
    assert Client.objects.get(import_key="c2").last_name == "de Smit"
    # Agreed for the old price, and that stays so.
    assert Appointment.objects.get(import_key="a4").price_cents == 9500
    assert taken("a4") == ["practitioner:p1 08:30-09:15", "room:r1 08:30-09:25"]
    assert taken("a5") == []
    assert taken("a6") == ["practitioner:p2 08:00-09:00", "room:r1 08:00-09:10"]
    news = AppointmentEvent.objects.filter(at=NOW + MINUTE).order_by("appointment_id")
    assert [(one.appointment.import_key, one.kind) for one in news] == [
        ("a4", "moved"),
        ("a5", "cancelled"),
        ("a6", "booked"),
    ]
    # Reminders queued for a5 must be taken away again.
    assert not EventReceipt.objects.filter(event__in=news, reader="reminders").exists()


def test_two_that_change_places_do_not_stand_in_each_others_way(tmp_path):
    rows = "a1,c1,acne,p1,2026-03-09T{},booked\na2,c2,acne,p1,2026-03-09T{},booked"
    take_over(a_folder(tmp_path, appointments=f"{HEAD}\n{rows.format('09:00', '10:00')}"))

    tallies = take_over(a_folder(tmp_path, appointments=f"{HEAD}\n{rows.format('10:00', '09:00')}"))

    assert tallies["appointments"] == "2 changed"


def test_what_went_on_here_is_left_alone(tmp_path):
    folder = a_folder(tmp_path)
    take_over(folder)
    a4 = Appointment.objects.get(import_key="a4")
    bookings.cancel(a4.pk, by=By.CLIENT, now=NOW)

    assert take_over(folder)["appointments"] == "4 the same, 1 left alone: they went on here"
    assert Appointment.objects.get(pk=a4.pk).status == "cancelled"


def test_other_rooms_are_a_change(tmp_path):
    take_over(a_folder(tmp_path))
    rows = SMALL["appointments"].replace("completed,r1", "completed,r2")
    rows = rows.replace("2026-03-09T09:00,booked,r2", "2026-03-09T09:00,booked,none")

    assert take_over(a_folder(tmp_path, appointments=rows))["appointments"] == (
        "2 changed, 3 the same"
    )
    assert taken("a1") == ["practitioner:p1 08:15-09:00", "room:r2 08:15-09:10"]
    assert taken("a4") == ["practitioner:p1 08:00-08:45"]


ACNE = "c1,acne,p1"


@pytest.mark.parametrize(
    ("case", "files", "expected"),
    [
        (
            "nobody and nothing of that name",
            {"appointments": f"{HEAD},rooms\na1,c9,peeling,p9,2026-03-09T09:00,booked,r9"},
            [
                "appointments.csv:2: there is no client “c9”",
                "appointments.csv:2: there is no treatment “peeling”",
                "appointments.csv:2: there is no practitioner “p9”",
            ],
        ),
        (
            "a room of that name, but for a device",
            {"appointments": f"{HEAD},rooms\na1,{ACNE},2026-03-09T09:00,booked,d1"},
            ["appointments.csv:2: there is no room “d1”"],
        ),
        (
            "references in every other file",
            {
                "needs": "treatment,kind,group,from_minute,until_minute\nx,practitioner,,0,5",
                "skills": "practitioner,treatment\nx,acne\np1,y",
                "hours": "practitioner,weekday,opens,closes\nx,1,09:00,10:00",
                "special_hours": "practitioner,on,opens,closes\nx,2026-03-02,09:00,10:00",
                "time_off": "kind,resource,starts_at,ends_at\n"
                "room,p1,2026-03-02T09:00,2026-03-02T10:00",
            },
            [
                "needs.csv:2: there is no treatment “x”",
                "skills.csv:2: there is no practitioner “x”",
                "skills.csv:3: there is no treatment “y”",
                "hours.csv:2: there is no practitioner “x”",
                "special_hours.csv:2: there is no practitioner “x”",
                "time_off.csv:2: there is no room “p1”",
            ],
        ),
        (
            "a deposit that is more than the price",
            {
                "treatments": "key,name,category,summary,minutes,price_cents,deposit_cents\n"
                "acne,Acne,Huid,Rustig.,45,5000,5001\nlaser,Laser,Laser,Glad.,30,5000,5000"
            },
            ["treatments.csv:2: a deposit or a fee is more than the price"],
        ),
        (
            "hours that overlap in some week",
            {
                "hours": "practitioner,weekday,opens,closes,weeks,from_on,until_on\n"
                "p1,1,09:00,12:00,a,,\np1,1,11:00,13:00,b,,\np1,1,11:59,14:00,every,2026-07-01,\n"
                "p1,1,14:00,15:00,,,\np1,1,10:00,11:00,a,,2026-06-30\np2,1,09:00,12:00,,,"
            },
            [
                "hours.csv:4: these hours overlap those of line 2",
                "hours.csv:6: these hours overlap those of line 2",
                "hours.csv:4: these hours overlap those of line 3",
            ],
        ),
        (
            "hours that overlap on a date",
            {
                "special_hours": "practitioner,on,opens,closes\n"
                "p1,2026-04-04,10:00,14:00\np1,2026-04-04,13:00,15:00\np1,2026-04-05,13:00,15:00"
            },
            ["special_hours.csv:3: these hours overlap those of line 2"],
        ),
        (
            "two with one practitioner",
            {
                "appointments": f"{HEAD}\na1,{ACNE},2026-03-09T09:00,booked\n"
                f"a2,{ACNE},2026-03-09T09:45,booked\na3,{ACNE},2026-03-09T10:29,completed"
            },
            [
                "appointments.csv:4: it is completed, and still to come",
                "appointments.csv:4: practitioner “p1” is taken then, by line 3",
            ],
        ),
        (
            "made and cancelled in time to come",
            {
                "appointments": f"{HEAD},created_at,cancelled_at\n"
                f"a1,{ACNE},2026-03-09T09:00,cancelled,2026-03-02T08:01,2026-03-03T08:00\n"
                f"a2,{ACNE},2026-03-09T09:00,cancelled,2026-03-02T08:00,2026-03-02T08:00"
            },
            [
                "appointments.csv:2: created_at is still to come",
                "appointments.csv:2: cancelled_at is still to come",
            ],
        ),
        (
            "two in one room, of which one is being cleaned",
            {
                "appointments": f"{HEAD},rooms\na1,{ACNE},2026-03-09T09:00,booked,r1\n"
                "a2,c2,acne,p2,2026-03-09T09:54,booked,r1"
            },
            ["appointments.csv:3: room “r1” is taken then, by line 2"],
        ),
        (
            "no device left, in time to come",
            {
                "appointments": f"{HEAD}\na1,c1,laser,p1,2026-03-09T09:00,booked\n"
                "a2,c2,laser,p2,2026-03-09T09:34,booked"
            },
            ["appointments.csv:3: no device of group “laser” is free then"],
        ),
        (
            "more rooms than it takes",
            {"appointments": f"{HEAD},rooms\na1,{ACNE},2026-03-09T09:00,booked,r1 r2"},
            ["appointments.csv:2: 2 named as room, and the treatment takes 1"],
        ),
        (
            "nobody needed",
            {
                "needs": "treatment,kind,group,from_minute,until_minute\nacne,room,kamer,0,45",
                "appointments": f"{HEAD}\na1,{ACNE},2026-03-09T09:00,booked",
            },
            ["appointments.csv:2: treatment “acne” takes no practitioner: see needs.csv"],
        ),
    ],
)
def test_what_cannot_be(case, files, expected, tmp_path):
    assert refused(a_folder(tmp_path, **files)) == expected


def test_a_price_is_not_lowered_below_a_deposit_that_stays(tmp_path):
    take_over(a_folder(tmp_path / "first"))
    Treatment.objects.filter(slug="acne").update(deposit_cents=5000)
    header = "key,name,category,summary,minutes,price_cents"
    folder = a_folder(tmp_path / "second", treatments=f"{header}\nacne,Acne,Huid,Rustig.,45,4999")

    assert refused(folder) == ["treatments.csv:2: a deposit or a fee is more than the price"]


def test_the_past_is_taken_over_without_a_room_when_there_was_none(tmp_path):
    rows = "\n".join(
        f"a{number},c1,acne,p{number},2026-02-02T09:00,completed" for number in (1, 2, 3)
    )
    people = SMALL["practitioners"] + "\np3,Lotte Prins,Arts"
    notes = Remarks()

    take_over(a_folder(tmp_path, practitioners=people, appointments=f"{HEAD}\n{rows}"), notes=notes)

    assert list(map(str, notes.kept)) == [
        "appointments.csv:4: no room of group “kamer” is free then; it is taken over without one"
    ]
    assert taken("a3") == ["practitioner:p3 08:00-08:45"]


def test_rooms_that_were_named_go_before_those_to_be_chosen(tmp_path):
    rows = (
        "a1,c1,acne,p1,2026-03-09T09:00,booked,\n"  # would have taken r1
        "a2,c2,acne,p2,2026-03-09T09:00,booked,r1"
    )
    take_over(a_folder(tmp_path, appointments=f"{HEAD},rooms\n{rows}"))

    assert taken("a1")[1] == "room:r2 08:00-08:55"


def test_what_the_clinic_itself_has_booked_is_in_the_way(tmp_path):
    ClinicFactory()
    take_over(a_folder(tmp_path, without=("appointments",)))
    hold = a_hold(Treatment.objects.get(slug="acne"), starts_at=at("2026-03-09 09:00"))
    rows = f"{HEAD}\na1,{ACNE},2026-03-09T09:30,booked"

    assert refused(a_folder(tmp_path, appointments=rows)) == [
        f"appointments.csv:2: practitioner “p1” is taken then,"
        f" by appointment {hold.pk}, which is in the clinic already"
    ]


def test_all_or_nothing(tmp_path):
    take_over(a_folder(tmp_path, without=("appointments",)))
    before = [list(t.objects.order_by("pk").values()) for t in everything()]
    folder = a_folder(
        tmp_path,
        clients=SMALL["clients"].replace("Bakker", "Smid"),
        practitioners=SMALL["practitioners"].replace("Noor", "Nora"),
        appointments=f"{HEAD}\na1,{ACNE},2026-03-09T09:00,booked\n"
        f"a2,{ACNE},2026-03-09T09:00,booked",
    )

    assert len(refused(folder)) == 1
    assert [list(t.objects.order_by("pk").values()) for t in everything()] == before


def test_what_only_the_database_finds_is_told_too():
    row = ClientRow(2, "c1", "S" * 100, "Bakker", "+31612345678", "sanne@example.nl")

    with pytest.raises(Refused) as error:
        import_rows(
            ImportedRows(clients=[row]),
            notes=Remarks(),
            readers=Readers(),
            now=NOW,
            say=lambda line: None,
        )

    assert list(map(str, error.value.troubles.kept)) == [
        "the database: value too long for type character varying(60)"
    ]


@pytest.mark.parametrize("count", [200, 2000])
def test_the_number_of_statements_does_not_grow(count, tmp_path, django_assert_num_queries):
    rows = "".join(
        f"\na{n},c1,acne,p1,{NOW + timedelta(hours=n):%Y-%m-%dT%H:%M}+00:00,booked"
        for n in range(1, count + 1)
    )
    folder = a_folder(tmp_path, appointments=HEAD + rows)

    with django_assert_num_queries(52):
        take_over(folder)

    assert Appointment.objects.count() == count
