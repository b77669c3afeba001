"""Build the whole document: servers, security and operations, each operation in its own scope."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from speclient.build.binary import with_binary
from speclient.build.directions import split_directions
from speclient.build.extensions import read_response_by
from speclient.build.files import with_files
from speclient.build.fixed_values import with_fixed_values
from speclient.build.limitations import LimitationLog
from speclient.build.messages import MessageBuilder
from speclient.build.pagination import infer_pagination, read_pagination
from speclient.build.parameters import ParameterBuilder
from speclient.build.polling import read_polling
from speclient.build.refusal import Refused
from speclient.build.schemas import SchemaBuilder
from speclient.build.security import build_requirements, build_schemes, build_servers
from speclient.build.selection import Selection, report_unmatched
from speclient.build.unknown_variants import with_unknown_variants
from speclient.build.unsendable import report_unsendable
from speclient.build.webhooks import build_webhooks
from speclient.diagnostics import Sink
from speclient.document import Document, Node
from speclient.document.problems import ReferenceProblem
from speclient.ir import (
    Api,
    Limitation,
    LimitationKind,
    NameHint,
    ObjectSchema,
    Operation,
    Parameter,
    Schema,
    SecurityScheme,
)
from speclient.openapi.operations import OperationEntry, read_operations, refuse_unresolved
from speclient.schema.variants import Hierarchies


def build_api(
    document: Document, sink: Sink, selection: Selection | None = None, *, infer_pagination: bool = True
) -> Api:
    """Build the intermediate representation of a document, or of the selected operations only.

    Whatever cannot be expressed is recorded in `Api.limitations` and reported to the sink.

    Args:
        document: the document.
        sink: receives the diagnostics.
        selection: the operations to include.
        infer_pagination: whether to infer pagination where `x-speclient` does not declare it.
    """
    root = document.root
    _report_forms(root, sink)
    schemas = SchemaBuilder(LimitationLog(sink), Hierarchies(document))
    info = root.get("info") or root
    extension = root.get("x-speclient") or Node(document, root.file, "", {})
    schemes = build_schemes(document, schemas.log)
    operations: list[Operation] = []
    refused: list[Limitation] = []
    open_: set[str] = set()
    selection = selection or Selection()
    for problem in () if selection else document.unresolved:
        sink.add(problem)
    candidates: list[tuple[str, Node]] = []

    def refuse(key: str, node: Node, why: str, problem: ReferenceProblem | None) -> None:
        if problem is not None:
            sink.add(problem.diagnostic)
        sink.report("SC201", f"{key} is refused: {why}", node.location)
        refused.append(Limitation(LimitationKind.REFUSED, key, node.location, why))

    for entry in read_operations(document, refuse):
        candidates.append((entry.path, entry.node))
        if not selection.takes(entry.path, entry.node):
            continue
        before = schemas.mark()
        try:
            refuse_unresolved(entry.node, entry.item.get("parameters"))
            with schemas.log.owned_by(entry.key):
                operations.append(_operation(entry, schemas, schemes))
            schemas.drain()
            stated = entry.node.get("x-speclient")
            if stated is None or "pagination" not in stated.mapping:
                open_.add(entry.key)
        except (Refused, ReferenceProblem) as problem:
            schemas.forget(before)
            place = problem.diagnostic.location or entry.node.location
            if isinstance(problem, ReferenceProblem):
                sink.add(problem.diagnostic)
            refused.append(Limitation(LimitationKind.REFUSED, entry.key, place, problem.diagnostic.message))
            sink.report("SC201", f"{entry.key} is refused: {problem.diagnostic.message}", place)
    report_unmatched(selection, candidates, root, sink)
    webhooks = () if selection else build_webhooks(document, schemas)
    components = root.get("components")
    section = components.get("schemas") if components and not selection else None
    for _, node in section.items() if section else ():
        schemas.component(node)
    schemas.drain()
    pages = extension.mapping.get("pages")
    api = Api(
        title=str(info.mapping.get("title") or "API"),
        version=str(info.mapping.get("version") or "0"),
        summary=info.text("summary"),
        description=info.text("description"),
        package=extension.text("package"),
        client=extension.text("client"),
        environment=extension.text("environment"),
        pages=tuple(page for page in pages if isinstance(page, str)) if isinstance(pages, list) else (),
        servers=build_servers(root, sink),
        security_schemes=schemes,
        operations=tuple(operations),
        schemas=_with_bases(schema for schema in schemas.schemas.values() if schema is not None),
        limitations=(*refused, *schemas.log.limitations),
        webhooks=webhooks,
        tag_descriptions=_tag_descriptions(root),
    )
    api = replace(api, limitations=(*api.limitations, *report_unsendable(api, sink)))
    api = with_files(with_fixed_values(with_unknown_variants(split_directions(api))))
    if infer_pagination and extension.mapping.get("infer-pagination") is not False:
        api = _with_pages(api, open_, sink)
    return api


def _with_bases(schemas: Iterable[Schema]) -> tuple[Schema, ...]:
    """The schemas in which every base is an object with a class."""
    listed = tuple(schemas)
    objects = {schema.id for schema in listed if isinstance(schema, ObjectSchema)}
    return tuple(
        replace(schema, base=None)
        if isinstance(schema, ObjectSchema) and schema.base is not None and schema.base not in objects
        else schema
        for schema in listed
    )


def _with_pages(api: Api, keys: set[str], sink: Sink) -> Api:
    """Return the same api with the inferred pagination of the operations with these keys."""
    schemas = {schema.id: schema for schema in api.schemas}
    operations: list[Operation] = []
    for operation in api.operations:
        pagination = infer_pagination(operation, schemas) if operation.key in keys else None
        if pagination is not None:
            said = ", ".join(pagination.evidence)
            sink.report("SC208", f"{operation.key}: {pagination.kind} pagination: {said}", operation.origin)
        operations.append(operation if pagination is None else replace(operation, pagination=pagination))
    return replace(api, operations=tuple(operations))


def _report_forms(root: Node, sink: Sink) -> None:
    """Yield the sections of the document that have the wrong type and therefore cannot be read."""

    def expect(node: Node | None, keys: tuple[str, ...], form: type[dict[str, Any]] | type[list[Any]]) -> None:
        for key in keys:
            child = node.get(key) if node is not None else None
            if child is not None and not isinstance(child.value, form):
                what = "a mapping" if form is dict else "a list"
                sink.report("SC207", f"`{key}` must be {what}; it is ignored", child.location)

    expect(root, ("info", "paths", "components", "x-speclient"), dict)
    expect(root, ("servers", "security", "tags"), list)
    expect(root.get("components"), ("schemas", "securitySchemes", "parameters", "responses", "requestBodies"), dict)


def _operation(entry: OperationEntry, schemas: SchemaBuilder, schemes: Sequence[SecurityScheme]) -> Operation:
    key, item, node = entry.key, entry.item, entry.node
    messages = MessageBuilder(key, schemas)
    messages.list_section(node, "security")
    security = build_requirements(entry, schemas.log)
    needed = {name for requirement in security for name in requirement}
    keys = [(scheme.place, scheme.name) for scheme in schemes if scheme.kind == "key" and scheme.id in needed]
    for owner in (item, node):
        messages.list_section(owner, "parameters")
    parameters = tuple(
        parameter for parameter in ParameterBuilder(entry, schemas).parameters() if not _repeats(parameter, keys)
    )
    extension = node.get("x-speclient") or Node(node.document, node.file, node.pointer, {})
    responses, binary = with_binary(messages.responses(node), extension, entry.method, entry.path)
    if binary is not None and binary.inferred:
        schemas.log.sink.report("SC210", f"{key}: {binary.evidence}", node.location)
    docs = node.get("externalDocs")
    tags = node.mapping.get("tags")
    servers = next((owner for owner in (node, item) if messages.list_section(owner, "servers")), None)
    return Operation(
        key=key,
        method=entry.method,
        path=entry.path,
        origin=node.location,
        operation_id=node.text("operationId"),
        tags=tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        group=extension.text("group"),
        method_name=extension.text("method"),
        summary=node.text("summary") or item.text("summary"),
        description=node.text("description") or item.text("description"),
        page=extension.text("page") or (docs.text("url") if docs else None),
        deprecated=node.flag("deprecated"),
        parameters=parameters,
        body=messages.body(node),
        responses=responses,
        security=security,
        servers=build_servers(servers, schemas.log.sink) if servers else (),
        response_by=read_response_by(extension, parameters, responses, schemas, NameHint(("Response",), operation=key)),
        stream_property=extension.text("stream-property"),
        binary=binary,
        idempotent=extension.flag("idempotent") if "idempotent" in extension.mapping else None,
        pagination=read_pagination(extension, parameters),
        polling=read_polling(extension),
    )


def _repeats(parameter: Parameter, keys: Sequence[tuple[str, str]]) -> bool:
    """Whether a parameter repeats an API key of the operation, which the client already sends."""
    if parameter.place == "header":
        return any(place == "header" and parameter.name.lower() == name.lower() for place, name in keys)
    return (parameter.place, parameter.name) in keys


def _tag_descriptions(root: Node) -> tuple[tuple[str, str], ...]:
    tags = root.mapping.get("tags")
    return tuple(
        (tag["name"], tag["description"].strip())
        for tag in (tags if isinstance(tags, list) else ())
        if isinstance(tag, dict)
        and isinstance(tag.get("name"), str)
        and isinstance(tag.get("description"), str)
        and tag["description"].strip()
    )
