"""Names of constructor arguments: credentials and server variables."""

from __future__ import annotations

from speclient.ir import Api
from speclient.naming.reserved import CONSTRUCTOR_RESERVED
from speclient.naming.scope import Scope
from speclient.naming.words import snake


def credential_names(api: Api) -> dict[str, dict[str, str]]:
    """Security scheme -> part of the credential -> constructor argument."""
    parts = {
        "bearer": ("token",),
        "oauth2": ("token", "client_id", "client_secret"),
        "basic": ("username", "password"),
        "key": ("key",),
        "none": (),
    }
    # Two bearer schemes are usually two ways to get one token; they share an argument. API keys have separate ones,
    # unless `x-speclient` declares that they share one.
    scope = Scope(CONSTRUCTOR_RESERVED)
    shared: dict[str, str] = {}
    chosen: dict[str, dict[str, str]] = {}

    def share(wanted: str) -> str:
        name = snake(wanted, "credential")
        if name not in shared:
            shared[name] = scope.take(name, "_credential")
        return shared[name]

    for scheme in sorted(api.security_schemes, key=lambda scheme: scheme.kind == "key" and not scheme.arguments):
        requested = dict(scheme.arguments)
        chosen[scheme.id] = {
            part: share(requested.get(part) or part)
            if scheme.kind != "key" or part in requested
            else scope.take(snake(scheme.id, "credential"), "_key")
            for part in parts[scheme.kind]
        }
    return {scheme.id: chosen[scheme.id] for scheme in api.security_schemes}


def variable_names(api: Api) -> dict[str, str]:
    """Server variable -> constructor argument."""
    taken = {name for parts in credential_names(api).values() for name in parts.values()}
    scope = Scope(CONSTRUCTOR_RESERVED | taken)
    names = dict.fromkeys(variable.name for server in api.servers for variable in server.variables)
    # Each has an environment variable too: an underscore would not distinguish it from that of a credential.
    return {name: scope.take(snake(name, "variable"), "_variable") for name in names}
