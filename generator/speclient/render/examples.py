"""A call that a README can show: the first operation that reads, with the document's own examples."""

from __future__ import annotations

from speclient.ir import Api, ArrayOf, Const, Operation, Parameter, Scalar, ScalarKind, TypeRef, UnionOf
from speclient.naming import Names
from speclient.render.escape import literal

_SAMPLES: dict[ScalarKind, object] = {
    ScalarKind.STRING: "abc", ScalarKind.INTEGER: 1, ScalarKind.NUMBER: 1.0, ScalarKind.BOOLEAN: True,
    ScalarKind.DATE: "2024-05-01", ScalarKind.DATE_TIME: "2024-05-01T12:00:00Z",
}  # fmt: skip


def example_call(api: Api, names: Names) -> str | None:
    """A program of a few lines, or None when no operation can be called without a body."""
    operation = next(
        (made for made in api.operations if made.method == "GET" and made.body is None and not made.deprecated),
        None,
    )
    if operation is None:
        return None
    own = names.operations[operation.key]
    given = ", ".join(_arguments(operation, names))
    credentials = dict.fromkeys(name for parts in names.credentials.values() for name in parts.values())
    needed = ", ".join(f'{name}="..."' for name in credentials) if operation.security else ""
    first = ".first_page()" if operation.paging is not None else ""
    call = f"client.{own.group}.{own.method}({given}){first}"
    return "\n".join([
        f"from {names.package} import {names.client}",
        "",
        f"with {names.client}({needed}) as client:",
        f"    result = {call}",
        "    print(result)",
    ])  # fmt: skip


def _arguments(operation: Operation, names: Names) -> list[str]:
    positional = {
        names.operations[operation.key].arguments[(p.place, p.name)] for p in operation.parameters if p.place == "path"
    }
    return [
        _shown(value) if name in positional else f"{name}={_shown(value)}"
        for name, value in example_arguments(operation, names).items()
    ]


def example_arguments(operation: Operation, names: Names) -> dict[str, object]:
    """A value for each argument that must be given, but the body."""
    own = names.operations[operation.key]
    return {
        own.arguments[(parameter.place, parameter.name)]: _sample(parameter)
        for parameter in operation.parameters
        if parameter.required
    }


def _shown(value: object) -> str:
    """A literal in the quotes that people write."""
    text = literal(value)
    if isinstance(value, str) and text == f"'{value}'" and '"' not in value:
        return f'"{value}"'
    return text


def _sample(parameter: Parameter) -> object:
    for value in (parameter.example, parameter.default):
        if value is not None:
            return list(value) if isinstance(value, tuple) else value
    return _of_type(parameter.type)


def _of_type(kind: TypeRef) -> object:
    match kind:
        case UnionOf(members):
            return _of_type(members[0])
        case ArrayOf(items):
            return [_of_type(items)]
        case Const(value):
            return value
        case Scalar():
            return _SAMPLES.get(kind.kind, "abc")
        case _:
            return "abc"
