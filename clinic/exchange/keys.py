"""Under which ids rows are exported: the other system's own, or ours where there is none."""

from collections.abc import Mapping

from django.db.models import Model

Keys = Mapping[int, str]


def keys_of(model: type[Model], *, prefixes: tuple[str, ...] = ()) -> Keys:
    """Return the id of each row, by its primary key; no two rows have the same one.

    :param prefixes: what may stand before the other system's id, and was not part of it
    """
    rows = model._default_manager.order_by("pk").values_list("pk", "import_key")
    theirs = {pk: _without(prefixes, key or "") for pk, key in rows}
    taken = {key for key in theirs.values() if key}
    return {pk: key or _free(f"kliniek-{pk}", taken) for pk, key in theirs.items()}


def _without(prefixes: tuple[str, ...], key: str) -> str:
    prefix = next((one for one in prefixes if key.startswith(one)), "")
    return key.removeprefix(prefix)


def _free(key: str, taken: set[str]) -> str:
    # Taken when rows were imported from another clinic's export.
    while key in taken:
        key += "-"
    return key
