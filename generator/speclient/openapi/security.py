"""Security schemes: how a credential is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from speclient.document import Document, Node

SchemeKind: TypeAlias = Literal["basic", "bearer", "http", "key", "mutualTLS", "unknown"]
"""`http` is any other scheme of HTTP authentication."""
KeyLocation: TypeAlias = Literal["header", "query", "cookie"]


@dataclass(frozen=True, slots=True)
class SchemeEntry:
    """A security scheme; `location` and `name` are those of an API key, else of the header `Authorization`."""

    node: Node
    kind: SchemeKind
    location: KeyLocation = "header"
    name: str = "authorization"

    @property
    def http_scheme(self) -> str:
        """The `scheme` of HTTP authentication, in lower case."""
        return (self.node.text("scheme") or "").lower()


def read_scheme(node: Node) -> SchemeEntry:
    """Read a Security Scheme Object; OAuth 2.0 and OpenID Connect send bearer tokens."""
    match node.text("type"):
        case "http":
            scheme = (node.text("scheme") or "").lower()
            return SchemeEntry(node, "basic" if scheme == "basic" else "bearer" if scheme == "bearer" else "http")
        case "oauth2" | "openIdConnect":
            return SchemeEntry(node, "bearer")
        case "apiKey":
            name = node.text("name")
            match node.text("in"):
                case "header" | "query" | "cookie" as location if name:
                    return SchemeEntry(node, "key", location, name)
                case _:
                    return SchemeEntry(node, "unknown")
        case "mutualTLS":
            return SchemeEntry(node, "mutualTLS")
        case _:
            return SchemeEntry(node, "unknown")


def scheme_nodes(document: Document) -> dict[str, Node]:
    """The security schemes of the components by name, with `$ref` unresolved."""
    components = document.root.get("components")
    section = components.get("securitySchemes") if components else None
    return dict(section.items()) if section else {}


def find_scheme(document: Document, name: str) -> SchemeEntry | None:
    """The scheme that a security requirement names; None if it is not defined or cannot be read."""
    reference = scheme_nodes(document).get(name)
    node = reference.resolve_or_none() if reference is not None else None
    return read_scheme(node) if node is not None else None
