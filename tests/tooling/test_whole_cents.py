"""Money is whole cents: no float comes near it, in the code or in the tables."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

ROOT = Path(__file__).parents[2]
#: Where amounts are reckoned with. Shares, charts and seconds live elsewhere.
MONEY = (
    *sorted((ROOT / "payments").rglob("*.py")),
    ROOT / "bookings/terms.py",
    ROOT / "bookings/asked.py",
    ROOT / "bookings/freed.py",
    ROOT / "clinic/policy.py",
    ROOT / "clinic/evidence.py",
    ROOT / "clinic/office/agreements.py",
    ROOT / "clinic/office/books.py",
    ROOT / "clinic/office/money.py",
    ROOT / "clinic/portal/costs.py",
    ROOT / "clinic/portal/paying.py",
)
INTEGERS = (models.PositiveIntegerField, models.IntegerField, models.BigIntegerField)


def floats_in(source: str) -> list[int]:
    """Return the lines that make a float: a literal, a division, or the name."""
    found = []
    for node in ast.walk(ast.parse(source)):
        literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
        divided = isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)
        named = isinstance(node, ast.Name) and node.id in ("float", "round")
        if literal or divided or named:
            found.append(getattr(node, "lineno", 0))
    return found


@pytest.mark.parametrize("path", MONEY, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_float_touches_money(path):
    assert floats_in(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source", ["x = 1.5", "x = cents / 2", "x /= 2", "x = float(cents)", "x = round(cents)"]
)
def test_a_float_would_be_found(source):
    assert floats_in(source) == [1]


def test_every_amount_in_the_tables_is_whole():
    wrong = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.name.endswith("_cents") and not isinstance(field, INTEGERS)
    ]
    amounts = [
        field.name
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.name.endswith("_cents")
    ]
    assert wrong == []
    assert len(amounts) > 20
