"""A call that a README can show: the first operation that reads, with the document's own examples."""

from __future__ import annotations

from collections.abc import Sequence

from speclient.ir import Api, Operation, Parameter, Scalar, ScalarKind, UnionOf
from speclient.naming import Names
from speclient.render.escape import literal
from speclient.render.methods import GroupView

_SAMPLES: dict[ScalarKind, object] = {
    ScalarKind.STRING: "abc", ScalarKind.INTEGER: 1, ScalarKind.NUMBER: 1.0, ScalarKind.BOOLEAN: True,
    ScalarKind.DATE: "2024-05-01", ScalarKind.DATE_TIME: "2024-05-01T12:00:00Z",
}  # fmt: skip


def example_call(api: Api, names: Names, groups: Sequence[GroupView]) -> str | None:
    """A program of a few lines, or None when no operation can be called without a body."""
    operation = next(
        (made for made in api.operations if made.method == "GET" and made.body is None and not made.deprecated), None
    )
    if operation is None:
        return None
    own = names.operations[operation.key]
    given = ", ".join(_arguments(operation, names))
    credentials = dict.fromkeys(name for parts in names.credentials.values() for name in parts.values())
    needed = ", ".join(f'{name}="..."' for name in credentials) if operation.security else ""
    return "\n".join([
        f"from {names.package} import {names.client}",
        "",
        f"with {names.client}({needed}) as client:",
        f"    result = client.{own.group}.{own.method}({given})",
        "    print(result)",
    ])  # fmt: skip


def _arguments(operation: Operation, names: Names) -> list[str]:
    own = names.operations[operation.key]
    found: list[str] = []
    for parameter in operation.parameters:
        if not parameter.required:
            continue
        value = literal(_sample(parameter))
        name = own.arguments[(parameter.place, parameter.name)]
        found.append(value if parameter.place == "path" else f"{name}={value}")
    return found


def _sample(parameter: Parameter) -> object:
    for value in (parameter.example, parameter.default):
        if value is not None:
            return list(value) if isinstance(value, tuple) else value
    kind = parameter.type
    if isinstance(kind, UnionOf):
        kind = next((member for member in kind.members if isinstance(member, Scalar)), kind)
    return _SAMPLES.get(kind.kind, "abc") if isinstance(kind, Scalar) else "abc"
