"""The load runner, against a small server of this machine."""

import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench import load
from bench.load import Burst, Request, Unexpected, fetch, turns


class Handler(BaseHTTPRequestHandler):
    """Answers 200 to what it is asked, 201 to what it is given, and drops the rest."""

    protocol_version = "HTTP/1.1"
    seen: Counter[str] = Counter()

    def do_GET(self):
        self.seen[self.path] += 1
        self.answer(500 if self.path == "/broken" else 200)

    def do_POST(self):
        if self.path == "/dropped":
            self.close_connection = True
            return
        self.seen[self.rfile.read(int(self.headers["Content-Length"])).decode()] += 1
        self.answer(201)

    def answer(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


@pytest.fixture
def port():
    Handler.seen.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def test_each_request_is_asked_in_turn(port):
    times = turns([Request(port, "/a"), Request(port, "/b")], rounds=4, seconds=30)

    assert [len(taken) for taken in times] == [4, 4]
    assert Handler.seen == {"/a": 7, "/b": 7}  # with three to warm up


def test_no_round_begins_after_the_time_is_up(port):
    times = turns([Request(port, "/a")], rounds=1_000, seconds=0)

    assert len(times[0]) == 1
    assert Handler.seen == {"/a": 1}


def burst(requests: Sequence[Request]) -> Burst:
    """Send all at once, from a thread in which no browser's driver has left a loop running."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(load.burst, requests).result()


def test_every_client_of_a_burst_is_counted(port):
    answers = burst([Request(port, "/", "POST", f"client {n}".encode()) for n in range(30)])

    assert (answers.count(201), answers.errors) == (30, 0)
    assert Handler.seen == {f"client {n}": 1 for n in range(30)}


def test_failures_are_errors(port):
    answers = burst([Request(port, "/broken"), Request(port, "/dropped", "POST", b"{}")])

    assert [answer.status for answer in answers.answers] == [500, 0]
    assert answers.errors == 2


def test_only_a_good_answer_is_measured(port):
    with pytest.raises(Unexpected, match=r"^/broken answered 500 {}$"):
        fetch(Request(port, "/broken"))
