"""Security schemes, security requirements and servers."""

from __future__ import annotations

import re
from typing import Any

from speclient.build.schemas import SchemaBuilder
from speclient.diagnostics import Sink
from speclient.document import Document, Node
from speclient.document.problems import ReferenceProblem
from speclient.ir import SecurityRequirement, SecurityScheme, Server, ServerVariable
from speclient.openapi.operations import read_operations


def read_schemes(document: Document, schemas: SchemaBuilder) -> tuple[SecurityScheme, ...]:
    """All security schemes of the components."""
    components = document.root.get("components")
    section = components.get("securitySchemes") if components else None
    made: list[SecurityScheme] = []
    for name, node in section.items() if section else ():
        try:
            with schemas.log.owned_by(f"security {name}"):
                made.append(_scheme(name, node.resolve(), schemas))
        except ReferenceProblem as problem:
            schemas.log.sink.add(problem.diagnostic)
    return tuple(made)


def _scheme(name: str, node: Node, schemas: SchemaBuilder) -> SecurityScheme:
    extension = node.get("x-speclient")
    renamed = extension.get("arguments") if extension else None
    arguments = (
        tuple((part, value.value) for part, value in renamed.items() if isinstance(value.value, str)) if renamed else ()
    )
    description = node.text("description")
    kind, scheme = node.text("type"), (node.text("scheme") or "").lower()
    if kind == "http" and scheme == "basic":
        return SecurityScheme(name, "basic", arguments=arguments, description=description)
    flows = node.get("flows")
    flow = flows.get("clientCredentials") if kind == "oauth2" and flows else None
    token_url = flow.text("tokenUrl") if flow else None
    if flow is not None and token_url:
        granted = flow.get("scopes")
        needed = _needed_scopes(node.document, name)
        scopes = tuple(scope for scope in (granted.mapping if granted else ()) if scope in needed)
        return SecurityScheme(
            name, "oauth2", arguments=arguments, description=description, token_url=token_url, scopes=scopes
        )
    if kind in ("oauth2", "openIdConnect") or (kind == "http" and scheme == "bearer"):
        return SecurityScheme(name, "bearer", arguments=arguments, description=description)
    if kind == "apiKey" and node.text("name") and node.text("in") in ("header", "query", "cookie"):
        return SecurityScheme(name, "key", node.text("in") or "header", node.text("name") or "", arguments, description)
    if kind != "mutualTLS":
        what = f"http {scheme or 'without a scheme'}" if kind == "http" else kind or "without a type"
        schemas.log.degraded(
            node,
            f"the security scheme {name!r} ({what}) is not supported; use default headers or http_client",
        )
    return SecurityScheme(name, "none", arguments=(), description=description)


def _needed_scopes(document: Document, name: str) -> set[str]:
    """The scopes of a scheme that the document or one of its operations requires."""
    sections = [document.root.get("security"), *(operation.security() for operation in read_operations(document))]
    scopes: set[str] = set()
    for section in sections:
        for requirement in section.elements() if section else ():
            listed = requirement.mapping.get(name)
            scopes |= {scope for scope in listed if isinstance(scope, str)} if isinstance(listed, list) else set()
    return scopes


def read_requirements(node: Node, schemas: SchemaBuilder) -> tuple[SecurityRequirement, ...]:
    """The alternatives of a `security` list; empty when no credentials are required."""
    made: list[SecurityRequirement] = []
    components = node.document.root.get("components")
    section = components.get("securitySchemes") if components else None
    known = section.mapping if section else {}
    for element in node.elements():
        names = tuple(element.mapping)
        for name in names:
            if name not in known:
                schemas.log.degraded(element, f"the security scheme {name!r} is not defined; it is ignored")
        if header := _contested([known.get(name) for name in names]):
            why = f"{' and '.join(map(repr, names))} are required together but share the header {header!r}; one is sent"
            schemas.log.degraded(element, why)
        made.append(tuple(name for name in names if name in known))
    return tuple(dict.fromkeys(made))


def _contested(schemes: list[Any]) -> str | None:
    """A header that two of the schemes set in different ways. One token can serve several OAuth 2.0 schemes."""
    found: dict[str, str] = {}
    for scheme in schemes:
        given = scheme if isinstance(scheme, dict) else {}
        kind, name = str(given.get("type")), "Authorization"
        if kind == "apiKey":
            kind, name = "key", str(given.get("name")) if given.get("in") == "header" else ""
        elif kind == "http":
            kind = str(given.get("scheme")).lower()
        elif kind in ("oauth2", "openIdConnect"):
            kind = "bearer"
        else:
            name = ""
        if name and found.setdefault(name.lower(), kind) != kind:
            return name
    return None


def read_servers(owner: Node, sink: Sink) -> tuple[Server, ...]:
    """The servers of the document, a path or an operation."""
    section = owner.get("servers")
    made: list[Server] = []
    for node in section.elements() if section else ():
        url = node.text("url")
        if url is None:
            continue
        given = node.get("variables")
        variables: list[ServerVariable] = []
        for name, entry in given.items() if given else ():
            values = entry.mapping.get("enum")
            listed = tuple(str(value) for value in values) if isinstance(values, list) else ()
            default = entry.mapping.get("default", listed[0] if listed else "")
            variables.append(ServerVariable(name, str(default), listed, entry.text("description")))
        known = {variable.name for variable in variables}
        for name in re.findall(r"\{([^{}]+)\}", url):
            if name not in known:
                sink.report("SC202", f"the server variable {name!r} is not defined", node.location)
                variables.append(ServerVariable(name, ""))
        extension = node.get("x-speclient")
        called = (extension.text("name") if extension else None) or node.text("name")
        made.append(Server(url.rstrip("/"), node.text("description"), tuple(variables), called))
    return tuple(made)
