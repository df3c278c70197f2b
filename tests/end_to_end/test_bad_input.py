"""Addresses, times and requests that nobody should send: a clear answer, and nothing changes."""

import secrets
from datetime import timedelta

import pytest

from tests.end_to_end.judging import is_clear, nothing_written
from tests.world.visitor import DETAILS, local
from tests.world.world import World

FORGED = {
    "nothing": "",
    "garbage": "morgen",
    "without a zone": "2027-03-01T10:00:00",
    "no such day": "2027-02-30T10:00:00+00:00",
    "before our era": "0001-01-01T00:00:00+00:00",
    "past the calendar": "9999-12-31T23:59:59-23:59",
    "past": "2020-01-01T10:00:00+00:00",
    "far ahead": "2099-01-05T10:00:00+00:00",
    "with a null": "2027-03-01T10:00:00+00:00\x00",
    "very long": "2" * 10_000,
    "other digits": "٢٠٢٧-٠٣-٠١T10:00:00+00:00",
}


@pytest.mark.parametrize("starts_at", FORGED.values(), ids=FORGED)
def test_a_forged_time_is_refused(world: World, starts_at: str) -> None:
    with world.visitor() as visitor, nothing_written(world):
        assert is_clear(visitor.hold("analyse", starts_at), 400)


@pytest.mark.parametrize("minutes", [7, -60 * 24 * 14, 60 * 14, 60 * 24 * 365])
def test_a_time_beside_those_on_offer_is_refused(world: World, minutes: int) -> None:
    with world.visitor() as visitor:
        start = local(visitor.free_times("analyse")[0])
        forged = (start + timedelta(minutes=minutes)).isoformat()
        with nothing_written(world):
            answer = visitor.hold("analyse", forged)
        assert is_clear(answer, 400)
        assert "niet te boeken" in answer.text


QUERIES = [
    "day=9999-99-99",
    "day=9999-12-31",
    "day=0000-00-00",
    "day=0001-01-01",
    "day=2020-01-01",
    "day=2027-02-30",
    "day=%00",
    "day=%F0%9F%A6%84",
    f"day={'9' * 3000}",
    "practitioner=abc",
    "practitioner=-1",
    "practitioner=0",
    "practitioner=999999",
    "practitioner=99999999999999999999999999",
    f"practitioner={'9' * 4000}",
    "practitioner=%C2%B2",
    "practitioner=%D9%A1",
    "practitioner=%00",
    "practitioner=1&practitioner=abc",
    "%ff=%ff&day[]=1",
]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query[:40])
def test_an_absurd_query_shows_the_free_times_or_says_no(world: World, query: str) -> None:
    with world.visitor() as visitor, nothing_written(world):
        answer = visitor.get(f"/boeken/analyse/tijd/?{query}")
        assert is_clear(answer, 404 if answer.status_code == 404 else 200)


def test_a_day_in_the_past_shows_a_day_that_can_be_booked(world: World) -> None:
    with world.visitor() as visitor:
        shown = visitor.free_times("analyse", "?day=2020-01-01")
        assert shown == visitor.free_times("analyse")


DOORS = ["", "annuleren/", "verzetten/", "afspraak.ics"]
POSTED = ("bevestigen/", "terugzetten/")
ONLY_TO_POST, TO_LOOK_AT = (405,), (200, 409)  # 409: it is too late to move it
ACTS = ["annuleren/", "bevestigen/", "terugzetten/", "verzetten/"]


def _wrong_tokens(token: str) -> list[str]:
    return [
        secrets.token_urlsafe(12),
        token[:-1],
        token + "A",
        token.swapcase(),
        "%00",
        "%ff",
        "%27%20or%201=1--",
        "x" * 3000,
    ]


def test_another_token_opens_nothing(world: World) -> None:
    with world.visitor() as visitor, world.visitor() as stranger:
        token = visitor.book("analyse")
        with nothing_written(world):
            for wrong in _wrong_tokens(token):
                for door in DOORS:
                    assert is_clear(stranger.get(f"/a/{wrong}/{door}"), 404)
                for act in ACTS:
                    assert is_clear(stranger.post(f"/a/{wrong}/{act}", {"quoted_cents": "0"}), 404)
                for page in ("/betalen/", "/boeken/betaald/"):
                    assert is_clear(stranger.get(f"{page}{wrong}/"), 404)


def test_a_visitor_without_a_hold_is_sent_to_the_beginning(world: World) -> None:
    with world.visitor() as stranger, nothing_written(world):
        for page in ("gegevens", "plan", "plan/herhalen", "afronden"):
            assert stranger.get(f"/boeken/{page}/").url == f"{world.url}/"
            assert stranger.post(f"/boeken/{page}/", DETAILS).url == f"{world.url}/"


def test_opening_links_changes_nothing(world: World) -> None:
    with world.visitor() as visitor, world.visitor() as prefetch:
        token = visitor.book("analyse")
        row = world.query("select * from bookings_appointment where token = %s", [token])
        with nothing_written(world):
            for door in [*DOORS, *ACTS]:
                for method in ("GET", "HEAD"):
                    answer = prefetch.http.request(method, f"{world.url}/a/{token}/{door}")
                    assert answer.status_code in (ONLY_TO_POST if door in POSTED else TO_LOOK_AT)
        after = world.query("select * from bookings_appointment where token = %s", [token])
        assert after == row


ONLY_POST = ["/boeken/meer-tijd/", "/hooks/stripe/", "/hooks/twilio/inbound/"]


@pytest.mark.parametrize("path", ONLY_POST)
def test_a_get_on_what_only_takes_a_post_is_refused(world: World, path: str) -> None:
    with world.visitor() as visitor:
        assert visitor.get(path).status_code == 405


@pytest.mark.parametrize("path", ["/", "/boeken/analyse/"])
def test_a_post_on_what_is_only_to_look_at_is_refused(world: World, path: str) -> None:
    with world.visitor() as visitor:
        assert visitor.post(path).status_code == 405


@pytest.mark.parametrize("cookie", ["none", "another", "garbage"])
def test_a_form_of_another_site_is_refused(world: World, cookie: str) -> None:
    with world.visitor() as visitor, nothing_written(world):
        start = visitor.free_times("analyse")[0]
        data = {"starts_at": start}
        if cookie == "another":
            data["csrfmiddlewaretoken"] = secrets.token_hex(16)
        if cookie == "garbage":
            visitor.http.cookies.set("csrftoken", "<script>", domain="127.0.0.1")
        answer = visitor.http.post(f"{world.url}/boeken/analyse/tijd/", data=data)
        assert is_clear(answer, 403)


def test_staff_pages_want_a_log_in(world: World) -> None:
    with world.visitor() as visitor:
        token = visitor.book("analyse")
        pk = world.value("select id from bookings_appointment where token = %s", [token])
        with nothing_written(world):
            for path in ("/desk/", f"/desk/afspraak/{pk}/", "/office/", "/admin/"):
                assert "/login/" in visitor.get(path).url
            for act in ("annuleren", "kwijtschelden", "aangekomen", "verplaatsen"):
                assert "/login/" in visitor.post(f"/desk/afspraak/{pk}/{act}/").url


def test_a_way_back_never_leads_away(world: World) -> None:
    with world.visitor() as visitor:
        visitor.hold("analyse", visitor.free_times("analyse")[0])
        for elsewhere in ("https://example.com/", "//example.com/", "javascript:alert(1)"):
            for path in ("/boeken/meer-tijd/", "/taal/setlang/"):
                data = {"next": elsewhere, "language": "nl"}
                answer = visitor.post(path, data, follow=False)
                assert answer.status_code == 302
                assert "example.com" not in answer.headers["Location"]
                assert "javascript" not in answer.headers["Location"]
