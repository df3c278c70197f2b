"""Reading files that are wrong: what is said, and where."""

import os

import pytest

from bookings.imported import Refused, Remarks
from clinic.exchange.reading import NoFolder, read_folder
from tests.clinic.exchange.folders import SMALL, a_folder
from tests.when import ZONE

CLIENTS, APPOINTMENTS = SMALL["clients"], SMALL["appointments"]
HEAD = "key,client,treatment,practitioner,starts_at,status"


def read(folder):
    return read_folder(folder, zone=ZONE, notes=Remarks())


def troubles(folder):
    with pytest.raises(Refused) as refused:
        read(folder)
    return list(map(str, refused.value.troubles.kept))


def test_the_small_clinic_is_in_order(tmp_path):
    rows = read(a_folder(tmp_path))

    assert [len(rows.practitioners), len(rows.needs), len(rows.appointments)] == [2, 5, 5]
    assert rows.appointments[0].line == 2
    assert rows.clients[0].phone == "+31612345678"


@pytest.mark.parametrize(
    ("case", "files", "expected"),
    [
        (
            "no header",
            {"rooms": ""},
            ["rooms.csv:1: missing columns: key, name, group"],
        ),
        (
            "unknown columns",
            {"rooms": "key,name,group,colour,size\nr1,Kamer,kamer,red,2"},
            [
                "rooms.csv:1: unknown columns: colour, size;"
                " known are key, name, group, active, position"
            ],
        ),
        ("missing columns", {"rooms": "key\nr1"}, ["rooms.csv:1: missing columns: name, group"]),
        (
            "a column twice",
            {"rooms": "key,name,group,name\nr1,a,b,c"},
            ["rooms.csv:1: a column is there twice"],
        ),
        (
            "semicolons",
            {"rooms": "key;name;group\nr1;a;b"},
            ["rooms.csv:1: the columns have semicolons between them; they must have commas"],
        ),
        (
            "too few and too many cells",
            {"rooms": "key,name,group\nr1,Kamer\nr2,Kamer,kamer,x"},
            [
                "rooms.csv:2: there are 2 cells, and 3 columns",
                "rooms.csv:3: there are 4 cells, and 3 columns",
            ],
        ),
        (
            "the same key twice, after a row of two lines and an empty one",
            {"rooms": 'key,name,group\nr1,"Kamer\n1",kamer\n\nr1,Kamer,kamer'},
            ["rooms.csv:5: has the same key as line 2"],
        ),
        (
            "a skill twice",
            {"skills": "practitioner,treatment\np1,acne\np1,acne"},
            ["skills.csv:3: has the same practitioner and treatment as line 2"],
        ),
        (
            "a quote that is never closed",
            {"rooms": 'key,name,group\nr1,Kamer,kamer\nr2,"Kamer,kamer'},
            ["rooms.csv:3: cannot be read: unexpected end of data"],
        ),
        (
            "text after a quote",
            {"rooms": 'key,name,group\nr1,"Ka"mer,kamer'},
            ["rooms.csv:2: cannot be read: ',' expected after '\"'"],
        ),
        (
            "a cell that is huge",
            {"rooms": f"key,name,group\nr1,{'x' * 6000},kamer"},
            ["rooms.csv:2: cannot be read: field larger than field limit (5000)"],
        ),
        (
            "a line that is huge",
            {"rooms": f"key,name,group\nr1,{'x' * 60_000},kamer"},
            ["rooms.csv:2: the line is longer than 50,000 bytes"],
        ),
        (
            "a cell that is too long",
            {"rooms": f"key,name,group\n{'x' * 65},{'y' * 81},kamer"},
            [
                "rooms.csv:2: key: is longer than 64 characters",
                "rooms.csv:2: name: is longer than 80 characters",
            ],
        ),
        (
            "a room that cannot stand in a list",
            {"rooms": "key,name,group\nnone,a,kamer\nr 2,b,kamer"},
            [
                "rooms.csv:2: key: “none” is no id: without spaces, and not “none”",
                "rooms.csv:3: key: “r 2” is no id: without spaces, and not “none”",
            ],
        ),
        (
            "empty and blank cells",
            {"rooms": "key,name,group\n, ,kamer"},
            ["rooms.csv:2: key: is empty", "rooms.csv:2: name: is empty"],
        ),
        (
            "what would move the cursor of a terminal",
            {"practitioners": "key,name,role,active\np1,a,b,\x1b[2J"},
            ["practitioners.csv:2: active: “�[2J” is none of: yes, no"],
        ),
        (
            "numbers",
            {
                "treatments": "key,name,category,summary,minutes,price_cents\n"
                "../etc,a,b,c,0,95.00\nlaser,a,b,c,1441,-1"
            },
            [
                "treatments.csv:2: key: “../etc” is no id: at most 50 letters, digits, - and _",
                "treatments.csv:2: minutes: “0” is no whole number from 1 to 1440",
                "treatments.csv:2: price_cents: “95.00” is no whole number from 0 to 10000000",
                "treatments.csv:3: minutes: “1441” is no whole number from 1 to 1440",
                "treatments.csv:3: price_cents: “-1” is no whole number from 0 to 10000000",
            ],
        ),
        (
            "needs",
            {
                "needs": "treatment,kind,group,from_minute,until_minute\n"
                "acne,robot,,0,45\nacne,room,,0,45\nacne,practitioner,kamer,0,45\n"
                "acne,practitioner,,45,45"
            },
            [
                "needs.csv:2: kind: “robot” is none of: practitioner, room, device",
                "needs.csv:3: a room or a device has a group, a practitioner has none",
                "needs.csv:4: a room or a device has a group, a practitioner has none",
                "needs.csv:5: until_minute is not after from_minute",
            ],
        ),
        (
            "hours",
            {
                "hours": "practitioner,weekday,opens,closes,weeks,from_on,until_on\n"
                "p1,0,9:00,25:00,c,,\np1,1,12:00,12:00,a,,\n"
                "p1,1,09:00,12:00,,2026-03-02,2026-03-01\np1,1,09:00,12:00,,02-03-2026,9999-01-01"
            },
            [
                "hours.csv:2: weekday: “0” is none of: 1, 2, 3, 4, 5, 6, 7",
                "hours.csv:2: opens: “9:00” is no time like 09:15",
                "hours.csv:2: closes: “25:00” is no time like 09:15",
                "hours.csv:2: weeks: “c” is none of: every, a, b",
                "hours.csv:3: closes is not after opens",
                "hours.csv:4: until_on is before from_on",
                "hours.csv:5: from_on: “02-03-2026” is no date like 2026-11-26, from 1990 on",
                "hours.csv:5: until_on: “9999-01-01” is no date like 2026-11-26, from 1990 on",
            ],
        ),
        (
            "time off",
            {
                "time_off": "kind,resource,starts_at,ends_at\n"
                "clinic,p1,2026-03-02T09:00,2026-03-02T10:00\n"
                "room,,2026-03-02T09:00,2026-03-02T10:00\n"
                "clinic,,2026-03-02T09:00,2026-03-02T09:00"
            },
            [
                "time_off.csv:2: a practitioner, a room or a device is named, the clinic is not",
                "time_off.csv:3: a practitioner, a room or a device is named, the clinic is not",
                "time_off.csv:4: ends_at is not after starts_at",
            ],
        ),
        (
            "clients",
            {
                "clients": "key,first_name,last_name,phone,email,language,reach_by\n"
                "c1,Sanne,Bakker,12,sanne,de,pigeon"
            },
            [
                "clients.csv:2: phone: “12” is no telephone number",
                "clients.csv:2: email: “sanne” is no e-mail address",
                "clients.csv:2: language: “de” is none of: nl, en",
                "clients.csv:2: reach_by: “pigeon” is none of: sms, whatsapp, email",
            ],
        ),
        (
            "appointments",
            {
                "appointments": f"{HEAD},minutes,cancelled_by\n"
                "a1,c1,acne,p1,1026-03-02T09:00,held,0,\n"
                "a2,c1,acne,p1,2026-03-02T09:00,booked,,client"
            },
            [
                "appointments.csv:2: starts_at: “1026-03-02T09:00” is no moment"
                " like 2026-11-26T09:15, from 1990 on",
                "appointments.csv:2: status: “held” is none of: booked, arrived, completed,"
                " cancelled, no_show",
                "appointments.csv:2: minutes: “0” is no whole number from 1 to 1440",
                "appointments.csv:3: cancelled_at or cancelled_by is given,"
                " and the status is booked",
            ],
        ),
    ],
)
def test_what_is_wrong_with_a_file(case, files, expected, tmp_path):
    assert troubles(a_folder(tmp_path, **files)) == expected


@pytest.mark.parametrize(
    ("case", "content", "expected"),
    [
        (
            "NUL bytes",
            b"key,name,group\nr1,Ka\0mer,kamer\n",
            "rooms.csv:2: there is a NUL byte in it; is the file UTF-8?",
        ),
        (
            "UTF-16",
            "key,name,group\n".encode("utf-16"),
            "rooms.csv:1: there is a NUL byte in it; is the file UTF-8?",
        ),
        (
            "Latin-1",
            "key,name,group\nr1,Crème,kamer\n".encode("latin-1"),
            "rooms.csv:2: it is not UTF-8",
        ),
        ("no line end at all", b"x" * 200_000, "rooms.csv:1: the line is longer than 50,000 bytes"),
    ],
)
def test_bytes_that_are_no_text(case, content, expected, tmp_path):
    folder = a_folder(tmp_path)
    (folder / "rooms.csv").write_bytes(content)

    assert troubles(folder) == [expected]


def test_a_byte_order_mark_and_windows_lines_are_fine(tmp_path):
    folder = a_folder(tmp_path)
    lines = "\r\n".join(SMALL["rooms"].splitlines())
    (folder / "rooms.csv").write_bytes(lines.encode("utf-8-sig"))

    assert [row.key for row in read(folder).rooms] == ["r1", "r2"]


def test_of_many_errors_some_are_kept_and_all_are_counted(tmp_path):
    folder = a_folder(tmp_path, rooms="key,name,group" + "\nr1" * 5000)

    with pytest.raises(Refused) as refused:
        read(folder)

    assert (len(refused.value.troubles.kept), refused.value.troubles.count) == (100, 5000)


def test_there_is_an_end_to_the_rows_of_a_file(tmp_path):
    rows = "".join(f"\nr{number},Kamer,kamer" for number in range(20_001))

    assert troubles(a_folder(tmp_path, rooms=f"key,name,group{rows}")) == [
        "rooms.csv:20002: there are more than 20,000 rows"
    ]


def test_a_file_that_is_not_known_is_not_passed_over(tmp_path):
    folder = a_folder(tmp_path)
    (folder / "client.csv").write_text(CLIENTS)
    (folder / "readme.txt").write_text("not ours")

    assert troubles(folder) == [
        "client.csv: is not known; known are practitioners.csv, rooms.csv, devices.csv,"
        " treatments.csv, needs.csv, skills.csv, hours.csv, special_hours.csv, time_off.csv,"
        " clients.csv, appointments.csv"
    ]


def test_links_pipes_and_folders_are_not_read(tmp_path):
    folder = a_folder(tmp_path / "folder", without=("rooms", "devices", "skills"))
    (tmp_path / "elsewhere.csv").write_text(SMALL["rooms"])
    (folder / "rooms.csv").symlink_to(tmp_path / "elsewhere.csv")
    (folder / "devices.csv").mkdir()
    os.mkfifo(folder / "skills.csv")

    assert troubles(folder) == [
        "rooms.csv: is not a plain file",
        "devices.csv: is not a plain file",
        "skills.csv: is not a plain file",
    ]


@pytest.mark.parametrize("case", ["missing", "empty", "a file"])
def test_without_files_there_is_nothing_to_read(case, tmp_path):
    folder = tmp_path / case
    if case == "empty":
        folder.mkdir()
    elif case == "a file":
        folder.write_text("key")

    with pytest.raises(NoFolder):
        read(folder)
