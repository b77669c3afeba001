"""Security schemes, security requirements and servers."""

from __future__ import annotations

import re

from speclient.build.limitations import LimitationLog
from speclient.diagnostics import Sink
from speclient.document import Document, Node
from speclient.document.problems import ReferenceProblem
from speclient.ir import SecurityRequirement, SecurityScheme, Server, ServerVariable
from speclient.openapi.operations import OperationEntry, read_operations
from speclient.openapi.security import SchemeEntry, read_scheme, scheme_nodes


def build_schemes(document: Document, log: LimitationLog) -> tuple[SecurityScheme, ...]:
    """All security schemes of the components."""
    schemes: list[SecurityScheme] = []
    for name, node in scheme_nodes(document).items():
        try:
            with log.owned_by(f"security {name}"):
                schemes.append(_scheme(name, read_scheme(node.resolve()), log))
        except ReferenceProblem as problem:
            log.sink.add(problem.diagnostic)
    return tuple(schemes)


def _scheme(name: str, entry: SchemeEntry, log: LimitationLog) -> SecurityScheme:
    node = entry.node
    extension = node.get("x-speclient")
    renamed = extension.get("arguments") if extension else None
    arguments = (
        tuple((part, value.value) for part, value in renamed.items() if isinstance(value.value, str)) if renamed else ()
    )
    description = node.text("description")
    flows = node.get("flows")
    flow = flows.get("clientCredentials") if node.text("type") == "oauth2" and flows else None
    token_url = flow.text("tokenUrl") if flow else None
    if flow is not None and token_url:
        granted = flow.get("scopes")
        needed = _needed_scopes(node.document, name)
        scopes = tuple(scope for scope in (granted.mapping if granted else ()) if scope in needed)
        return SecurityScheme(
            name, "oauth2", arguments=arguments, description=description, token_url=token_url, scopes=scopes
        )
    match entry.kind:
        case "basic" | "bearer":
            return SecurityScheme(name, entry.kind, arguments=arguments, description=description)
        case "key":
            return SecurityScheme(name, "key", entry.location, entry.name, arguments, description)
        case "http" | "unknown":
            kind = node.text("type")
            what = f"http {entry.http_scheme or 'without a scheme'}" if kind == "http" else kind or "without a type"
            why = f"the security scheme {name!r} ({what}) is not supported; use default headers or http_client"
            log.degraded(node, why)
        case "mutualTLS":
            pass
    return SecurityScheme(name, "none", arguments=(), description=description)


def _needed_scopes(document: Document, name: str) -> set[str]:
    """The scopes of a scheme that the document or one of its operations requires."""
    own = document.root.get("security")
    requirements = list(own.elements()) if own else []
    requirements += [element for entry in read_operations(document) for element in entry.requirements()]
    scopes: set[str] = set()
    for requirement in requirements:
        listed = requirement.mapping.get(name)
        scopes |= {scope for scope in listed if isinstance(scope, str)} if isinstance(listed, list) else set()
    return scopes


def build_requirements(entry: OperationEntry, log: LimitationLog) -> tuple[SecurityRequirement, ...]:
    """The alternatives of the security of an operation; empty when no credentials are required."""
    requirements: list[SecurityRequirement] = []
    schemes = scheme_nodes(entry.node.document)
    for element in entry.requirements():
        names = tuple(element.mapping)
        for name in names:
            if name not in schemes:
                log.degraded(element, f"the security scheme {name!r} is not defined; it is ignored")
        if header := _shared_header([schemes[name] for name in names if name in schemes]):
            why = f"{' and '.join(map(repr, names))} are required together but share the header {header!r}; one is sent"
            log.degraded(element, why)
        requirements.append(tuple(name for name in names if name in schemes))
    return tuple(dict.fromkeys(requirements))


def _shared_header(nodes: list[Node]) -> str | None:
    """A header that two of the schemes set in different ways. One token can serve several OAuth 2.0 schemes."""
    ways: dict[str, str] = {}
    for entry in map(read_scheme, nodes):
        if entry.location != "header" or entry.kind in ("unknown", "mutualTLS"):
            continue
        header = entry.name if entry.kind == "key" else "Authorization"
        way = entry.http_scheme if entry.kind == "http" else entry.kind
        if ways.setdefault(header.lower(), way) != way:
            return header
    return None


def build_servers(owner: Node, sink: Sink) -> tuple[Server, ...]:
    """The servers of the document, a path or an operation."""
    section = owner.get("servers")
    servers: list[Server] = []
    for node in section.elements() if section else ():
        url = node.text("url")
        if url is None:
            continue
        defined = node.get("variables")
        variables: list[ServerVariable] = []
        for name, entry in defined.items() if defined else ():
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
        servers.append(Server(url.rstrip("/"), node.text("description"), tuple(variables), called))
    return tuple(servers)
