"""A database of its own for each system, on the server that DATABASE_URL names."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import environ
import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo


@dataclass(frozen=True, slots=True)
class Database:
    """One database, as our settings, libpq and ourselves find it."""

    name: str
    host: str
    port: str
    user: str
    password: str

    @property
    def url(self) -> str:
        """The address as django-environ reads it."""
        who = quote(self.user, safe="") + (
            f":{quote(self.password, safe='')}" if self.password else ""
        )
        if self.host.startswith("/"):
            return f"postgres://{who}@/{self.host}/{self.name}"
        return f"postgres://{who}@{self.host}:{self.port or 5432}/{self.name}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables from which every PostgreSQL driver takes what it was not told."""
        found = {
            "PGDATABASE": self.name,
            "PGHOST": self.host,
            "PGPORT": self.port,
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
        }
        return {name: value for name, value in found.items() if value}

    def connect(self) -> psycopg.Connection:
        """Open a connection on which every statement counts at once."""
        return psycopg.connect(
            make_conninfo(
                dbname=self.name,
                host=self.host or None,
                port=self.port or None,
                user=self.user or None,
                password=self.password or None,
            ),
            autocommit=True,
        )

    def value(self, query: str, parameters: Sequence[object] = ()) -> object:
        """Return the one value that a query answers with."""
        with self.connect() as connection:
            row = connection.execute(query.encode(), parameters).fetchone()
        assert row
        return row[0]

    def rows(self, query: str, parameters: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """Return every row that a query answers with."""
        with self.connect() as connection:
            return connection.execute(query.encode(), parameters).fetchall()

    def settle(self) -> None:
        """Let PostgreSQL learn what was loaded, as it would have by itself after a while."""
        with self.connect() as connection:
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")


@contextlib.contextmanager
def new_database(name: str) -> Iterator[Database]:
    """Make an empty database, and drop it afterwards."""
    home = _given()
    made = Database(name, home.host, home.port, home.user, home.password)
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with home.connect() as connection:
        connection.execute(drop)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield made
    finally:
        with home.connect() as connection:
            connection.execute(drop)


def _given() -> Database:
    found = environ.Env.db_url_config(os.environ["DATABASE_URL"])
    return Database(
        **{part: str(found.get(part.upper()) or "") for part in Database.__dataclass_fields__}
    )
