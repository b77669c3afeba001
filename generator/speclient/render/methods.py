"""Methods of resource classes, and the classes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from speclient.ir import Api, Operation, Schema, body_arguments
from speclient.naming import BUILTINS, Names
from speclient.render.annotations import Annotations, joined
from speclient.render.arguments import (
    ArgumentView,
    accept_argument,
    in_signature_order,
    is_encoded,
    method_arguments,
    shared_parameters,
    unset,
)
from speclient.render.documentation import DocumentationView, documentation_view
from speclient.render.escape import literal
from speclient.render.kinds import Annotation, Name, Text
from speclient.render.operations import OperationView, operation_view
from speclient.render.polling import PaginationView, PollingView, pagination_view, polling_view
from speclient.render.results import Results


@dataclass(frozen=True, slots=True)
class OverloadView:
    """A signature in which one argument has one value."""

    arguments: tuple[ArgumentView, ...]
    """Arguments, in the order of the signature."""
    result: Annotation
    """Result of one request."""
    element: Annotation | None
    """An element of a page; None without pagination."""


@dataclass(frozen=True, slots=True)
class MethodView:
    """A method, and the constants that describe its operation."""

    name: Name
    """Name of the method."""
    constant: Name
    """Name of the constant of its operation, in the module `_operations`."""
    arguments: tuple[ArgumentView, ...]
    """Arguments, in the order of the signature."""
    documented: tuple[ArgumentView, ...]
    """The same, in the order of the docstring."""
    overloads: tuple[OverloadView, ...]
    """Signatures for the values of the argument that decides the result, or for the two ways to pass a body."""
    properties: tuple[ArgumentView, ...]
    """The arguments that are properties of the body; empty if the body is one argument."""
    has_extra: bool
    """Whether the argument `extra_body` exists."""
    switch: Text | None
    """Wire name of the property of the body that asks for a stream; the method that streams sends it."""
    constants: Mapping[str, str | int | bool]
    """Wire name -> value of the properties of the body that are sent in any case."""
    texts: tuple[Text, ...]
    """Wire names of the properties of the body whose bytes or decimals are sent as text."""
    required: tuple[Text, ...] | None
    """Wire names of the required properties; None if the body can be left out."""
    result: Annotation
    """Result of one request."""
    implemented: Annotation
    """The results of all signatures."""
    element: Annotation | None
    """An element of a page; None without pagination."""
    doc: DocumentationView
    """Its documentation."""
    deprecated: bool
    """Whether the operation is deprecated."""
    operation: OperationView
    """The operation as data."""
    pagination: PaginationView | None
    """How its pages follow each other; None without pagination."""
    wait: Name | None
    """Name of the method that waits for a terminal state."""
    polling: PollingView | None
    """How that method waits."""
    stream: Name | None
    """Name of the method that reads a stream; equal to `name` when the response has no other form."""
    item: Annotation | None
    """An item of the stream."""
    item_text: Text | None
    """The same, for the docstring."""


@dataclass(frozen=True, slots=True)
class GroupView:
    """A resource class: the operations of one group."""

    attribute: Name
    """Attribute of the client, and name of the module."""
    class_name: Name
    """Name of the class; the asynchronous one has the prefix `Async`."""
    description: Text | None
    """Description of the tag of the group."""
    methods: tuple[MethodView, ...]
    """Its methods."""


def group_views(api: Api, names: Names, schemas: Mapping[str, Schema]) -> tuple[GroupView, ...]:
    """All groups, in the order of their first operation.

    Args:
        api: the API.
        names: the names of the package.
        schemas: the schemas by id.
    """
    groups: dict[str, list[Operation]] = {}
    for operation in api.operations:
        groups.setdefault(names.operations[operation.key].group, []).append(operation)
    views: list[GroupView] = []
    shared = shared_parameters(api.operations)
    for attribute, operations in groups.items():
        chosen = {names.operations[operation.key].method for operation in operations}
        # A method hides a module of the same name from the annotations below it.
        dicts = "_types." if "types" in chosen else "types."
        annotations = Annotations(schemas, names, frozenset(chosen & BUILTINS), dicts)
        methods = tuple(_method(operation, api, names, schemas, annotations, shared) for operation in operations)
        class_name = names.operations[operations[0].key].group_class
        views.append(GroupView(Name(attribute), Name(class_name), _description(operations, api), methods))
    return tuple(views)


def _description(operations: Sequence[Operation], api: Api) -> Text | None:
    descriptions = dict(api.tag_descriptions)
    words = (operation.group or next(iter(operation.tags), "") for operation in operations)
    return next((Text(descriptions[word]) for word in words if word in descriptions), None)


def _method(
    operation: Operation,
    api: Api,
    names: Names,
    schemas: Mapping[str, Schema],
    annotations: Annotations,
    shared: Collection[tuple[str, str]],
) -> MethodView:
    own = names.operations[operation.key]
    wait, stream = own.wait, own.stream
    has_twin = stream is not None and stream != own.method
    results = Results(operation, schemas, annotations, has_stream_twin=has_twin)
    documented = method_arguments(operation, own, schemas, annotations, shared)
    result = results.returned()
    acceptable = results.acceptable()
    if any(view.name == "accept" for view in documented):  # A name that the lock keeps.
        acceptable = {}
    data = operation_view(operation, names, has_stream_twin=has_twin, has_accept=bool(acceptable))
    if acceptable:
        documented = (*documented, accept_argument(acceptable, results.preferred()))
    item = results.streamed() if stream is not None else None
    overloads = (
        _overloads(operation, names, documented, results)
        or _body_overloads(operation, documented, results, acceptable)
        or _accept_overloads(documented, result, acceptable)
    )
    body = body_arguments(operation, schemas)
    return MethodView(
        name=Name(own.method),
        constant=Name(own.method.upper()),
        arguments=in_signature_order(_implemented(documented)),
        documented=documented,
        overloads=overloads,
        properties=tuple(view for view in documented if view.kind == "property"),
        has_extra=any(view.kind == "extra" for view in documented),
        switch=_switch(operation, schemas) if has_twin and own.body else None,
        constants=dict(body.constants) if own.body and body is not None else {},
        texts=_texts(operation, schemas) if own.body else (),
        required=_required(operation, documented),
        result=result,
        implemented=Annotation(joined(view.result for view in overloads)) if overloads else result,
        element=results.elements(results.page_types()),
        doc=documentation_view(operation, result),
        deprecated=operation.deprecated,
        operation=data,
        pagination=pagination_view(operation, names),
        wait=Name(wait) if wait is not None else None,
        polling=polling_view(operation, api, names) if wait is not None else None,
        stream=Name(stream) if stream is not None else None,
        item=item,
        item_text=Text(item.replace("models.", "")) if item is not None else None,
    )


def _implemented(arguments: Sequence[ArgumentView]) -> Iterator[ArgumentView]:
    """The arguments of the signature that accepts the body in both ways."""
    for view in arguments:
        yield unset(view) if view.kind in ("property", "body") else view


def _switch(operation: Operation, schemas: Mapping[str, Schema]) -> Text | None:
    arguments = body_arguments(operation, schemas)
    return Text(arguments.switch) if arguments is not None and arguments.switch is not None else None


def _texts(operation: Operation, schemas: Mapping[str, Schema]) -> tuple[Text, ...]:
    arguments = body_arguments(operation, schemas)
    members = arguments.properties if arguments is not None else ()
    return tuple(Text(member.name) for member in members if is_encoded(member.type, schemas))


def _required(operation: Operation, arguments: Sequence[ArgumentView]) -> tuple[Text, ...] | None:
    required = tuple(
        view.wire for view in arguments if view.kind == "property" and not view.optional and view.wire is not None
    )
    return required if required or (operation.body is not None and operation.body.required) else None


def _body_overloads(
    operation: Operation, arguments: Sequence[ArgumentView], results: Results, acceptable: Mapping[str, Annotation]
) -> tuple[OverloadView, ...]:
    """A signature with the properties of the body, and one with the whole body, where some property is required.

    If the argument `accept` changes the result, a third signature requires it.
    """
    if not any(view.kind == "property" and not view.optional for view in arguments):
        return ()
    result, element = results.returned(), results.elements(results.page_types())
    optional = operation.body is not None and not operation.body.required
    more: list[OverloadView] = []
    if any(other != result for other in acceptable.values()):
        every = Annotation(joined(acceptable.values()))
        third = in_signature_order(
            _accepting(view, list(acceptable)) if view.kind == "accept" else view for view in _implemented(arguments)
        )
        arguments = [view for view in arguments if view.kind != "accept"]
        more = [OverloadView(third, every, element)]
    whole = (unset(view) if view.kind == "body" and optional else view for view in arguments)
    return (
        OverloadView(in_signature_order(view for view in arguments if view.kind != "body"), result, element),
        OverloadView(
            in_signature_order(view for view in whole if view.kind not in ("property", "extra")), result, element
        ),
        *more,
    )


def _accept_overloads(
    arguments: Sequence[ArgumentView], result: Annotation, acceptable: Mapping[str, Annotation]
) -> tuple[OverloadView, ...]:
    """A signature for the default, and one for each other type of the result."""
    names: dict[Annotation, list[str]] = {result: []}
    for name, type_ in acceptable.items():
        names.setdefault(type_, []).append(name)
    if len(names) == 1:
        return ()
    implemented = list(_implemented(arguments))
    return tuple(
        OverloadView(
            in_signature_order(
                _accepting(view, accepted, optional=type_ == result) if view.kind == "accept" else view
                for view in implemented
            ),
            type_,
            None,
        )
        for type_, accepted in names.items()
    )


def _accepting(view: ArgumentView, names: Sequence[str], *, optional: bool = False) -> ArgumentView:
    """The argument `accept` for some media types."""
    text = f"Literal[{', '.join(map(literal, names))}]" if names else ""
    annotation = Annotation(" | ".join(filter(None, (text, "None" if optional else ""))))
    return replace(view, annotation=annotation, async_annotation=annotation, optional=optional)


def _overloads(
    operation: Operation, names: Names, arguments: tuple[ArgumentView, ...], results: Results
) -> tuple[OverloadView, ...]:
    """One signature for each value of the argument that decides the result, and one for a value not known before."""
    chosen = operation.response_by
    if chosen is None:
        return ()
    parameter = next(each for each in operation.parameters if each.name == chosen.parameter)
    name = names.operations[operation.key].arguments[(parameter.place, parameter.name)]
    views: list[OverloadView] = []
    for number, (value, ref) in enumerate(chosen.cases):
        is_default = number == 0
        annotation = Annotation(f"Literal[{literal(value)}]" + (" | None" if is_default else ""))
        changed = (
            replace(view, annotation=annotation, async_annotation=annotation, optional=is_default, positional=False)
            if view.name == name
            else view
            for view in in_signature_order(arguments)
        )
        views.append(OverloadView(in_signature_order(changed), results.one(ref), results.elements([ref])))
    whole = OverloadView(in_signature_order(arguments), results.returned(), results.elements(results.page_types()))
    return (*views, whole)
