"""The whole document to ir: servers, security and operations, each operation in a scope of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from speclient.build.directions import split_directions
from speclient.build.encoding import TOKEN
from speclient.build.extensions import read_response_by
from speclient.build.pagination import infer_pagination, read_pagination
from speclient.build.parts import Parts, Refused
from speclient.build.schemas import SchemaBuilder
from speclient.build.security import read_requirements, read_schemes, read_servers
from speclient.build.selection import Selection, report_unmatched
from speclient.build.webhooks import read_webhooks
from speclient.diagnostics import Sink
from speclient.document import Document, Node
from speclient.document.problems import ReferenceProblem
from speclient.document.structure import operations_of
from speclient.ir import Api, Limitation, LimitationKind, NameHint, Operation, Parameter, SecurityScheme


def build_api(
    document: Document, sink: Sink, selection: Selection | None = None, *, infer_pagination: bool = True
) -> Api:
    """Everything that the document means, or what of it the selected operations need.

    What can't be expressed is in `Api.losses`, and reported to the sink.

    Args:
        document: the document.
        sink: takes the findings.
        selection: which operations are wanted.
        infer_pagination: whether pagination is inferred where `x-speclient` says nothing of it.
    """
    root = document.root
    _report_forms(root, sink)
    schemas = SchemaBuilder(sink)
    info = root.get("info") or root
    extension = root.get("x-speclient") or Node(document, root.file, "", {})
    schemes = read_schemes(root, schemas)
    operations: list[Operation] = []
    refused: list[Limitation] = []
    open_: set[str] = set()
    selection = selection or Selection()
    for problem in () if selection else document.unresolved:
        sink.add(problem)
    candidates: list[tuple[str, Node]] = []
    for path, method, item, node in _operations(root, sink, refused):
        candidates.append((path, node))
        if not selection.takes(path, node):
            continue
        key = f"{method} {path}"
        before = schemas.mark()
        try:
            _refuse_unresolved(item, node)
            with schemas.owned_by(key):
                operations.append(_operation(key, path, method, item, node, root, schemas, schemes))
            schemas.drain()
            stated = node.get("x-speclient")
            if stated is None or "pagination" not in stated.mapping:
                open_.add(key)
        except (Refused, ReferenceProblem) as problem:
            schemas.forget(before)
            place = problem.diagnostic.location or node.location
            if isinstance(problem, ReferenceProblem):
                sink.add(problem.diagnostic)
            refused.append(Limitation(LimitationKind.REFUSED, key, place, problem.diagnostic.message))
            sink.report("SC201", f"{key} is refused: {problem.diagnostic.message}", place)
    report_unmatched(selection, candidates, root, sink)
    webhooks = () if selection else read_webhooks(root, schemas)
    components = root.get("components")
    section = components.get("schemas") if components and not selection else None
    for _, node in section.items() if section else ():
        schemas.named(node)
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
        servers=read_servers(root, sink),
        security_schemes=schemes,
        operations=tuple(operations),
        schemas=tuple(schema for schema in schemas.schemas.values() if schema is not None),
        limitations=(*refused, *schemas.limitations),
        webhooks=webhooks,
        tag_descriptions=_tag_descriptions(root),
    )
    api = split_directions(api)
    if infer_pagination and extension.mapping.get("infer-pagination") is not False:
        api = _with_pages(api, open_, sink)
    return api


def _with_pages(api: Api, keys: set[str], sink: Sink) -> Api:
    """The same api, with what the operations of these keys show of their pages."""
    schemas = {schema.id: schema for schema in api.schemas}
    operations: list[Operation] = []
    for operation in api.operations:
        pagination = infer_pagination(operation, schemas) if operation.key in keys else None
        if pagination is not None:
            said = ", ".join(pagination.evidence)
            sink.report("SC208", f"{operation.key}: pages by {pagination.kind}: {said}", operation.origin)
        operations.append(operation if pagination is None else replace(operation, pagination=pagination))
    return replace(api, operations=tuple(operations))


def _operations(root: Node, sink: Sink, refused: list[Limitation]) -> Iterator[tuple[str, str, Node, Node]]:
    """(path, HTTP method, path item, operation) of all that can be read; the others are refused."""

    def refuse(key: str, node: Node, why: str) -> None:
        sink.report("SC201", f"{key} is refused: {why}", node.location)
        refused.append(Limitation(LimitationKind.REFUSED, key, node.location, why))

    paths = root.get("paths")
    for path, item in paths.items() if paths else ():
        if path.startswith("x-"):
            continue
        try:
            item = item.resolve()
        except ReferenceProblem as problem:
            sink.add(problem.diagnostic)
            refuse(f"* {path}", item, problem.diagnostic.message)
            continue
        if not isinstance(item.value, dict):
            refuse(f"* {path}", item, "a path item must be a mapping")
            continue
        seen: set[str] = set()
        for name, node in operations_of(item):
            method = name.upper()
            key = f"{method} {path}"
            if not path.startswith("/"):
                # It would become a part of the host: `https://api.example.com` and `.evil.com/x`.
                refuse(key, node, "a path must begin with `/`")
            elif TOKEN.fullmatch(method) is None or method == "CONNECT":
                refuse(key, node, f"{name!r} is not an HTTP method that a client can send")
            elif not isinstance(node.value, dict):
                refuse(key, node, "an operation must be a mapping")
            elif method in seen:
                refuse(key, node, f"the method {name!r} is defined twice, in different spellings")
            else:
                seen.add(method)
                yield path, method, item, node


def _refuse_unresolved(item: Node, node: Node) -> None:
    """Refuse an operation that needs an unresolved reference where OpenAPI allows none: it would be hollow."""
    broken = node.document.broken
    for place in (node, item.get("parameters")):
        if place is not None and (problem := broken.get(id(place.value))) is not None:
            raise problem


def _report_forms(root: Node, sink: Sink) -> None:
    """Sections of the document whose form makes them unreadable."""

    def expect(node: Node | None, keys: tuple[str, ...], form: type[dict[str, Any]] | type[list[Any]]) -> None:
        for key in keys:
            child = node.get(key) if node is not None else None
            if child is not None and not isinstance(child.value, form):
                what = "a mapping" if form is dict else "a list"
                sink.report("SC207", f"`{key}` must be {what}; it is passed over", child.location)

    expect(root, ("info", "paths", "components", "x-speclient"), dict)
    expect(root, ("servers", "security", "tags"), list)
    expect(root.get("components"), ("schemas", "securitySchemes", "parameters", "responses", "requestBodies"), dict)


def _operation(
    key: str,
    path: str,
    method: str,
    item: Node,
    node: Node,
    root: Node,
    schemas: SchemaBuilder,
    schemes: Sequence[SecurityScheme],
) -> Operation:
    parts = Parts(key, schemas)
    listed = parts.listed(node, "security") or root.get("security")
    security = read_requirements(listed, schemas) if listed else ()
    needed = {name for requirement in security for name in requirement}
    keys = [(made.place, made.name) for made in schemes if made.kind == "key" and made.id in needed]
    parameters = tuple(made for made in parts.parameters(path, item, node) if not _repeats(made, keys))
    responses = parts.responses(node)
    extension = node.get("x-speclient") or Node(node.document, node.file, node.pointer, {})
    docs = node.get("externalDocs")
    tags = node.mapping.get("tags")
    servers = next((owner for owner in (node, item) if parts.listed(owner, "servers")), None)
    return Operation(
        key=key,
        method=method,
        path=path,
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
        body=parts.body(node),
        responses=responses,
        security=security,
        servers=read_servers(servers, schemas.sink) if servers else (),
        response_by=read_response_by(extension, parameters, responses, schemas, NameHint(("Response",), operation=key)),
        idempotent=extension.flag("idempotent") if "idempotent" in extension.mapping else None,
        pagination=read_pagination(extension, parameters),
        extension=_frozen(extension.mapping, ("polling",)),
    )


def _repeats(parameter: Parameter, keys: Sequence[tuple[str, str]]) -> bool:
    """Whether a parameter is an API key of the operation once more, which the client is given and sends."""
    if parameter.place == "header":
        return any(place == "header" and parameter.name.lower() == name.lower() for place, name in keys)
    return (parameter.place, parameter.name) in keys


def _frozen(mapping: Any, keys: tuple[str, ...]) -> tuple[tuple[str, Any], ...]:
    return tuple((key, mapping[key]) for key in keys if key in mapping)


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
