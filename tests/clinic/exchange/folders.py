"""A small clinic as a folder, and importing it at a moment of choice."""

from bookings.imported import Remarks
from bookings.models import Allocation, Appointment, Client, Resource, Treatment
from bookings.operations.importing import Readers, import_rows
from clinic.exchange.reading import read_folder
from tests.factories import NOW
from tests.when import ZONE

SMALL = {
    "practitioners": "key,name,role\np1,Noor de Wit,Huidtherapeut\np2,Daan Visser,Laserspecialist",
    "rooms": "key,name,group\nr1,Kamer 1,kamer\nr2,Kamer 2,kamer",
    "devices": "key,name,group\nd1,Laser,laser",
    "treatments": (
        "key,name,category,summary,minutes,price_cents\n"
        "acne,Acnebehandeling,Huid,Rustiger huid.,45,9500\n"
        "laser,Laserontharing,Laser,Glad.,30,12000"
    ),
    "needs": (
        "treatment,kind,group,from_minute,until_minute\n"
        "acne,practitioner,,0,45\n"
        "acne,room,kamer,0,55\n"
        "laser,practitioner,,0,30\n"
        "laser,room,kamer,0,40\n"
        "laser,device,laser,-5,30"
    ),
    "skills": "practitioner,treatment,minutes,price_cents\np1,acne,,\np2,acne,60,11000\np2,laser,,",
    "hours": (
        "practitioner,weekday,opens,closes\np1,1,09:00,12:30\np1,1,13:00,17:00\np2,3,09:00,17:00"
    ),
    "special_hours": "practitioner,on,opens,closes\np1,2026-04-04,10:00,14:00",
    "time_off": (
        "kind,resource,starts_at,ends_at,reason\n"
        "clinic,,2026-12-25T00:00,2026-12-27T00:00,Kerst\n"
        "device,d1,2026-05-01T09:00,2026-05-01T12:00,Onderhoud"
    ),
    "clients": (
        "key,first_name,last_name,phone,email\n"
        "c1,Sanne,Bakker,06 12345678,sanne@example.nl\n"
        "c2,Eva,Smit,+32470123456,eva@example.nl"
    ),
    # The clock of these tests stands at Monday 2 March 2026, 8:00.
    "appointments": (
        "key,client,treatment,practitioner,starts_at,status,rooms\n"
        "a1,c1,acne,p1,2026-02-02T09:15,completed,r1\n"
        "a2,c2,laser,p2,2026-02-04T10:00,no_show,\n"
        "a3,c1,acne,p2,2026-02-04T11:00,cancelled,\n"
        "a4,c1,acne,p1,2026-03-09T09:00,booked,r2\n"
        "a5,c2,acne,p2,2026-03-11T09:00,booked,"
    ),
}
TABLES = (Resource, Treatment, Client, Appointment, Allocation)


def a_folder(path, *, without=(), **files):
    """Return the folder of the small clinic, with other files in the place of some."""
    path.mkdir(exist_ok=True)
    for name, text in {**SMALL, **files}.items():
        if name not in without:
            (path / f"{name}.csv").write_text(f"{text}\n", encoding="utf-8")
    return path


def take_over(folder, *, now=NOW, notes=None, readers=None):
    """Import a folder, and return how many rows of each file were what."""
    notes = Remarks() if notes is None else notes
    tallies = import_rows(
        read_folder(folder, zone=ZONE, notes=notes),
        notes=notes,
        readers=readers or Readers(of_nothing=("payments",), of_what_is_to_come=("reminders",)),
        now=now,
        say=lambda line: None,
    )
    return {file: str(tally) for file, tally in tallies.items()}


def counts():
    """Return how many rows there are."""
    return [table.objects.count() for table in TABLES]
