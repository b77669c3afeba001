"""Names of environment variables, and which of them belong to other programs."""

from __future__ import annotations

from collections.abc import Collection
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files


def variable_of(prefix: str, argument: str, allowed: Collection[str] = ()) -> str | None:
    """The environment variable of a constructor argument; None for one of another program that is not allowed.

    A document chooses the prefix, and where the value is sent. `AWS` and `secret_access_key` would be one of these.
    """
    name = f"{prefix}_{argument.upper().strip('_')}"
    return None if is_foreign(name) and name not in allowed else name


def is_foreign(variable: str) -> bool:
    """Whether other programs keep credentials or settings in an environment variable."""
    return any(fnmatchcase(variable, pattern) for pattern in _patterns())


@cache
def _patterns() -> tuple[str, ...]:
    text = (files("speclient.naming") / "foreign_variables.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))
