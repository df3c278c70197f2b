"""What a client may type that is broken or strange: pointed at, or shown as it is."""

from typing import Any

import pytest

from tests.end_to_end.judging import is_clear, nothing_written
from tests.world.visitor import local
from tests.world.world import World

TEN_KB = "a" * 10_000
BROKEN_NUMBERS = [
    "",
    "06",
    "0612",
    "abc",
    "+31",
    "+",
    "112",
    "06 12 34 56 7x",
    "06-1234567890123",
    "0031 6",
    "+99 123 456 789",
    "<script>alert(1)</script>",
    "0" * 10_000,
    "06\x0012345678",
    "020 123 45 67",  # a fixed line gets no text message
]


@pytest.mark.parametrize("phone", BROKEN_NUMBERS, ids=lambda phone: repr(phone[:30]))
def test_a_broken_phone_number_is_pointed_at(world: World, phone: str) -> None:
    with world.visitor() as visitor:
        visitor.hold("analyse", visitor.free_times("analyse")[0])
        with nothing_written(world):
            answer = visitor.tell(phone=phone, first_name="Fenna")
        assert is_clear(answer, 422)
        assert 'href="#id_phone"' in answer.text
        assert 'value="Fenna"' in answer.text  # nothing she typed is lost


NUMBERS = ["0612345678", "+31 6 1234-5678", "0031612345678", "06.12.34.56.78", " 06 12345678 "]


@pytest.mark.parametrize("phone", NUMBERS)
def test_a_number_may_be_written_in_any_way(world: World, phone: str) -> None:
    with world.visitor() as visitor:
        visitor.hold("analyse", visitor.free_times("analyse")[0])
        visitor.tell(phone=phone, last_name=f"Getal {phone.strip()}")
        found = "select phone from bookings_client where last_name = %s"
        assert world.value(found, [f"Getal {phone.strip()}"]) == "+31612345678"


BROKEN_DETAILS: list[dict[str, Any]] = [
    {"first_name": TEN_KB},
    {"last_name": TEN_KB},
    {"note": TEN_KB},
    {"email": TEN_KB},
    {"email": f"{TEN_KB}@example.nl"},
    {"email": "sanne@example.nl\r\nBcc: x@example.nl"},
    {"email": "sanne"},
    {"first_name": "\u200b\u202e"},
    {"reach_by": "pigeon"},
    {"reach_by": "whatsapp"},  # without her consent
]


@pytest.mark.parametrize("broken", BROKEN_DETAILS, ids=lambda one: repr(one)[:40])
def test_broken_details_are_pointed_at(world: World, broken: dict[str, str]) -> None:
    with world.visitor() as visitor:
        visitor.hold("analyse", visitor.free_times("analyse")[0])
        with nothing_written(world):
            assert is_clear(visitor.tell(**broken), 422)


NAMES = {
    '<b>Sanne</b> & "Co"': "&lt;b&gt;Sanne&lt;/b&gt; &amp; &quot;Co&quot;",
    "{{ 7*7 }} {% now %}": "{{ 7*7 }} {% now %}",
    "Sanne 🦄": "Sanne 🦄",
    "\u202eennaS": "ennaS",
    "San\u200bne\u2060\x00": "Sanne",
    "Sanne\r\nBcc: x@example.nl": "Sanne Bcc: x@example.nl",
    "  José   Ævar ": "José Ævar",
}


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name)[:30])
def test_a_strange_name_is_shown_as_text(world: World, name: str) -> None:
    with world.visitor() as visitor:
        visitor.prepare("analyse", first_name=name)
        page = visitor.get("/boeken/afronden/").text
        assert f"{NAMES[name]} Bakker" in page
        assert "<b>Sanne" not in page
        assert "\u202e" not in page


BROKEN_PLANS: list[dict[str, str]] = [
    {"written_when": ""},
    {"written_when": TEN_KB},
    {"written_when": "op een dag"},
    {"cue_day": "2020-01-01"},
    {"cue_day": "\x00"},
    {"cue_time": "25:99"},
    {"cue_time": "23:59"},
    {"action": "iets anders"},
    {"action": "own", "own_action": ""},
    {"action": "own", "own_action": TEN_KB},
    {"obstacle": "het regent"},
]


def test_a_broken_plan_is_pointed_at(world: World) -> None:
    with world.visitor() as visitor:
        start = visitor.free_times("analyse")[0]
        visitor.hold("analyse", start)
        visitor.tell()
        visitor.get("/boeken/plan/")
        day = local(start)
        right = {
            "written_when": f"{day:%d-%m} {day:%H:%M}",
            "cue_day": f"{day:%Y-%m-%d}",
            "cue_time": "07:30",
            "action": "ga ik lopend naar de kliniek",
        }
        with nothing_written(world):
            for broken in BROKEN_PLANS:
                assert is_clear(visitor.post("/boeken/plan/", right | broken), 422), broken
        assert visitor.post("/boeken/plan/", right).url.endswith("/herhalen/")


def test_terms_not_accepted_book_nothing(world: World) -> None:
    with world.visitor() as visitor:
        visitor.prepare("analyse")
        with nothing_written(world):
            assert is_clear(visitor.post("/boeken/afronden/"), 422)


def test_cancelling_at_a_price_of_ones_own_is_refused(world: World) -> None:
    with world.visitor() as visitor:
        token = visitor.book("peeling")
        assert visitor.quoted_cents(token) == "4500"
        for quoted in ("0", "1", "-4500", "", "abc", "9" * 400, "4500.50", "4500\x00"):
            with nothing_written(world):
                answer = visitor.post(f"/a/{token}/annuleren/", {"quoted_cents": quoted})
            assert is_clear(answer, 409), quoted
            assert "€ 45" in answer.text.replace("\xa0", " ")
        status = "select status from bookings_appointment where token = %s"
        assert world.value(status, [token]) == "booked"


def test_a_lapsed_hold_keeps_what_she_typed(world: World) -> None:
    with world.visitor() as visitor:
        start = visitor.free_times("analyse")[0]
        visitor.hold("analyse", start)
        world.database.execute(
            "update bookings_appointment set held_until = created_at where status = 'held'"
            " and starts_at = %s and client_id is null",
            [start],
        )
        answer = visitor.tell(first_name="Fenna")
        assert is_clear(answer, 410)
        again = visitor.hold("analyse", visitor.free_times("analyse")[0])
        assert 'value="Fenna"' in again.text


def test_one_address_cannot_hold_the_whole_agenda(world: World) -> None:
    held = "select count(*) from bookings_appointment where status = 'held' and hold_address <> ''"
    limit = "update bookings_clinic set holds_per_address = %s"
    world.database.execute(limit, [world.value(held) + 1])
    try:
        with world.visitor() as first, world.visitor() as second:
            assert first.hold("analyse", first.free_times("analyse")[0]).status_code == 200
            with nothing_written(world):
                answer = second.hold("analyse", second.free_times("analyse")[0])
            assert is_clear(answer, 429)
    finally:
        world.database.execute(limit, [0])


def test_a_form_too_large_is_refused(world: World) -> None:
    with world.visitor() as visitor, nothing_written(world):
        visitor.get("/")
        for data in ({"starts_at": "a" * 3_000_000}, {f"field{n}": "1" for n in range(2000)}):
            assert visitor.post("/boeken/analyse/tijd/", data).status_code in (400, 403, 413)
