"""Secret values that `repr` hides, so that tracebacks with local variables do not contain them."""

from __future__ import annotations

from typing import Any


class Sealed:
    """A credential from a function or a service. Two are equal if their values are."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and self.value == other.value

    def __hash__(self) -> int:
        return hash(self.value)

    def __repr__(self) -> str:
        return "<secret>"


class Credential(str):
    """A credential from the caller. `label` names the argument and the environment variable."""

    label: str = "the credential"

    def __repr__(self) -> str:
        return "<secret>"
