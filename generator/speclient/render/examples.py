"""Example programs: which operation they call, with which values, and what they print."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

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
    body_arguments,
    elements_of,
    success_media,
)
from speclient.naming import Names, OperationNames, error_class
from speclient.render.kinds import Name
from speclient.render.methods import MethodView

_MAX_ITEMS = 3
_WAIT_TIMEOUT = 600
_TELLING = ("id", "name", "status", "state", "title", "url", "count", "total", "message")
"""Properties that identify an object best, the best first."""
_NO_SAMPLE = Sample(missing="no values were looked for")
_ERRORS = (404, 400, 422, 409, 403, 401, 429)
"""Status codes of the errors that a caller meets, by how well they suit an example."""


@dataclass(frozen=True, slots=True)
class ExampleArgumentView:
    """An argument of an example call."""

    name: Name | None
    """The keyword; None for a positional argument."""
    value: Any
    """Its value."""


@dataclass(frozen=True, slots=True)
class ExampleCallView:
    """A call in an example, and what is done with its result."""

    kind: Literal["iterate", "await-and-iterate", "print", "length", "discard", "wait"]
    """`iterate`: a loop over a paginator or stream; `await-and-iterate`: over a list; `print`: print the result;
    `length`: print the length of bytes; `discard`: nothing; `wait`: print the response with a terminal state."""
    method: Name
    """The method, below the client: `group.method`."""
    arguments: tuple[ExampleArgumentView, ...]
    """Its arguments."""
    attribute: Name | None
    """Attribute of the result, or of each item, that is printed; None for the whole."""


@dataclass(frozen=True, slots=True)
class ExampleView:
    """An example program."""

    package: Name
    """Import name of the package."""
    client: Name
    """Name of the client class."""
    credentials: tuple[Name, ...]
    """Constructor arguments for credentials."""
    calls: tuple[ExampleCallView, ...]
    """Its calls."""
    error: Name
    """An exception class that the operation documents."""


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

    def view(self, operation: Operation, method: MethodView) -> ExampleView | None:
        """A program that calls an operation; None without valid values."""
        if self.missing(operation) is not None:
            return None
        return ExampleView(
            package=Name(self._names.package),
            client=Name(self._names.client),
            credentials=self._credentials(operation),
            calls=tuple(self._calls(operation, method)),
            error=Name(_shown_error(operation)),
        )

    def arguments(self, operation: Operation) -> dict[str, Any]:
        """The values by argument, as JSON; values that JSON lacks are text."""
        values = {name: _jsonable(value) for name, value in self._values(operation).items()}
        # An array of a fixed length is a tuple to the type checker only.
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}

    def _values(self, operation: Operation) -> dict[str, Any]:
        sample, own = self._samples[operation.key], self._names.operations[operation.key]
        types = {(parameter.place, parameter.name): parameter.type for parameter in operation.parameters}
        values = {
            own.arguments[(place, name)]: self._typed(types[(place, name)], value)
            for place, name, value in sample.arguments
        }
        if sample.media is not None and operation.body is not None:
            media = next(media for media in operation.body.media if media.name == sample.media)
            if own.body and media is operation.body.media[0] and isinstance(sample.body, dict):
                values |= self._properties(operation, own, sample.body)
            else:
                values["body"] = self._typed(media.type, sample.body) if media.kind == "json" else sample.body
            if media is not operation.body.media[0]:
                values["content_type"] = media.name
        return values

    def _properties(self, operation: Operation, own: OperationNames, value: Mapping[str, Any]) -> dict[str, Any]:
        """The value of a body by argument."""
        arguments = body_arguments(operation, self._schemas)
        types = {member.name: member.type for member in arguments.properties} if arguments is not None else {}
        values = {own.body[name]: self._typed(types[name], each) for name, each in value.items() if name in own.body}
        sent = {arguments.switch, *dict(arguments.constants)} if arguments is not None else set[str | None]()
        further = {name: each for name, each in value.items() if name not in own.body and name not in sent}
        return values | ({"extra_body": further} if further else {})

    def _typed(self, ref: TypeRef, value: Any, depth: int = 0) -> Any:
        """JSON data as the argument's type has it: tuples where lengths are fixed, whole numbers without a point."""
        match ref:
            case Named(schema) if depth < 20:
                target = self._schemas.get(schema)
                return self._typed(target.type, value, depth + 1) if isinstance(target, AliasSchema) else value
            case TupleOf(items) if isinstance(value, list) and len(value) == len(items):
                return tuple(self._typed(item, each, depth + 1) for item, each in zip(items, value, strict=True))
            case ArrayOf(items) if isinstance(value, list):
                return [self._typed(items, each, depth + 1) for each in value]
            case Scalar(ScalarKind.INTEGER) if isinstance(value, float) and value.is_integer():
                return int(value)
            case _:
                return value

    def _call(
        self,
        kind: Literal["iterate", "await-and-iterate", "print", "length", "discard", "wait"],
        operation: Operation,
        method: MethodView,
        name: str,
        attribute: str | None,
        **options: int,
    ) -> ExampleCallView:
        """A call of a method of the operation."""
        values = self._values(operation)
        positional = [view.name for view in method.arguments if view.positional and view.name in values]
        arguments = [
            # One path parameter is clear without its name, several are not.
            ExampleArgumentView(None if positional == [view.name] else view.name, values[view.name])
            for view in method.arguments
            if view.name in values
        ]
        arguments += [ExampleArgumentView(Name(option), value) for option, value in options.items()]
        group = self._names.operations[operation.key].group
        shown = Name(attribute) if attribute is not None else None
        return ExampleCallView(kind, Name(f"{group}.{name}"), tuple(arguments), shown)

    def _credentials(self, operation: Operation) -> tuple[Name, ...]:
        wanted = next((requirement for requirement in operation.security if requirement), ())
        arguments: dict[Name, None] = {}
        for scheme in wanted:
            for part, name in self._names.credentials.get(scheme, {}).items():
                # A token is simpler than the id and the secret that get one.
                if self._kinds.get(scheme) != "oauth2" or part == "token":
                    arguments[Name(name)] = None
        return tuple(arguments)

    # -- what is done with the result ---------------------------------------------------------------------------

    def _calls(self, operation: Operation, method: MethodView) -> Iterator[ExampleCallView]:
        if operation.pagination is not None:
            items = [
                item
                for ref in self._results(operation)
                for item in elements_of(ref, operation.pagination.items, self._schemas)
            ]
            shown = self._shown(items)
            yield self._call("iterate", operation, method, method.name, shown, max_items=_MAX_ITEMS)
        else:
            if method.stream != method.name:
                yield self._plain(operation, method)
            if method.stream is not None:
                shown = "data" if (method.item or "").startswith("Event[") else None
                yield self._call("iterate", operation, method, method.stream, shown)
        if method.wait is not None:
            yield self._call("wait", operation, method, method.wait, None, wait_timeout=_WAIT_TIMEOUT)

    def _plain(self, operation: Operation, method: MethodView) -> ExampleCallView:
        if method.result == "None":
            return self._call("discard", operation, method, method.name, None)
        if method.result == "bytes":
            return self._call("length", operation, method, method.name, None)
        results = self._results(operation)
        result = self._followed(results[0]) if len(results) == 1 and "|" not in method.result else None
        if isinstance(result, ArrayOf) and self._telling(result.items) is not None:
            return self._call("await-and-iterate", operation, method, method.name, self._telling(result.items))
        return self._call("print", operation, method, method.name, self._shown(results) if result is not None else None)

    def _results(self, operation: Operation) -> list[TypeRef]:
        """The types of a successful response with a JSON body."""
        chosen = operation.response_by
        if chosen is not None:
            return [chosen.cases[0][1]]
        return [item.type for media in success_media(operation) for item in media if item.kind == "json"]

    def _followed(self, ref: TypeRef) -> TypeRef:
        for _ in range(20):
            target = self._schemas.get(ref.schema) if isinstance(ref, Named) else None
            if not isinstance(target, AliasSchema):
                break
            ref = target.type
        return ref

    def _shown(self, refs: Sequence[TypeRef]) -> str | None:
        """The attribute to print; None for the whole."""
        return self._telling(refs[0]) if len(refs) == 1 else None

    def _telling(self, ref: TypeRef) -> str | None:
        followed = self._followed(ref)
        target = self._schemas.get(followed.schema) if isinstance(followed, Named) else None
        if not isinstance(target, ObjectSchema):
            return None
        attributes, known = self._names.fields.get(target.id, {}), frozenset(self._fields.get(target.id, ()))
        usable = [
            property_
            for property_ in target.properties
            if self._is_scalar(property_) and attributes.get(property_.name) in known
        ]
        usable.sort(key=lambda member: (_rank(member), not member.required))
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
    statuses = [int(response.status) for response in operation.responses if response.status.isdigit()]
    best = next((status for status in _ERRORS if status in statuses), None)
    return error_class(str(best)) if best is not None else "StatusError"


def _jsonable(value: Any) -> Any:
    """The same with text for bytes."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, dict):
        return {key: _jsonable(item) for key, item in value.items()}
    return [_jsonable(item) for item in value] if isinstance(value, (list, tuple)) else value
