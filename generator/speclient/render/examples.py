"""Programs of a few lines that call one operation, for README and reference."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from speclient.ir import (
    AliasSchema,
    Api,
    ArrayOf,
    Const,
    EnumSchema,
    Named,
    ObjectSchema,
    Operation,
    Property,
    Sample,
    Scalar,
    ScalarKind,
    Schema,
    TupleOf,
    TypeRef,
    UnionOf,
)
from speclient.naming import Names
from speclient.render.escape import literal
from speclient.render.methods import MethodView, elements_of, error_class, success_media

_WIDTH = 88
_MOST_ITEMS = 3
_WAIT = 600
_TELLING = ("id", "name", "status", "state", "title", "url", "count", "total", "message")
"""Members that say most of an object, the best first."""
_NO_SAMPLE = Sample(missing="no values were looked for")
_ERRORS = (404, 400, 422, 409, 403, 401, 429)
"""The errors that a caller meets, in the order in which one of them is shown."""


class Examples:
    """Writes the examples of one package.

    Args:
        api: the ir.
        names: all names.
        fields: schema id -> the attributes that its class has; other schemas are no classes.
    """

    def __init__(self, api: Api, names: Names, fields: Mapping[str, Collection[str]]) -> None:
        self._names = names
        self._samples = {operation.key: _NO_SAMPLE for operation in api.operations} | dict(api.samples)
        self._fields = fields
        self._schemas: dict[str, Schema] = {schema.id: schema for schema in api.schemas}
        self._kinds = {scheme.id: scheme.kind for scheme in api.security_schemes}

    def missing(self, operation: Operation) -> str | None:
        """Why there is no example."""
        return self._samples[operation.key].missing

    def program(self, operation: Operation, method: MethodView) -> str | None:
        """A whole program, or None when no valid values are known."""
        if self.missing(operation) is not None:
            return None
        client = self._names.client
        return "\n".join([
            f"from {self._names.package} import {client}",
            "",
            f"with {client}({self._credentials(operation)}) as client:",
            *_indented(self._statements(operation, method, "")),
        ])  # fmt: skip

    def async_program(self, operation: Operation, method: MethodView) -> str:
        """The same with the asynchronous client."""
        client = f"Async{self._names.client}"
        return "\n".join([
            "import asyncio",
            "",
            f"from {self._names.package} import {client}",
            "",
            "",
            "async def main() -> None:",
            f"    async with {client}({self._credentials(operation)}) as client:",
            *_indented(self._statements(operation, method, "async"), 8),
            "",
            "",
            "asyncio.run(main())",
        ])  # fmt: skip

    def error_program(self, operation: Operation, method: MethodView) -> str:
        """A program that catches an error which the operation documents."""
        client, error = self._names.client, _shown_error(operation)
        first, second = sorted((client, error))
        return "\n".join([
            f"from {self._names.package} import {first}, {second}",
            "",
            f"with {client}({self._credentials(operation)}) as client:",
            "    try:",
            *_indented(self._statements(operation, method, ""), 8),
            f"    except {error} as error:",
            "        print(error.status_code, error)",
        ])  # fmt: skip

    def arguments(self, operation: Operation) -> dict[str, Any]:
        """The values by argument, as JSON; what can't be given as JSON is given as text."""
        given = {name: _jsonable(value) for name, value in self._given(operation).items()}
        # An array of a fixed length is a tuple to the type checker only.
        return {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}

    # -- the call -----------------------------------------------------------------------------------------------

    def _given(self, operation: Operation) -> dict[str, Any]:
        sample, own = self._samples[operation.key], self._names.operations[operation.key]
        types = {(parameter.place, parameter.name): parameter.type for parameter in operation.parameters}
        given = {
            own.arguments[(place, name)]: self._typed(types[(place, name)], value)
            for place, name, value in sample.arguments
        }
        if sample.media is not None and operation.body is not None:
            media = next(media for media in operation.body.media if media.name == sample.media)
            given["body"] = self._typed(media.type, sample.body) if media.kind == "json" else sample.body
            if media is not operation.body.media[0]:
                given["content_type"] = media.name
        return given

    def _typed(self, ref: TypeRef, value: Any, depth: int = 0) -> Any:
        """JSON data as the argument's type has it: tuples where lengths are fixed, whole numbers without a point."""
        match ref:
            case Named(schema) if depth < 20:
                found = self._schemas.get(schema)
                return self._typed(found.type, value, depth + 1) if isinstance(found, AliasSchema) else value
            case TupleOf(items) if isinstance(value, list) and len(value) == len(items):
                return tuple(self._typed(item, each, depth + 1) for item, each in zip(items, value, strict=True))
            case ArrayOf(items) if isinstance(value, list):
                return [self._typed(items, each, depth + 1) for each in value]
            case Scalar(ScalarKind.INTEGER) if isinstance(value, float) and value.is_integer():
                return int(value)
            case _:
                return value

    def _call(
        self, operation: Operation, method: MethodView, name: str, frame: tuple[str, str], **more: int
    ) -> list[str]:
        """A call of a method of the operation, between two texts; on one line if it fits."""
        given = self._given(operation)
        positional = [view.name for view in method.arguments if view.positional and view.name in given]
        ordered = [view.name for view in method.arguments if view.name in given]
        parts = [
            # One path parameter is plain, several would be a riddle.
            ("" if positional == [each] else f"{each}=", given[each])
            for each in ordered
        ]
        parts += [(f"{each}=", value) for each, value in more.items()]
        group = self._names.operations[operation.key].group
        return _laid_out(f"{frame[0]}client.{group}.{name}(", parts, f"){frame[1]}")

    def _credentials(self, operation: Operation) -> str:
        wanted = next((requirement for requirement in operation.security if requirement), ())
        given: dict[str, None] = {}
        for scheme in wanted:
            for part, name in self._names.credentials.get(scheme, {}).items():
                # A token at hand is less than the id and the secret that get one.
                if self._kinds.get(scheme) != "oauth2" or part == "token":
                    given[name] = None
        return ", ".join(f'{name}="..."' for name in given)

    # -- what is done with the result ---------------------------------------------------------------------------

    def _statements(self, operation: Operation, method: MethodView, keyword: str) -> list[str]:
        loop = f"{keyword} for".strip()
        wait = "await " if keyword else ""
        if operation.pagination is not None:
            items = [item for ref in self._results(operation) for item in self._items(operation, ref)]
            lines = self._call(operation, method, method.name, (f"{loop} item in ", ":"), max_items=_MOST_ITEMS)
            lines.append(f"    print({self._shown('item', items)})")
        elif method.stream == method.name:
            lines = self._streamed(operation, method, loop)
        else:
            lines = self._plain(operation, method, wait)
            if method.stream is not None:
                lines += self._streamed(operation, method, loop)
        if method.wait is not None:
            lines.append("# Or wait until the state is final:")
            lines += self._call(operation, method, method.wait, (f"last = {wait}", ""), wait_timeout=_WAIT)
            lines.append("print(last)")
        return lines

    def _streamed(self, operation: Operation, method: MethodView, loop: str) -> list[str]:
        lines = self._call(operation, method, method.stream or method.name, (f"{loop} item in ", ":"))
        return [*lines, f"    print({'item.data' if method.items.startswith('Event[') else 'item'})"]

    def _plain(self, operation: Operation, method: MethodView, wait: str) -> list[str]:
        if method.result == "None":
            return self._call(operation, method, method.name, (wait, ""))
        if method.result == "bytes":
            return [*self._call(operation, method, method.name, (f"data = {wait}", "")), "print(len(data))"]
        results = self._results(operation)
        found = self._followed(results[0]) if len(results) == 1 and "|" not in method.result else None
        if isinstance(found, ArrayOf) and self._telling(found.items) is not None:
            lines = self._call(operation, method, method.name, (f"for item in {wait}", ":"))
            return [*lines, f"    print({self._shown('item', [found.items])})"]
        lines = self._call(operation, method, method.name, (f"result = {wait}", ""))
        return [*lines, f"print({self._shown('result', results if found is not None else [])})"]

    def _results(self, operation: Operation) -> list[TypeRef]:
        """The types of a good answer with a JSON body."""
        chosen = operation.response_by
        if chosen is not None:
            return [chosen.cases[0][1]]
        return [item.type for media in success_media(operation) for item in media if item.kind == "json"]

    def _items(self, operation: Operation, ref: TypeRef) -> Iterable[TypeRef]:
        assert operation.pagination is not None
        return elements_of(ref, operation.pagination.items, self._schemas)

    def _followed(self, ref: TypeRef) -> TypeRef:
        for _ in range(20):
            found = self._schemas.get(ref.schema) if isinstance(ref, Named) else None
            if not isinstance(found, AliasSchema):
                break
            ref = found.type
        return ref

    def _shown(self, variable: str, refs: Sequence[TypeRef]) -> str:
        """The variable, or the member of it that says most."""
        telling = self._telling(refs[0]) if len(refs) == 1 else None
        return variable if telling is None else f"{variable}.{telling}"

    def _telling(self, ref: TypeRef) -> str | None:
        followed = self._followed(ref)
        found = self._schemas.get(followed.schema) if isinstance(followed, Named) else None
        if not isinstance(found, ObjectSchema):
            return None
        attributes, known = self._names.fields.get(found.id, {}), frozenset(self._fields.get(found.id, ()))
        usable = [made for made in found.properties if self._is_scalar(made) and attributes.get(made.name) in known]
        usable.sort(key=lambda made: (_rank(made), not made.required))
        best = usable[0] if usable else None
        return attributes[best.name] if best is not None and (best.required or _rank(best) < len(_TELLING)) else None

    def _is_scalar(self, member: Property) -> bool:
        if member.secret or member.write_only:
            return False
        kind = self._followed(member.type)
        return (
            isinstance(kind, (Scalar, Const))
            or (isinstance(kind, Named) and isinstance(self._schemas.get(kind.schema), EnumSchema))
            or (isinstance(kind, UnionOf) and all(isinstance(each, (Scalar, Const)) for each in kind.members))
        )


def _rank(member: Property) -> int:
    name = member.name.lower()
    return _TELLING.index(name) if name in _TELLING else len(_TELLING)


def _shown_error(operation: Operation) -> str:
    statuses = [int(answer.status) for answer in operation.responses if answer.status.isdigit()]
    best = next((status for status in _ERRORS if status in statuses), None)
    return error_class(str(best)) if best is not None else "StatusError"


def _jsonable(value: Any) -> Any:
    """The same with text for bytes."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, dict):
        return {key: _jsonable(item) for key, item in value.items()}
    return [_jsonable(item) for item in value] if isinstance(value, (list, tuple)) else value


# -- layout ----------------------------------------------------------------------------------------------------


def _indented(lines: Iterable[str], by: int = 4) -> list[str]:
    return [f"{' ' * by}{line}" for line in lines]


def _laid_out(before: str, parts: Sequence[tuple[str, Any]], after: str, indent: int = 0) -> list[str]:
    """Brackets with what stands in them, on one line if it fits, else each part on its own."""
    line = before + ", ".join(f"{name}{shown(value)}" for name, value in parts) + after
    if len(line) + indent + 4 <= _WIDTH or not parts:
        return [line]
    lines = [before]
    for name, value in parts:
        lines += _indented(_nested(name, value, indent + 4))
    return [*lines, after]


def _nested(name: str, value: Any, indent: int) -> list[str]:
    if isinstance(value, dict) and value:
        items = [(f"{shown(key)}: ", item) for key, item in value.items()]
        return _laid_out(f"{name}{{", items, "},", indent)
    if isinstance(value, (list, tuple)) and value:
        before, after = ("[", "],") if isinstance(value, list) else ("(", ",)," if len(value) == 1 else "),")
        return _laid_out(f"{name}{before}", [("", item) for item in value], after, indent)
    return [f"{name}{shown(value)},"]


def shown(value: Any) -> str:
    """A literal in the quotes that people write."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{shown(key)}: {shown(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(shown, value)) + "]"
    if isinstance(value, tuple):
        return f"({', '.join(map(shown, value))}{',' if len(value) == 1 else ''})"
    text = literal(value)
    if isinstance(value, (str, bytes)) and text.endswith("'") and '"' not in text:
        start = text.index("'")
        return f'{text[:start]}"{text[start + 1 : -1]}"'
    return text
