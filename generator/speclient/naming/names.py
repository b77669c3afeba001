"""Choose all names of a package in one pass over the ir, so that no later stage invents one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from speclient.diagnostics import Location, Sink
from speclient.ir import Api, EnumSchema, NameHint, ObjectSchema, Operation, Schema
from speclient.naming.name_lock import NameLock, remember, schema_keys
from speclient.naming.words import BUILTINS, KEYWORDS, constant, pascal, snake

# Names that modules of models use themselves; a class of the same name would hide them.
_CLASS_RESERVED = BUILTINS | KEYWORDS | {
    "Annotated", "Any", "ClassVar", "DateTime", "EXACT", "Field", "Forbidden", "FullDate", "JSON_ARRAY", "Literal",
    "Model", "Number", "Omittable",
    "OpenEnum", "OpenIntEnum", "OpenStrEnum", "recursive", "resolve_references", "Tagged",
    "TypeAliasType", "TYPE_CHECKING", "Union", "Self",
}  # fmt: skip
# What `_core.Model`, pydantic's BaseModel and their metaclass define, and what annotations in the class body use.
_FIELD_RESERVED = KEYWORDS | {
    "construct", "copy", "dict", "from_orm", "json", "mro", "parse_file", "parse_obj", "parse_raw", "register",
    "schema", "schema_json", "secret_members",
    "to_dict", "to_json", "update_forward_refs", "validate",
    "bool", "bytes", "float", "frozenset", "int", "list", "object", "set", "str", "tuple", "self", "cls", "date",
    "datetime",
}  # fmt: skip
# Options that every method takes or will take; a parameter of the same name gets an underscore.
_ARGUMENT_RESERVED = KEYWORDS | {
    "body", "cls", "content_type", "deadline", "extra_headers", "extra_query", "idempotency_key", "idempotent",
    "first_interval", "longest_interval", "max_items", "max_pages", "raise_on_failure", "max_retries", "options",
    "policy", "self", "timeout",
}  # fmt: skip
_GROUP_RESERVED = KEYWORDS | {
    "base_url",
    "cached_property",
    "call",
    "close",
    "aclose",
    "follow",
    "from_env",
    "raw",
    "stream",
    "with_options",
    "with_raw_response",
    "self",
}
# What the modules of the client and of the groups import, or what builtins they use.
_MODULE_RESERVED = BUILTINS | KEYWORDS | {
    "Any", "HeaderParam", "Literal", "Mapping", "Media", "Operation", "Param", "PathParam", "Sequence", "Settings",
    "AsyncClient", "AsyncIterable", "AsyncPaginator", "PaginationOptions", "Paginator", "Pagination", "Polling",
    "WaitOptions",
    "wait", "wait_async", "CallOptions", "ItemLookup", "IO", "AsyncItemStream", "Event", "ItemStream", "Iterable",
    "StatusError", "SyncClient",
    "TYPE_CHECKING", "UUID",
    "Unpack",
}  # fmt: skip
_METHOD_RESERVED = KEYWORDS | {"self"}
_CONSTRUCTOR_RESERVED = KEYWORDS | {
    "base_url",
    "clock",
    "config",
    "deadline",
    "http_client",
    "middleware",
    "on_violation",
    "options",
    "settings",
    "transport",
    "httpx2",
    "os",
    "super",
    "url",
    "max_retries",
    "self",
    "timeout",
    "policy",
    "server",
    "url_given",
}
_MEMBER_RESERVED = KEYWORDS | {"mro", "name", "value", "names", "values"}


@dataclass(frozen=True, slots=True)
class OperationNames:
    """The names of one operation: attribute of the client, class of the group, method, arguments by (place, name)."""

    group: str
    group_class: str
    method: str
    arguments: dict[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Names:
    """All names of a package."""

    distribution: str
    package: str
    client: str
    environment: str
    classes: dict[str, str]
    """Schema id -> class or alias."""
    fields: dict[str, dict[str, str]]
    """Schema id -> wire name -> attribute."""
    members: dict[str, tuple[str, ...]]
    """Schema id -> member names, in the order of the values."""
    operations: dict[str, OperationNames]
    """Operation key -> its names."""
    credentials: dict[str, dict[str, str]]
    """Security scheme -> part of the credential -> constructor argument."""
    server_variables: dict[str, str]
    """Server variable -> constructor argument."""
    webhooks: dict[str, str]
    """Key of a webhook -> function that parses it."""
    memory: NameLock = field(default_factory=NameLock)
    """What the next run has to know."""


class _Scope:
    """Hands out each name once, compared without regard to case where files are made of them."""

    def __init__(self, reserved: Iterable[str], fold: Callable[[str], str] = str) -> None:
        self._fold = fold
        self._taken = {fold(name) for name in reserved}

    def take(self, wanted: str, suffix: str = "_") -> str:
        name, number = wanted, 1
        if self._fold(name) in self._taken:
            name = wanted + suffix if suffix else wanted
        while self._fold(name) in self._taken:
            number += 1
            name = f"{wanted}{'_' if suffix == '_' else ''}{number}"
        self._taken.add(self._fold(name))
        return name


def choose_names(api: Api, sink: Sink, *, package: str | None = None, memory: NameLock | None = None) -> Names:
    """Decide every name. What `x-speclient` asks for comes first, then components in order, then the rest.

    Args:
        api: the ir.
        sink: hears of names that two things wanted (SC206).
        package: the distribution's name, in place of what the document says.
        memory: the names of the last run; they stay.
    """
    memory = memory or NameLock()
    title = re.sub(
        r"\b(?:the|rest|restful|open|public|swagger|openapi)\b|\bapi\b|v?\d[\d.]*", " ", api.title, flags=re.I
    ).strip()
    client = _client_name(api, title)
    stem = snake(client).replace("_", "-").removesuffix("-client")
    distribution = package or api.package or f"{stem}-client"
    distribution = re.sub(r"[^a-z0-9]+", "-", distribution.lower())[:100].strip("-") or "api-client"
    if distribution[0].isdigit():
        distribution = f"client-{distribution}"
    if distribution in _WINDOWS_DEVICES:
        distribution = f"{distribution}-client"
    module = distribution.replace("-", "_")
    operations = _operations(api, client, sink, memory)
    classes = _classes(api, operations, sink, memory)
    keys = schema_keys(api)
    taken = frozenset(classes.values())
    fields: dict[str, dict[str, str]] = {}
    for schema in _bases_first(api.schemas):
        inherited = fields.get(schema.base or "", {})
        fields[schema.id] = _fields(schema, {**memory.fields.get(keys[schema.id], {}), **inherited}, taken)
    methods = {key: (own.group, own.method) for key, own in operations.items()}
    return Names(
        memory=remember(memory, api, classes, fields, methods),
        distribution=distribution,
        package=module + "_" if module in KEYWORDS else module,
        client=client,
        environment=constant(api.environment or client, "API"),
        classes=classes,
        fields=fields,
        members={s.id: _members(s) for s in api.schemas if isinstance(s, EnumSchema)},
        operations=operations,
        credentials=_credentials(api),
        server_variables=_variables(api),
        webhooks=_webhooks(api),
    )


def _client_name(api: Api, title: str) -> str:
    name = pascal(api.client or title, prefix="Api")
    if not name.isascii() and api.client is None:
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
        name = pascal(plain, prefix="Api")
    reserved = BUILTINS | KEYWORDS | {
        "APIError", "MissingPropertyError", "TokenError", "ResponseTooLargeError",
        "RequestError", "APIConnectionError", "APITimeoutError", "ResponseError", "StatusError",
        "SchemaViolation", "InvalidResponseError", "UndecodableResponseError", "UnexpectedStatusError",
        "Client", "Model",
        "Resource", "Operation", "Response", "Report", "Retry", "Config", "Clock", "AsyncClock", "Token", "CallOptions",
        "ClientCredentials", "StreamedResponse", "AsyncStreamedResponse", "SyncClient", "AsyncClient", "SyncOptions",
        "AsyncOptions", "Settings", "Secret", "AsyncSecret", "Event",
    }  # fmt: skip
    return name + "Client" if name in reserved or len(name) < 2 else name


def _classes(api: Api, operations: dict[str, OperationNames], sink: Sink, memory: NameLock) -> dict[str, str]:
    scope = _Scope(_CLASS_RESERVED | set(memory.classes.values()))
    keys = schema_keys(api)
    chosen: dict[str, str] = {}
    remembered: dict[str, str] = {}
    given: set[str] = set()
    for schema in api.schemas:
        name = memory.classes.get(keys[schema.id])
        asked = schema.hint.explicit
        if (
            name is not None
            and name not in given | _CLASS_RESERVED
            and (asked is None or name.startswith(pascal(asked)))
        ):
            remembered[schema.id] = name
            given.add(name)

    def rank(schema: Schema) -> int:
        return 0 if schema.hint.explicit else 1 if schema.hint.component else 2

    pending = sorted(api.schemas, key=rank)
    known = {schema.id for schema in pending}
    while pending:
        waiting: list[Schema] = []
        for schema in pending:
            hint = schema.hint
            if hint.parent is not None and hint.parent in known and hint.parent not in chosen and not hint.explicit:
                waiting.append(schema)
                continue
            wanted = _class_name(hint, chosen, operations)
            suffix = "Model" if wanted in _CLASS_RESERVED else ""
            chosen[schema.id] = remembered.get(schema.id) or scope.take(wanted, suffix)
            if chosen[schema.id] != wanted and (hint.component or hint.explicit):
                _clash(sink, "class", wanted, chosen[schema.id], schema.origin)
        if len(waiting) == len(pending):  # A circle of parents can't come from the builder; never wait for ever.
            waiting = []
        pending = waiting
    return chosen


def _class_name(hint: NameHint, chosen: dict[str, str], operations: dict[str, OperationNames]) -> str:
    if hint.explicit:
        return pascal(hint.explicit)
    if hint.operation is not None and hint.operation in operations:
        names = operations[hint.operation]
        return pascal(names.group, names.method, *hint.words)
    if hint.parent is not None and hint.parent in chosen:
        return chosen[hint.parent] + pascal(*hint.words, prefix="Field")
    return pascal(*hint.words)


def _bases_first(schemas: Iterable[Schema]) -> Iterator[ObjectSchema]:
    """The objects, each after the one that it extends."""
    waiting = {schema.id: schema for schema in schemas if isinstance(schema, ObjectSchema)}
    for schema in list(waiting.values()):
        chain: list[ObjectSchema] = []
        current: ObjectSchema | None = schema
        while current is not None and waiting.pop(current.id, None) is not None:
            chain.append(current)
            current = waiting.get(current.base or "")
        yield from reversed(chain)


def _fields(schema: ObjectSchema, memory: Mapping[str, str], classes: frozenset[str]) -> dict[str, str]:
    """Attribute by wire name. No attribute has the wire name of another property: constructors accept both."""
    wire_names = {made.name for made in schema.properties}
    reserved = _FIELD_RESERVED | classes
    chosen: dict[str, str] = {}
    for name, known in memory.items():
        if name in wire_names and known not in reserved and (known == name or known not in wire_names):
            chosen[name] = known
    for made in schema.properties:
        if made.name not in chosen and _attribute(made.name) == made.name and made.name not in reserved:
            chosen[made.name] = made.name
    scope = _Scope(reserved | wire_names | set(memory.values()) | set(chosen.values()))
    for made in schema.properties:
        if made.name not in chosen:
            chosen[made.name] = scope.take(_attribute(made.name))
    return {made.name: chosen[made.name] for made in schema.properties}


def _attribute(name: str) -> str:
    attribute = snake(name)
    # The namespace of pydantic's own attributes.
    return f"{attribute}_" if attribute.startswith("model_") else attribute


def _members(schema: EnumSchema) -> tuple[str, ...]:
    scope = _Scope(_MEMBER_RESERVED)
    given = schema.member_names or tuple(str(value) for value in schema.values)
    return tuple(scope.take(constant(text, "EMPTY" if text == "" else "VALUE")) for text in given)


# File names that Windows reserves, whatever follows a dot: such a module could not be checked out there.
_WINDOWS_DEVICES = frozenset(
    {"aux", "con", "nul", "prn", "clock$", "conin$", "conout$"}
    | {f"{port}{n}" for port in ("com", "lpt") for n in range(10)}
)


def _module_word(word: str) -> str:
    """A word for a module's name: no device of Windows, nor a superscript digit for one (`com¹`)."""
    plain = unicodedata.normalize("NFKC", word).lower()
    return f"{word}_" if plain in _WINDOWS_DEVICES else word


def _operations(api: Api, client: str, sink: Sink, memory: NameLock) -> dict[str, OperationNames]:
    groups: dict[str, tuple[str, _Scope]] = {}
    # The asynchronous twin of a class has `Async` before its name, and must not hide anything either.
    twins = {name.removeprefix("Async") for name in _MODULE_RESERVED}
    group_scope, class_scope = _Scope(_GROUP_RESERVED), _Scope({client, f"Async{client}"} | _MODULE_RESERVED | twins)
    chosen: dict[str, OperationNames] = {}
    ordered = sorted(api.operations, key=lambda operation: operation.method_name is None)
    by_word: dict[str, str] = {}
    for operation in api.operations:
        word = operation.group or (operation.tags[0] if operation.tags else "api")
        key = snake(word, "api")
        if key not in by_word:
            by_word[key] = group_scope.take(_module_word(key))
            groups[by_word[key]] = (
                class_scope.take(pascal(by_word[key]), "Resource"),
                _Scope(_METHOD_RESERVED | {name for owner, name in memory.methods.values() if owner == by_word[key]}),
            )
    for operation in ordered:
        word = operation.group or (operation.tags[0] if operation.tags else "api")
        group = by_word[snake(word, "api")]
        group_class, scope = groups[group]
        wanted = snake(operation.method_name or operation.operation_id or _described(operation), "call")
        owner, known = memory.methods.get(operation.key, ("", ""))
        stays = (
            owner == group
            and known not in _METHOD_RESERVED
            and (operation.method_name is None or known.startswith(snake(operation.method_name)))
        )
        method = known if stays else scope.take(wanted)
        if method != wanted and wanted not in _METHOD_RESERVED:
            _clash(sink, "method", f"{group}.{wanted}", f"{group}.{method}", operation.origin)
        chosen[operation.key] = OperationNames(group, group_class, method, _arguments(operation))
    return chosen


def _described(operation: Operation) -> str:
    """A name from method and path: `GET /runs/{id}/results` gives get_runs_results_by_id."""
    segments = [part for part in operation.path.split("/") if part and "{" not in part]
    places = re.findall(r"\{([^{}]*)\}", operation.path)
    by = f" by {' and '.join(places)}" if places else ""
    return f"{operation.method.lower()} {' '.join(segments)}{by}"


def _arguments(operation: Operation) -> dict[tuple[str, str], str]:
    scope = _Scope(_ARGUMENT_RESERVED)
    chosen: dict[tuple[str, str], str] = {}
    for parameter in operation.parameters:
        wanted = snake(parameter.argument or parameter.name, "argument")
        if wanted in chosen.values():
            wanted = f"{wanted}_{parameter.place}"
        chosen[(parameter.place, parameter.name)] = scope.take(wanted)
    return chosen


def _webhooks(api: Api) -> dict[str, str]:
    scope = _Scope(KEYWORDS)
    return {hook.key: scope.take(f"parse_{snake(hook.name, 'webhook')}") for hook in api.webhooks}


def _credentials(api: Api) -> dict[str, dict[str, str]]:
    parts = {
        "bearer": ("token",),
        "oauth2": ("token", "client_id", "client_secret"),
        "basic": ("username", "password"),
        "key": ("key",),
        "none": (),
    }
    # Two bearer schemes are usually two ways to get one token; they share an argument. Keys are told apart by name,
    # and share one only where `x-speclient` says so.
    scope = _Scope(_CONSTRUCTOR_RESERVED)
    shared: dict[str, str] = {}
    chosen: dict[str, dict[str, str]] = {}

    def share(wanted: str) -> str:
        name = snake(wanted, "credential")
        if name not in shared:
            shared[name] = scope.take(name, "_credential")
        return shared[name]

    for scheme in sorted(api.security_schemes, key=lambda made: made.kind == "key" and not made.arguments):
        given = dict(scheme.arguments)
        chosen[scheme.id] = {
            part: share(given.get(part) or part)
            if scheme.kind != "key" or part in given
            else scope.take(snake(scheme.id, "credential"), "_key")
            for part in parts[scheme.kind]
        }
    return {scheme.id: chosen[scheme.id] for scheme in api.security_schemes}


def _variables(api: Api) -> dict[str, str]:
    taken = {name for parts in _credentials(api).values() for name in parts.values()}
    scope = _Scope(_CONSTRUCTOR_RESERVED | taken)
    names = dict.fromkeys(variable.name for server in api.servers for variable in server.variables)
    # Each has an environment variable too: an underscore would not tell it from that of a credential.
    return {name: scope.take(snake(name, "variable"), "_variable") for name in names}


def _clash(sink: Sink, what: str, wanted: str, got: str, origin: Location) -> None:
    sink.report("SC206", f"the {what} {wanted!r} is taken; this one is named {got!r}", origin)
