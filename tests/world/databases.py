"""A database for each world: a copy of one that was migrated and filled once."""

import atexit
import os
import subprocess
import sys
from functools import cache
from itertools import count
from typing import Any

import psycopg
from environ import Env

from sandbox.places import CHECKOUT

_numbers = count(1)


def connect(url: str) -> psycopg.Connection[Any]:
    """Open a connection of the test's own, each statement a transaction of its own."""
    found = Env.db_url_config(url)
    return psycopg.connect(
        host=found["HOST"] or None,
        port=found["PORT"] or None,
        user=found["USER"],
        password=found["PASSWORD"] or None,
        dbname=found["NAME"],
        autocommit=True,
    )


def address_of(name: str) -> str:
    """Return the address of another database on the same server."""
    return f"{_given().rpartition('/')[0]}/{name}"


def fresh() -> str:
    """Make a database with the small clinic in it, and return its address."""
    return _made(f"world_{next(_numbers)}", template=_template())


def drop(url: str) -> None:
    """Remove a database, whoever may still be connected to it."""
    with connect(_given()) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{_name(url)}" WITH (FORCE)')


@cache
def _template() -> str:
    """Migrate and fill a database once for all worlds of this test run; return its name."""
    url = _made("world_template", template="template0")
    atexit.register(drop, url)
    environment = {**os.environ, "DATABASE_URL": url}
    fill = "from tests.world_rows import small_clinic; small_clinic()"
    for command in (["migrate", "--verbosity", "0"], ["shell", "--no-imports", "-c", fill]):
        manage = [sys.executable, "manage.py", *command]
        subprocess.run(manage, cwd=CHECKOUT, env=environment, check=True)
    return _name(url)


def _made(suffix: str, *, template: str) -> str:
    # Tests may run in several processes, each with worlds of its own.
    url = f"{_given()}_{os.environ.get('PYTEST_XDIST_WORKER', 'only')}_{suffix}"
    drop(url)
    with connect(_given()) as server:
        server.execute(f'CREATE DATABASE "{_name(url)}" TEMPLATE "{template}"')
    return url


def _given() -> str:
    """Return the address of the database that the tests were given, without its options."""
    return os.environ["DATABASE_URL"].partition("?")[0]


def _name(url: str) -> str:
    return url.rpartition("/")[2]
