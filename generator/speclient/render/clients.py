"""Servers and credentials to what the template of the client shows."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from speclient.ir import Api, ObjectSchema, SecurityScheme, Server
from speclient.naming import Names, variable_of
from speclient.render.escape import docstring, literal, one_line


@dataclass(frozen=True, slots=True)
class CredentialView:
    """A constructor argument that holds a credential, its environment variable, and its types."""

    name: str
    variable: str | None
    """None where it would be one of another program."""
    annotation: str
    async_annotation: str


@dataclass(frozen=True, slots=True)
class SchemeView:
    """A security scheme: its id, the expression for its credential, and how that is given; all Python."""

    id: str
    value: str
    hint: str


@dataclass(frozen=True, slots=True)
class VariableView:
    """A constructor argument that chooses a server, or a part of its URL."""

    argument: str
    variable: str | None
    doc: str
    annotation: str = "str"
    known: tuple[str, ...] = ()

    @property
    def value(self) -> str:
        """What the argument or the environment says, as Python."""
        given = f"_auth.setting({self.argument}, {literal(self.variable)})"
        return f"_auth.chosen({literal(self.argument)}, {given}, {literal(self.known)})" if self.known else given


@dataclass(frozen=True, slots=True)
class ServerView:
    """A server: the condition that chooses it (None for the one that is taken otherwise), and its URL as Python."""

    condition: str | None
    url: str


def client_view(api: Api, names: Names, allowed: Collection[str] = ()) -> dict[str, Any]:
    """What the template shows besides the groups. `allowed`: variables of other programs that may be read."""

    def variable(argument: str) -> str | None:
        return variable_of(names.environment, argument, allowed)

    arguments = dict.fromkeys(name for parts in names.credentials.values() for name in parts.values())
    # A function can give what travels alone; the parts of a pair can't change one without the other.
    alone = {parts[part] for parts in names.credentials.values() for part in ("token", "key") if part in parts}
    credentials = [
        CredentialView(
            name,
            variable(name),
            "Secret" if name in alone else "str",
            "AsyncSecret" if name in alone else "str",
        )
        for name in arguments
    ]
    by_name = {view.name: view.variable for view in credentials}
    schemes = [
        SchemeView(literal(made.id), _credential(made, names), literal(_hint(made, names, by_name)))
        for made in api.security_schemes
    ]
    docs = {variable.name: variable for server in api.servers for variable in server.variables}
    variables = [
        VariableView(argument, variable(argument), _variable_doc(docs[name]))
        for name, argument in names.server_variables.items()
    ]
    named = _named_servers(api)
    if named:
        listed = ", ".join(literal(name) for name in named)
        doc = f"which of the servers: {', '.join(f'`{name}` ({url})' for name, url in named.items())}."
        variables.append(VariableView("server", variable("server"), doc, f"Literal[{listed}]", tuple(named)))
    text = f"Client of {one_line(api.title, 100)}."
    if api.description:
        text += f"\n\n{api.description.strip()}"
    if api.pages:
        text += "\n\nDocumentation: " + ", ".join(one_line(page, 300) for page in api.pages)
    return {
        "credentials": credentials,
        "schemes": schemes,
        "variables": variables,
        "servers": _servers(api, names, named),
        "links": _gives_links(api),
        "base_url_variable": variable("base_url"),
        "arguments": "".join(f"{name}, " for name in [*arguments, *(view.argument for view in variables)]),
        "doc": docstring(text, 4),
        "init_doc": docstring(_init_doc(credentials, variables, variable("base_url")), 8),
    }


def _hint(scheme: SecurityScheme, names: Names, variables: Mapping[str, str | None]) -> str:
    """How the credential of a scheme is given."""
    arguments = list(dict.fromkeys(names.credentials[scheme.id].values()))
    if not arguments:
        return "an http_client that has the credentials"
    return " and ".join(
        f"{name}= (environment variable {variables[name]})" if variables[name] else f"{name}=" for name in arguments
    )


def _gives_links(api: Api) -> bool:
    """Whether answers hold links as HAL writes them."""
    return any(
        isinstance(schema, ObjectSchema) and any(made.name == "_links" for made in schema.properties)
        for schema in api.schemas
    ) or any("hal+json" in media.name for made in api.operations for answer in made.responses for media in answer.media)


def _credential(scheme: SecurityScheme, names: Names) -> str:
    parts = names.credentials[scheme.id]
    match scheme.kind:
        case "bearer":
            return f"_auth.bearer({parts['token']})"
        case "oauth2":
            given = ", ".join(parts[part] for part in ("token", "client_id", "client_secret"))
            return f"_oauth2.oauth2({given}, url, {literal(scheme.token_url)}, {literal(scheme.scopes)})"
        case "basic":
            return f"_auth.basic({parts['username']}, {parts['password']})"
        case "key":
            return f"_auth.key({literal(scheme.place)}, {literal(scheme.name)}, {parts['key']})"
        case _:
            return "_auth.NOTHING"


def _variable_doc(variable: Any) -> str:
    text = (
        one_line(variable.description or "", 300).rstrip(".")
        or f"variable `{one_line(variable.name, 60)}` of the server's URL"
    )
    facts = []
    if variable.values:
        facts.append("one of " + ", ".join(one_line(value, 60) for value in variable.values[:20]))
    if variable.default:
        facts.append(f"default {one_line(variable.default, 100)}")
    return f"{text} ({'; '.join(facts)})." if facts else f"{text}."


def _init_doc(credentials: list[CredentialView], variables: list[VariableView], base_url: str | None) -> str:
    lines = ["Make a client. Arguments that are left out are read from the environment.", "", "Args:"]
    lines += [
        f"    {view.name}: credential{f'; environment variable {view.variable}' if view.variable else ''}."
        for view in credentials
    ]
    lines += [
        f"    {view.argument}: {view.doc}{f' Environment variable {view.variable}.' if view.variable else ''}"
        for view in variables
    ]
    lines += [
        f"    base_url: where to send requests instead{f'; environment variable {base_url}' if base_url else ''}.",
        "    options: timeout and deadline (seconds), max_retries, policy (`tolerant` or `strict`), on_violation,",
        "        http_client, transport, middleware, clock, config: see `_core/_options.py`.",
    ]
    return "\n".join(lines)


def _usable(api: Api) -> list[Server]:
    return [server for server in api.servers if re.match(r"https?://", server.url) or server.url.startswith("{")]


def _named_servers(api: Api) -> dict[str, str]:
    """Name -> URL, when there are several servers without variables to choose from."""
    named: dict[str, str] = {}
    for server in _usable(api):
        if not server.variables and server.url not in named.values():
            words = re.findall(r"[A-Za-z0-9]+", server.name or "")
            if not words:
                described = re.findall(r"[A-Za-z0-9]+", server.description or "")
                words = described if 1 <= len(described) <= 3 else []
            host = re.sub(r"^https?://|[^A-Za-z0-9.-].*$", "", server.url)
            name = "-".join(words).lower() or host
            named[name if name not in named else server.url] = server.url
    return named if len(named) > 1 and all(re.fullmatch(r"[A-Za-z0-9./:_-]+", name) for name in named) else {}


def _servers(api: Api, names: Names, named: Mapping[str, str]) -> list[ServerView]:
    usable = _usable(api)
    if not usable:
        missing = literal("")
        return [ServerView(None, missing)]
    views = [ServerView(f"server == {literal(name)}", literal(url)) for name, url in named.items()]
    default = usable[0]
    for server in usable:
        if server.variables:
            given = [names.server_variables[variable.name] for variable in server.variables]
            condition = " or ".join(f"{name} is not None" for name in given)
            if all(condition != view.condition for view in views):
                views.append(ServerView(condition, _url(server, names)))
    return [*views, ServerView(None, _url(default, names))]


def _url(server: Server, names: Names) -> str:
    """The URL as an expression: literals and arguments, joined."""
    known = {variable.name: variable for variable in server.variables}
    parts: list[str] = []
    for index, text in enumerate(re.split(r"\{([^{}]+)\}", server.url)):
        if index % 2 == 0:
            if text:
                parts.append(literal(text))
        else:
            parts.append(f"({names.server_variables[text]} or {literal(known[text].default)})")
    return " + ".join(parts) if parts else literal("")
