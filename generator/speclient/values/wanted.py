"""Values that properties should have where their schemas allow them: of the request, or of the error to describe."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

Wanted = Callable[[str], Sequence[Any]]
"""Name of a property -> preferred values, best first; a value that its schema does not allow is skipped."""

_SHORT = frozenset({"error", "title", "summary", "reason", "phrase"})
_LONG = frozenset({"message", "messages", "detail", "details", "description", "cause", "explanation", "msg"})
_NUMBER = frozenset({"status", "code"})


def nothing(_: str) -> Sequence[Any]:
    """No property should have a particular value."""
    return ()


def named(values: Mapping[str, Any]) -> Wanted:
    """The values of parameters, for properties of the same names in any spelling."""
    by_name = {plain(name): (value,) for name, value in values.items()}
    return lambda name: by_name.get(plain(name), ())


def error(status: int, detail: str) -> Wanted:
    """The status and the texts of an error, for the properties whose names and types can hold them."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Error"

    def candidates(name: str) -> Sequence[Any]:
        words = set(words_of(name))
        if words & _NUMBER:
            return (status, str(status))
        if words & _LONG:
            return (detail, phrase)
        return (phrase, detail) if words & _SHORT else ()

    return candidates


@functools.lru_cache(maxsize=8192)
def plain(name: str) -> str:
    """The name of a property for comparison: `user_id`, `userId` and `UserID` are equal."""
    return name.lower().replace("_", "").replace("-", "")


def words_of(name: str) -> list[str]:
    """The words of a name, in lower case."""
    return re.findall(r"[a-z0-9]+", re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", name).lower())
