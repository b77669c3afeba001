"""The facts of the documentation pages, and the judgement whether a spec states them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import jsonschema_rs

from .reading import HERE, NotThereError, Place, find, load, marked_members


@dataclass(frozen=True)
class Fact:
    """One thing that a page states, and where its spec states it."""

    spec: str
    page: str
    pointer: str
    expected: object

    def __str__(self) -> str:
        return f"{self.page}: {self.pointer or 'the document'}"


def facts_of(name: str) -> Iterator[Fact]:
    for page, groups in load(HERE / "facts" / f"{name}.yaml").items():
        assert isinstance(groups, list)
        for group in groups:
            starts = group["at"] if isinstance(group["at"], list) else [group["at"]]
            for start in starts:
                for rest, expected in group["facts"].items():
                    yield Fact(name, page, start + rest, expected)


def validator(document: Mapping[str, object], schema: object) -> jsonschema_rs.Draft202012Validator:
    """Judges instances of a schema that stands in a document, formats included."""
    whole = {"allOf": [schema], "components": document.get("components", {})}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def violation(document: Mapping[str, object], fact: Fact) -> str | None:
    """What the spec says instead of the fact; None when it states the fact."""
    expected = fact.expected
    absent = expected == {"$absent": True}
    try:
        _, found = find(document, fact.pointer)
    except NotThereError as error:
        return None if absent else str(error)
    if absent:
        return f"is there: {found!r}"
    if isinstance(expected, Mapping) and expected and set(expected) <= set(_JUDGES):
        remarks = [_JUDGES[name](document, found, wanted) for name, wanted in expected.items()]
        return "; ".join(remark for remark in remarks if remark) or None
    # `1 == True` in Python, hence the types as well.
    same = found == expected and type(found) is type(expected)
    return None if same else f"is {found!r}, not {expected!r}"


def _mentions(_document: Mapping[str, object], found: object, wanted: object) -> str | None:
    text = " ".join(str(found).split())
    return None if isinstance(found, str) and str(wanted) in text else f"does not mention {wanted!r}: {text!r}"


def _keys(document: Mapping[str, object], found: object, wanted: object) -> str | None:
    """The members of an object; others may be there if `x-source` marks them as not from the page."""
    assert isinstance(wanted, list)
    if not isinstance(found, Mapping):
        return f"is no object: {found!r}"
    missing = [name for name in wanted if name not in found]
    added = [name for name in found if name not in wanted and not _is_marked(document, found[name])]
    return f"lacks {missing}, adds {added} without a mark" if missing or added else None


def _is_marked(document: Mapping[str, object], value: object) -> bool:
    while isinstance(value, Mapping) and "x-source" not in value and "$ref" in value:
        _, value = find(document, str(value["$ref"]).removeprefix("#"))
    return isinstance(value, Mapping) and marked_members(value) is not None


def _accepts(document: Mapping[str, object], found: object, wanted: object) -> str | None:
    assert isinstance(wanted, list)
    judge = validator(document, found)
    refused = [value for value in wanted if not judge.is_valid(value)]
    return f"refuses {refused}" if refused else None


def _present(_document: Mapping[str, object], _found: object, wanted: object) -> str | None:
    return None if wanted is True else f"$present takes true, not {wanted!r}"


Judge = Callable[[Mapping[str, object], object, object], "str | None"]

_JUDGES: Final[Mapping[str, Judge]] = {
    "$accepts": _accepts,
    "$keys": _keys,
    "$mentions": _mentions,
    "$present": _present,
}


def covered(document: Mapping[str, object], fact: Fact) -> Place | None:
    """The place that a fact vouches for, with all below it; None when it looks at one level only."""
    if isinstance(fact.expected, Mapping) and {"$keys", "$present", "$absent"} & set(fact.expected):
        return None
    return find(document, fact.pointer)[0]
