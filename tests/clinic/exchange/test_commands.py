"""`manage.py import_clinic` and `export_clinic`, as the person at the terminal sees them."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from bookings.models import Appointment, Client, EventReceipt, Resource, Room, TimeOff, Treatment
from bookings.terms import Amount, Conditions, Payers
from tests.clinic.exchange.folders import SMALL, a_folder, counts, take_over
from tests.factories import NOW, a_clinic, a_hold, an_appointment
from tests.when import at

pytestmark = pytest.mark.django_db
# What the commands see as the past and as the future, whenever these tests run.
HEAD = "key,client,treatment,practitioner,starts_at,status,note,created_at"
ROWS = (
    "a1,c1,acne,p1,2001-02-02T09:15,completed,=1+1,2001-01-02T09:15\n"
    'a2,c2,laser,p2,2099-02-04T10:00,booked,"zij zei: ""ja"",\nen toen",2001-01-02T09:15'
)


def run(*arguments):
    said = StringIO()
    call_command(*map(str, arguments), stdout=said, stderr=StringIO())
    return said.getvalue().splitlines()


def texts(folder):
    return {path.name: path.read_bytes().decode() for path in sorted(folder.iterdir())}


def empty_the_clinic():
    for model in (Appointment, Client, TimeOff, Resource, Treatment):
        model.objects.all().delete()


def test_an_import_says_what_it_did(tmp_path):
    folder = a_folder(tmp_path, appointments=f"{HEAD}\n{ROWS}")

    assert run("import_clinic", folder) == [
        "practitioners.csv   2 added",
        "rooms.csv           2 added",
        "devices.csv         1 added",
        "treatments.csv      2 added",
        "needs.csv           5 added",
        "skills.csv          3 added",
        "hours.csv           3 added",
        "special_hours.csv   1 added",
        "time_off.csv        2 added",
        "clients.csv         2 added",
        "appointments.csv    2 added",
        "Imported.",
    ]


def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path):
    folder = a_folder(tmp_path, appointments=f"{HEAD}\n{ROWS}")

    said = run("import_clinic", folder, "--dry-run")

    assert said[-2:] == [
        "appointments.csv    2 added",
        "This was a dry run: nothing was imported.",
    ]
    assert counts() == [0, 0, 0, 0, 0]


NOTHING, NO_OPENING = ["payments"] * 2, ["waitlist"] * 2


@pytest.mark.parametrize(
    ("case", "arguments", "expected"),
    [
        ("reminders look at what is to come", (), [*NOTHING, "reminders", *NO_OPENING]),
        ("silent", ("--silent",), [*NOTHING, "reminders", "reminders", *NO_OPENING]),
    ],
)
def test_who_need_not_look(case, arguments, expected, tmp_path):
    rows = (
        "a1,c1,acne,p1,2001-02-02T09:15,booked,,\n"  # and nobody noted how it ended
        "a2,c2,acne,p1,2099-02-02T09:15,booked,,"
    )
    run("import_clinic", a_folder(tmp_path, appointments=f"{HEAD}\n{rows}"), *arguments)

    assert sorted(EventReceipt.objects.values_list("reader", flat=True)) == expected


def test_errors_are_listed_with_how_many_more(tmp_path):
    folder = a_folder(tmp_path, rooms="key,name,group" + "\n,Kamer,kamer" * 2000)

    with pytest.raises(CommandError) as error:
        run("import_clinic", folder)

    lines = str(error.value).splitlines()
    assert (len(lines), error.value.returncode) == (102, 1)
    assert [lines[0], *lines[-2:]] == [
        "rooms.csv:2: key: is empty",
        "... and 1,900 more",
        "Nothing was imported.",
    ]


def test_notes_are_no_errors(tmp_path):
    rows = "a1,c1,acne,p1,2026-10-25T02:30,cancelled,,"
    notes = StringIO()

    call_command(
        "import_clinic",
        str(a_folder(tmp_path, appointments=f"{HEAD}\n{rows}")),
        stdout=StringIO(),
        stderr=notes,
    )

    assert notes.getvalue().splitlines()[-1] == (
        "Note: appointments.csv:2: starts_at: 2026-10-25T02:30 comes twice on the clinic's clock:"
        " the first is meant"
    )


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(CommandError, match="is not a folder"):
        run("import_clinic", tmp_path / "nowhere")


def test_an_export_can_be_imported_elsewhere(tmp_path):
    weekly = "practitioner,weekday,opens,closes,weeks,from_on,until_on"
    folder = a_folder(
        tmp_path / "theirs",
        clients=SMALL["clients"].replace("Bakker", "@Bakker"),
        hours=f"{weekly}\np2,3,09:00,17:00,a,,2026-12-31\np1,1,09:00,12:30,every,2026-01-01,",
        appointments=f"{HEAD}\n{ROWS}",
    )
    run("import_clinic", folder)
    run("export_clinic", tmp_path / "first")
    empty_the_clinic()

    run("import_clinic", tmp_path / "first")
    run("export_clinic", tmp_path / "second")

    assert texts(tmp_path / "second") == texts(tmp_path / "first")
    assert texts(tmp_path / "first")["appointments.csv"].splitlines() == [
        "key,client,treatment,practitioner,starts_at,status,minutes,price_cents,rooms,devices,note,"
        "created_at,cancelled_at,cancelled_by",
        "a1,c1,acne,p1,2001-02-02T09:15+01:00,completed,45,9500,r1,,'=1+1,2001-01-02T09:15+01:00,,",
        'a2,c2,laser,p2,2099-02-04T10:00+01:00,booked,30,12000,r1,d1,"zij zei: ""ja"",',
        'en toen",2001-01-02T09:15+01:00,,',
    ]
    assert Appointment.objects.get(import_key="a1").note == "=1+1"
    assert Client.objects.get(import_key="c1").last_name == "@Bakker"


def test_what_was_made_here_is_exported_under_a_number_of_ours(tmp_path):
    treatment = a_clinic()
    booked = an_appointment(treatment)
    a_hold(treatment, starts_at=at("2026-03-12 10:00"))
    Client.objects.filter(pk=booked.client_id).update(import_key=f"kliniek-{booked.client_id + 1}")

    run("export_clinic", tmp_path / "ours")

    rows = texts(tmp_path / "ours")["appointments.csv"].splitlines()
    assert len(rows) == 2  # what is only held is nobody's yet
    assert rows[1].split(",")[:6] == [
        f"kliniek-{booked.pk}",
        f"kliniek-{booked.client_id + 1}",
        treatment.slug,
        f"kliniek-{booked.practitioner_id}",
        "2026-03-11T10:00+01:00",
        "booked",
    ]
    assert rows[1].split(",")[8] == f"kliniek-{Room.objects.get().pk}"
    keys = [row.split(",")[0] for row in texts(tmp_path / "ours")["clients.csv"].splitlines()]
    assert keys[1:] == [
        f"kliniek-{booked.client_id + 1}",
        f"kliniek-{booked.client_id + 1}-",
    ]


def test_nothing_is_written_over_or_shown_to_others(tmp_path):
    folder = tmp_path / "export"
    take_over(a_folder(tmp_path / "theirs"), now=NOW)
    run("export_clinic", folder)

    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    before = texts(folder)
    with pytest.raises(CommandError, match="is not empty: an export never writes over anything"):
        run("export_clinic", folder)
    assert texts(folder) == before
    with pytest.raises(CommandError, match="exists"):
        run("export_clinic", folder / "rooms.csv")


def test_what_a_treatment_asks_goes_along(tmp_path):
    head = (
        "key,name,category,summary,minutes,price_cents,free_notice_hours,as_clinic,deposit_percent,"
        "deposit_from,late_fee_percent,no_show_fee_percent,last_minute_hours,last_minute_fee_cents,"
        "last_minute_fee_percent,most_fee_cents"
    )
    rows = (
        "acne,Acne,Huid,Rust.,45,9500,24,no,20,record,50,100,4,100,80,8000\n"
        "laser,Laser,Laser,Glad.,30,12000,48,yes,,,,,,,,"
    )
    run("import_clinic", a_folder(tmp_path / "theirs", treatments=f"{head}\n{rows}"))
    run("export_clinic", tmp_path / "first")
    empty_the_clinic()
    run("import_clinic", tmp_path / "first")

    acne, laser = Treatment.objects.order_by("slug")
    assert acne.conditions == Conditions(
        deposit=Amount(0, 20),
        payers=Payers.RECORD,
        late_fee=Amount(0, 50),
        free_notice=timedelta(hours=24),
        last_minute_fee=Amount(100, 80),
        last_minute=timedelta(hours=4),
        no_show_fee=Amount(0, 100),
        most_fee_cents=8000,
    )
    assert (acne.as_clinic, laser.as_clinic) == (False, True)


@pytest.mark.parametrize("hours", [",4", "4,4", "4,5"])
def test_a_last_minute_that_comes_too_early_is_refused(tmp_path, hours):
    head = "key,name,category,summary,minutes,price_cents,free_notice_hours,last_minute_hours"
    row = f"acne,Acne,Huid,Rust.,45,9500,{hours}"
    folder = a_folder(tmp_path / "theirs", treatments=f"{head}\n{row}")
    with pytest.raises(CommandError):
        run("import_clinic", folder)
    assert not Treatment.objects.exists()
