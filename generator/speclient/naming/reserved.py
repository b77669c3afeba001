"""Names that generated modules use themselves, by the scope in which a document's name would hide them."""

from __future__ import annotations

from speclient.naming.words import BUILTINS, KEYWORDS

# The allow-list of render/allowlist.py contains these, so that a name which may be called cannot be hidden.
MODEL_CALLS = frozenset({"Field", "FixedValue", "Tagged", "TypeAliasType", "resolve_references"})
"""What modules of models call by an imported name."""
CLIENT_CALLS = frozenset({
    "AsyncItemStream", "AsyncPaginator", "HeaderParam", "ItemLookup", "ItemStream", "Media", "Operation", "Pagination",
    "Paginator", "Param", "PathParam", "Polling", "Settings", "object_body", "wait", "wait_async",
})  # fmt: skip
"""What the modules of the client and of the groups call by an imported name."""
# Names that modules of models use themselves; a class with the same name would hide them.
CLASS_RESERVED = BUILTINS | KEYWORDS | MODEL_CALLS | {
    "Annotated", "Any", "Base64Text", "ClassVar", "DateTime", "DecimalText", "DurationText", "EXACT",
    "FormFile", "Forbidden", "FullDate",
    "JSON_ARRAY", "Literal", "Model", "Number", "Omittable",
    "OpenEnum", "OpenIntEnum", "OpenStrEnum", "recursive",
    "TimeText", "TYPE_CHECKING", "Union", "UuidText", "UnknownVariant", "Unlisted", "Self",
}  # fmt: skip
# What `_core.Model`, pydantic's BaseModel and their metaclass define, and what annotations in the class body use.
FIELD_RESERVED = KEYWORDS | {
    "construct", "copy", "dict", "from_orm", "json", "mro", "parse_file", "parse_obj", "parse_raw", "register",
    "schema", "schema_json", "secret_members",
    "to_dict", "to_json", "update_forward_refs", "validate",
    "bool", "bytes", "float", "frozenset", "int", "list", "object", "set", "str", "tuple", "self", "cls", "date",
    "datetime",
}  # fmt: skip
# Options that every method has or will have; a parameter with the same name gets an underscore.
ARGUMENT_RESERVED = KEYWORDS | {
    "accept", "body", "cls", "content_type", "deadline", "extra_body", "extra_headers", "extra_query",
    "idempotent", "first_interval", "longest_interval", "max_items", "max_pages",
    "raise_on_failure", "max_retries", "options", "policy", "self", "timeout", "wait_timeout",
}  # fmt: skip
GROUP_RESERVED = KEYWORDS | {
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
# Imports of the modules of the client and of the groups, and the builtins that they use.
MODULE_RESERVED = BUILTINS | KEYWORDS | CLIENT_CALLS | {
    "Any", "Literal", "Mapping", "Sequence",
    "AsyncClient", "AsyncIterable", "PaginationOptions",
    "RequestOptions", "UNSET", "Unset", "WaitOptions", "httpx2",
    "CallOptions", "IO", "Event",
    "Iterable",
    "StatusError", "SyncClient",
    "TYPE_CHECKING", "UUID", "Decimal", "Base64Text", "DecimalText", "DurationText", "TimeText", "UuidText",
    "Unpack",
}  # fmt: skip
# Signatures have annotations with these builtins.
METHOD_RESERVED = KEYWORDS | {"float", "int", "self"}
CONSTRUCTOR_RESERVED = KEYWORDS | {
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
MEMBER_RESERVED = KEYWORDS | {"mro", "name", "value", "names", "values"}
# The public names of a package, and what its client modules import.
CLIENT_RESERVED = BUILTINS | KEYWORDS | {
    "APIError", "MissingPropertyError", "TokenError", "ResponseTooLargeError",
    "RequestError", "APIConnectionError", "APITimeoutError", "ResponseError", "StatusError",
    "SchemaViolation", "InvalidResponseError", "UndecodableResponseError", "UnexpectedStatusError",
    "Client", "Model",
    "Resource", "Operation", "Response", "Report", "Retry", "Config", "Clock", "AsyncClock", "Token", "CallOptions",
    "ClientCredentials", "StreamedResponse", "AsyncStreamedResponse", "SyncClient", "AsyncClient", "SyncOptions",
    "AsyncOptions", "Settings", "Secret", "AsyncSecret", "Event", "UnknownVariant",
}  # fmt: skip
