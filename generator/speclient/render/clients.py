"""The client classes: credentials, servers and security schemes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from speclient.ir import Api, ObjectSchema, SecurityScheme, Server, ServerVariable
from speclient.naming import Names, variable_of
from speclient.render.escape import literal, one_line
from speclient.render.kinds import Annotation, Name, Text


@dataclass(frozen=True, slots=True)
class CredentialView:
    """A constructor argument for a credential."""

    name: Name
    """Name of the argument."""
    variable: str | None
    """Environment variable; None where it would be one of another program."""
    annotation: Annotation
    """Its type in the synchronous client."""
    async_annotation: Annotation
    """Its type in the asynchronous client."""


@dataclass(frozen=True, slots=True)
class SchemeView:
    """A security scheme."""

    id: str
    """Its name in the document."""
    kind: str
    """`bearer`, `oauth2`, `basic`, `key` or `none`."""
    arguments: Mapping[str, Name]
    """Part of the credential (`token`, `key`, `username`, ...) -> constructor argument."""
    location: str
    """Location of a key: `header`, `query` or `cookie`."""
    name: str
    """Name of the header, query parameter or cookie of a key."""
    token_url: str
    """URL for OAuth 2.0 tokens."""
    scopes: tuple[str, ...]
    """OAuth 2.0 scopes that the operations need."""
    hint: str
    """How its credential is passed, for the message that it is missing."""


@dataclass(frozen=True, slots=True)
class VariableView:
    """A constructor argument that chooses a server, or a part of its URL."""

    argument: Name
    """Name of the argument."""
    variable: str | None
    """Environment variable; None where it would be one of another program."""
    doc: Text
    """Its description."""
    annotation: Annotation
    """Its type."""
    known: tuple[str, ...]
    """The only values that are accepted; empty for any."""


@dataclass(frozen=True, slots=True)
class UrlPartView:
    """A part of a server's URL: text, or an argument with a default."""

    text: str
    """The text, or the argument's default."""
    argument: Name | None
    """The argument; None for text."""


@dataclass(frozen=True, slots=True)
class ServerView:
    """A server, and when it is used. A server with neither name nor arguments is the default."""

    name: str | None
    """The value of the argument `server` that chooses it."""
    arguments: tuple[Name, ...]
    """Arguments of which any one chooses it."""
    url: tuple[UrlPartView, ...]
    """Its URL."""


@dataclass(frozen=True, slots=True)
class ClientView:
    """The client classes and their settings."""

    name: Name
    """Name of the synchronous class; the asynchronous one has the prefix `Async`."""
    package: Name
    """Import name of the package."""
    distribution: Name
    """Name of the distribution."""
    version: str
    """Version of the package."""
    spec_version: str
    """Version of the document."""
    title: Text
    """Title of the document."""
    description: Text | None
    """Description of the document."""
    pages: tuple[Text, ...]
    """Docs pages of the document."""
    credentials: tuple[CredentialView, ...]
    """Constructor arguments for credentials."""
    alternatives: tuple[tuple[Name, ...], ...]
    """The credentials that operations accept, each a group of arguments; the usual one first."""
    schemes: tuple[SchemeView, ...]
    """Security schemes."""
    variables: tuple[VariableView, ...]
    """Constructor arguments for servers."""
    servers: tuple[ServerView, ...]
    """Servers, the default last."""
    base_url_variable: str | None
    """Environment variable for the argument `base_url`."""
    has_links: bool
    """Whether responses contain HAL links, which the client can follow."""

    @property
    def read_variables(self) -> tuple[str, ...]:
        """All environment variables that the client reads."""
        credentials = (view.variable for view in self.credentials)
        servers = (view.variable for view in self.variables)
        return tuple(name for name in (*credentials, *servers, self.base_url_variable) if name is not None)


def client_view(api: Api, names: Names, version: str, allowed: Collection[str] = ()) -> ClientView:
    """The client classes.

    Args:
        api: the API.
        names: the names of the package.
        version: the version of the package.
        allowed: the environment variables of other programs that may be read.
    """

    def variable(argument: str) -> str | None:
        return variable_of(names.environment, argument, allowed)

    alternatives = _alternatives(api, names)
    arguments = dict.fromkeys(
        [name for group in alternatives for name in group]
        + [name for parts in names.credentials.values() for name in parts.values()]
    )
    # A function can return a credential that is sent alone; the parts of a pair can't change independently.
    alone = {parts[part] for parts in names.credentials.values() for part in ("token", "key") if part in parts}
    credentials = tuple(
        CredentialView(
            Name(name),
            variable(name),
            Annotation("Secret" if name in alone else "str"),
            Annotation("AsyncSecret" if name in alone else "str"),
        )
        for name in arguments
    )
    by_name: dict[str, str | None] = {view.name: view.variable for view in credentials}
    documented = {variable.name: variable for server in api.servers for variable in server.variables}
    variables = [
        VariableView(Name(argument), variable(argument), Text(_variable_doc(documented[name])), Annotation("str"), ())
        for name, argument in names.server_variables.items()
    ]
    named = _named_servers(api)
    if named:
        listed = ", ".join(literal(name) for name in named)
        doc = f"which of the servers: {', '.join(f'`{name}` ({url})' for name, url in named.items())}."
        choices = Annotation(f"Literal[{listed}]")
        variables.append(VariableView(Name("server"), variable("server"), Text(doc), choices, tuple(named)))
    return ClientView(
        name=Name(names.client),
        package=Name(names.package),
        distribution=Name(names.distribution),
        version=version,
        spec_version=api.version,
        title=Text(one_line(api.title, 100)),
        description=Text(api.description.strip()) if api.description else None,
        pages=tuple(Text(one_line(page, 300)) for page in api.pages),
        credentials=credentials,
        alternatives=tuple(tuple(map(Name, group)) for group in alternatives),
        schemes=tuple(_scheme(scheme, names, by_name) for scheme in api.security_schemes),
        variables=tuple(variables),
        servers=_servers(api, names, named),
        base_url_variable=variable("base_url"),
        has_links=_has_links(api),
    )


def _alternatives(api: Api, names: Names) -> list[tuple[str, ...]]:
    """The groups of constructor arguments that operations accept, those of most operations first."""
    counts: Counter[tuple[str, ...]] = Counter()
    for operation in api.operations:
        groups = (
            tuple(dict.fromkeys(name for scheme in needed for name in names.credentials[scheme].values()))
            for needed in operation.security
        )
        counts.update({group for group in groups if group})
    # The order of equally frequent ones is that of the document.
    order = list(dict.fromkeys(name for parts in names.credentials.values() for name in parts.values()))
    return sorted(counts, key=lambda group: (-counts[group], len(group), [order.index(name) for name in group]))


def _scheme(scheme: SecurityScheme, names: Names, variables: Mapping[str, str | None]) -> SchemeView:
    return SchemeView(
        id=scheme.id,
        kind=scheme.kind,
        arguments={part: Name(name) for part, name in names.credentials[scheme.id].items()},
        location=scheme.place,
        name=scheme.name,
        token_url=scheme.token_url,
        scopes=scheme.scopes,
        hint=_hint(scheme, names, variables),
    )


def _hint(scheme: SecurityScheme, names: Names, variables: Mapping[str, str | None]) -> str:
    """How the credential of a scheme is passed."""
    arguments = list(dict.fromkeys(names.credentials[scheme.id].values()))
    if not arguments:
        return "an http_client that has the credentials"
    return " and ".join(
        f"{name}= (environment variable {variables[name]})" if variables[name] else f"{name}=" for name in arguments
    )


def _has_links(api: Api) -> bool:
    """Whether responses contain links as HAL writes them."""
    return any(
        isinstance(schema, ObjectSchema) and any(member.name == "_links" for member in schema.properties)
        for schema in api.schemas
    ) or any(
        "hal+json" in media.name
        for operation in api.operations
        for response in operation.responses
        for media in response.media
    )


def _variable_doc(variable: ServerVariable) -> str:
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


def _servers(api: Api, names: Names, named: Mapping[str, str]) -> tuple[ServerView, ...]:
    usable = _usable(api)
    if not usable:
        return (ServerView(None, (), ()),)
    views = [ServerView(name, (), (UrlPartView(url, None),)) for name, url in named.items()]
    for server in usable:
        if server.variables:
            arguments = tuple(Name(names.server_variables[variable.name]) for variable in server.variables)
            if all(arguments != view.arguments for view in views):
                views.append(ServerView(None, arguments, _url(server, names)))
    return (*views, ServerView(None, (), _url(usable[0], names)))


def _url(server: Server, names: Names) -> tuple[UrlPartView, ...]:
    """The URL as text and arguments."""
    defaults = {variable.name: variable.default for variable in server.variables}
    parts: list[UrlPartView] = []
    for index, text in enumerate(re.split(r"\{([^{}]+)\}", server.url)):
        if index % 2:
            parts.append(UrlPartView(defaults[text], Name(names.server_variables[text])))
        elif text:
            parts.append(UrlPartView(text, None))
    return tuple(parts)
