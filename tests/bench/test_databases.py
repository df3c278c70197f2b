"""A database of its own for each system."""

import environ
import pytest

from bench.databases import Database, new_database


@pytest.mark.parametrize(
    ("case", "database", "url"),
    [
        ("socket", Database("a", "/tmp/x", "", "me", ""), "postgres://me@//tmp/x/a"),
        ("host", Database("a", "db", "5433", "me", "s:/"), "postgres://me:s%3A%2F@db:5433/a"),
    ],
)
def test_address_is_read_as_it_was_meant(case, database, url):
    found = environ.Env.db_url_config(database.url)

    assert database.url == url
    assert (found["NAME"], found["HOST"], found["USER"]) == (
        database.name,
        database.host,
        database.user,
    )
    assert found["PASSWORD"] == database.password


def test_database_is_there_and_then_gone():
    query = "SELECT count(*) FROM pg_database WHERE datname = 'bench_of_a_test'"
    with new_database("bench_of_a_test") as database:
        assert database.value("SELECT current_database()") == "bench_of_a_test"
        assert database.rows(query) == [(1,)]

    with new_database("bench_of_another") as other:
        assert other.value(query) == 0
