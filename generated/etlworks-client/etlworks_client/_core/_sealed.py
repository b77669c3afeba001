"""Secret values that show in no `repr`, so that tracebacks with local variables don't hold them."""

from __future__ import annotations

from typing import Any


class Sealed:
    """A value that a function or a service gave for a credential. Two are equal when their values are."""

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
    """A credential that the caller gave; `label` names the argument and the environment variable that it came by."""

    label: str = "the credential"

    def __repr__(self) -> str:
        return "<secret>"
