"""References between resources: a property `job_id` names a resource of the collection `/jobs`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from speclient.mock.resources import CollectionPlan, Key
from speclient.values.wanted import plain


def find_references(
    plan: CollectionPlan, properties: Sequence[str], collections: Mapping[Key, CollectionPlan]
) -> tuple[tuple[str, Key], ...]:
    """The properties of the resources of a collection that name resources of another one, with its key.

    Only collections that are not below other resources count, and only names that fit one of them.
    """
    by_name: dict[str, set[Key]] = {}
    for key, other in collections.items():
        if key and "{}" not in key and other.is_discoverable and other.place is not None:
            for name in _names(other):
                by_name.setdefault(name, set()).add(key)
    found: list[tuple[str, Key]] = []
    for name in properties:
        keys = by_name.get(plain(name), set())
        if len(keys) == 1 and name != plan.identity and plan.key not in keys:
            found += [(name, key) for key in keys]
    return tuple(found)


def _names(plan: CollectionPlan) -> Iterable[str]:
    """How properties of other resources name a resource: `jobid`, from the path and from its parameter."""
    word = plain(plan.key[-1])
    singular = f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s")
    names = {f"{singular}id", *(plain(name) for name in plan.id_names)}
    return {name for name in names if name.endswith("id") and name not in ("id", "uuid", "guid", "sid")}
