"""Nested form parameters, `a[b][0][c]=d`, into plain dicts."""

import re
from typing import Any
from urllib.parse import parse_qsl

from sandbox.stripe_api.refusal import Refused

NAME = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")


def decode(encoded: str) -> dict[str, Any]:
    """Return the parameters as dicts of dicts and strings; lists are dicts with number keys."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        _put(tree, _steps(name), value, name=name)
    return tree


def _steps(name: str) -> list[str]:
    found = NAME.match(name)
    if not found:
        raise Refused(f"Invalid parameter name: {name}", param=name, before_work=True)
    return [found[1], *re.findall(r"\[([^\[\]]*)\]", found[2])]


def _put(tree: dict[str, Any], steps: list[str], value: str, *, name: str) -> None:
    for step in steps[:-1]:
        tree = tree.setdefault(step or str(len(tree)), {})
        if not isinstance(tree, dict):
            raise Refused(f"Invalid object: {name}", param=name, before_work=True)
    last = steps[-1] or str(len(tree))
    if isinstance(tree.get(last), dict):
        raise Refused(f"Invalid object: {name}", param=name, before_work=True)
    tree[last] = value
