"""Many at once: one winner, and a clear answer for everybody."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest
import requests

from tests.world.visitor import Visitor, near_times, token_in
from tests.world.world import World

Answer = TypeVar("Answer")
RIVALS, CLICKS = 50, 20


def at_once(acts: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Do all of them at the same moment."""
    barrier = Barrier(len(acts))

    def when_all_are_ready(act: Callable[[], Answer]) -> Answer:
        barrier.wait(timeout=30)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(when_all_are_ready, acts))


def test_fifty_visitors_want_one_time_and_one_gets_it(world: World) -> None:
    visitors = [world.visitor() for _ in range(RIVALS)]
    start = visitors[0].free_times("peeling")[0]
    for visitor in visitors:
        visitor.get("/")

    answers = at_once([lambda v=v: v.hold("peeling", start) for v in visitors])  # type: ignore[misc]

    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] + [409] * (RIVALS - 1)
    assert all(near_times(answer) for answer in answers if answer.status_code == 409)
    assert start not in [time for answer in answers for time in near_times(answer)]
    assert all("net weg" in answer.text for answer in answers if answer.status_code == 409)
    holds = world.query(
        "select id, status from bookings_appointment where starts_at = %s"
        " and treatment_id = (select id from bookings_treatment where slug = 'peeling')",
        [start],
    )
    assert [status for _, status in holds] == ["held"]
    taken = "select count(*) from bookings_allocation where appointment_id = %s"
    assert world.value(taken, [holds[0][0]]) == 2  # Noor and a room
    ends = [visitor.get("/boeken/gegevens/").url for visitor in visitors]
    assert sorted(ends) == [f"{world.url}/"] * (RIVALS - 1) + [f"{world.url}/boeken/gegevens/"]


def _clicks(
    visitor: Visitor, act: Callable[[Visitor], requests.Response]
) -> list[requests.Response]:
    """Return the answers to so many clicks of one visitor at the same moment."""
    tabs = [visitor.copy() for _ in range(CLICKS)]
    return at_once([lambda t=t: act(t) for t in tabs])  # type: ignore[misc]


def test_twenty_clicks_on_the_last_button_book_one_appointment(world: World) -> None:
    visitor = world.visitor()
    visitor.prepare("analyse")

    answers = _clicks(visitor, lambda tab: tab.accept())

    assert {answer.status_code for answer in answers} == {200}
    (page,) = {answer.url for answer in answers}
    token = token_in(answers[0])
    assert page == f"{world.url}/a/{token}/"
    events = _events(world, token)
    assert events.count("booked") == 1


def test_a_click_after_the_booking_still_ends_at_the_appointment(world: World) -> None:
    visitor = world.visitor()
    token = visitor.book("analyse")

    assert token_in(visitor.accept()) == token


@pytest.mark.parametrize("slug", ["analyse", "peeling"], ids=["two can treat", "only one can"])
def test_twenty_clicks_on_a_time_hold_it_once(world: World, slug: str) -> None:
    visitor = world.visitor()
    start = visitor.free_times(slug)[-1]
    before = world.value("select count(*) from bookings_appointment")

    answers = _clicks(visitor, lambda tab: tab.hold(slug, start))

    assert world.value("select count(*) from bookings_appointment") == before + 1
    ends = {(answer.status_code, answer.url) for answer in answers}
    assert ends == {(200, f"{world.url}/boeken/gegevens/")}


def test_twenty_clicks_on_pay_open_one_page(world: World) -> None:
    visitor = world.visitor()
    visitor.prepare("laser")
    before = len(world.sandbox.get("/control/stripe")["sessions"])

    answers = _clicks(visitor, lambda tab: tab.accept(follow=False))

    assert {answer.status_code for answer in answers} <= {302, 503}
    assert len(world.sandbox.get("/control/stripe")["sessions"]) == before + 1


def test_twenty_clicks_on_cancel_cancel_once(world: World) -> None:
    visitor = world.visitor()
    token = visitor.book("analyse")
    price = visitor.quoted_cents(token)

    answers = _clicks(visitor, lambda tab: tab.cancel(token, quoted_cents=price))

    assert {(answer.status_code, answer.url) for answer in answers} == {
        (200, f"{world.url}/a/{token}/")
    }
    assert _events(world, token).count("cancelled") == 1


def test_confirming_and_cancelling_at_once_ends_cancelled(world: World) -> None:
    visitor = world.visitor()
    token = visitor.book("analyse")
    price, yes, no = visitor.quoted_cents(token), visitor.copy(), visitor.copy()

    answers = at_once(
        [
            lambda: yes.post(f"/a/{token}/bevestigen/"),
            lambda: no.cancel(token, quoted_cents=price),
        ]
    )

    assert [answer.status_code for answer in answers] == [200, 200]
    status = "select status from bookings_appointment where token = %s"
    assert world.value(status, [token]) == "cancelled"
    events = _events(world, token)
    assert events.count("cancelled") == 1
    assert events.count("confirmed") <= 1


def _events(world: World, token: str) -> list[str]:
    rows = world.query(
        "select kind from bookings_appointmentevent e join bookings_appointment a"
        " on a.id = e.appointment_id where a.token = %s order by e.id",
        [token],
    )
    return [kind for (kind,) in rows]
