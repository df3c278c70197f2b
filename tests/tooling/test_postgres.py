"""The embedded PostgreSQL: starts, stops, survives, and keeps to itself."""

import os
import signal
import stat
from pathlib import Path

import environ
import psycopg

from tests.tooling.checkouts import Checkout


def connect(url: str) -> "psycopg.Connection[tuple[object, ...]]":
    """Connect as Django does, by way of django-environ."""
    config = environ.Env.db_url_config(url)
    return psycopg.connect(
        host=config["HOST"], user=config["USER"], dbname=config["NAME"], autocommit=True
    )


def start(checkout: Checkout, name: str) -> str:
    answer = checkout.run("postgres", "start", "--name", name)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()


def test_data_survives_a_stop_and_a_kill(checkout: Checkout) -> None:
    url = start(checkout, "run")
    with connect(url) as connection:
        connection.execute("create table kept (word text)")
        connection.execute("insert into kept values ('één'), ('twee')")

    assert checkout.run("postgres", "stop").returncode == 0
    assert checkout.processes() == []

    assert start(checkout, "run") == url
    with connect(url) as connection:
        row = connection.execute("select pg_read_file('postmaster.pid')").fetchone()
    assert row
    os.kill(int(str(row[0]).split("\n", 1)[0]), signal.SIGKILL)

    assert start(checkout, "run") == url
    with connect(url) as connection:
        assert connection.execute("select word from kept").fetchall() == [("één",), ("twee",)]


def test_tests_have_a_faster_server_of_their_own(checkout: Checkout) -> None:
    urls = [start(checkout, name) for name in ("run", "test")]

    settings = []
    for url in urls:
        with connect(url) as connection:
            settings.append([_shown(connection, name) for name in ("fsync", "server_encoding")])

    assert settings == [["on", "UTF8"], ["off", "UTF8"]]
    assert urls[0] != urls[1]


def test_nobody_else_reaches_the_socket(checkout: Checkout) -> None:
    sockets = Path(environ.Env.db_url_config(start(checkout, "run"))["HOST"])

    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert len(os.fsencode(sockets / ".s.PGSQL.5432")) < 100


def test_a_socket_folder_of_somebody_else_is_refused(checkout: Checkout) -> None:
    sockets = Path(
        environ.Env.db_url_config(checkout.run("postgres", "url").stdout.strip())["HOST"]
    )
    sockets.rmdir()
    sockets.symlink_to(checkout.path)

    answer = checkout.run("postgres", "start")

    sockets.unlink()
    assert answer.returncode == 1
    assert "is not a folder of this user" in answer.stderr
    assert "Traceback" not in answer.stderr


def _shown(connection: "psycopg.Connection[tuple[object, ...]]", name: str) -> object:
    row = connection.execute(f"show {name}").fetchone()
    return row and row[0]
