"""Writing and reading rows by the thousand, past the models: COPY, and one UPDATE."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection, models
from psycopg import sql

Values = dict[str, Any]  # by the names of the columns
Model = type[models.Model]


def key_column(model: Model) -> str:
    """Return the name of the primary key."""
    return str(model._meta.pk.column)  # noqa: SLF001


def read(model: Model, columns: Sequence[str], *, where: str = "") -> list[tuple[Any, ...]]:
    """Return these columns of the rows as PostgreSQL has them, without making models of them."""
    query = sql.SQL("SELECT {} FROM {}").format(_names(columns), _table(model))
    if where:
        query += sql.SQL(f" WHERE {where}")
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def insert(model: Model, rows: Sequence[Values]) -> list[int]:
    """Insert rows, with the defaults for what each leaves out; return their ids in order."""
    if not rows:
        return []
    key = key_column(model)
    if key not in rows[0]:
        ids = _reserve(model, len(rows))
        rows = [{**row, key: pk} for row, pk in zip(rows, ids, strict=True)]
    always = set(rows[0]).intersection(*rows)
    fields = model._meta.local_concrete_fields  # noqa: SLF001
    makers = {str(one.column): _maker(one) for one in fields if one.column not in always}
    names = [*always, *makers]
    values = ([row[c] if c in row else makers[c]() for c in names] for row in rows)
    _copy(_table(model), names, values)
    return [row[key] for row in rows]


def update(model: Model, rows: Sequence[Values]) -> None:
    """Update rows, found by their primary key; each names the same columns."""
    if not rows:
        return
    key, columns = key_column(model), list(rows[0])
    spare = sql.Identifier(f"importing_{model._meta.db_table}")  # noqa: SLF001
    make = sql.SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA")
    with connection.cursor() as cursor:
        cursor.execute(make.format(spare, _names(columns), _table(model)))
        _copy(spare, columns, ([row[c] for c in columns] for row in rows))
        sets = [
            sql.SQL("{0} = spare.{0}").format(sql.Identifier(one)) for one in columns if one != key
        ]
        cursor.execute(
            sql.SQL("UPDATE {} AS t SET {} FROM {} AS spare WHERE t.{} = spare.{}").format(
                _table(model), sql.SQL(", ").join(sets), spare, *2 * [sql.Identifier(key)]
            )
        )
        cursor.execute(sql.SQL("DROP TABLE {}").format(spare))


def delete(model: Model, column: str, ids: Sequence[int]) -> None:
    """Delete the rows in which this column has one of these numbers."""
    if not ids:
        return
    query = sql.SQL("DELETE FROM {} WHERE {} = ANY(%s)")
    with connection.cursor() as cursor:
        cursor.execute(query.format(_table(model), sql.Identifier(column)), [list(ids)])


def count_anew(*tables: Model) -> None:
    """Have PostgreSQL look how many rows there are now, or it plans for the tables of before."""
    with connection.cursor() as cursor:
        names = sql.SQL(", ").join(_table(model) for model in tables)
        cursor.execute(sql.SQL("ANALYZE {}").format(names))


def _reserve(model: Model, count: int) -> list[int]:
    key = key_column(model)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [model._meta.db_table, key, count],  # noqa: SLF001
        )
        return [pk for (pk,) in cursor.fetchall()]


def _maker(column: "models.Field[Any, Any]") -> Callable[[], Any]:
    """Return what makes the default of a column; a constant is made once."""
    if callable(column.default) and column.default not in (dict, list):
        return column.get_default
    value = column.get_db_prep_save(column.get_default(), connection)
    return lambda: value


def _copy(table: sql.Composable, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    query = sql.SQL("COPY {} ({}) FROM STDIN").format(table, _names(columns))
    # Django knows nothing of COPY: the errors are made its own here.
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(query) as copy,
    ):
        for row in rows:
            copy.write_row(row)


def _table(model: Model) -> sql.Identifier:
    return sql.Identifier(model._meta.db_table)  # noqa: SLF001


def _names(columns: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(one) for one in columns)
