"""Which modules of the runtime a package contains, and which of their names it exports."""

from __future__ import annotations

import importlib.resources
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from speclient.ir import AliasSchema, Api, ObjectSchema, TypeRef, text_formats_in
from speclient.render.clients import ClientView
from speclient.render.kinds import Name
from speclient.render.methods import GroupView


@dataclass(frozen=True, slots=True)
class ExportView:
    """A name of the runtime that a package exports."""

    module: Name
    """Module in `_core`."""
    name: Name
    """The name."""


_EXPORTS: tuple[tuple[str, str], ...] = (
    ("_auth", "Token"), ("_clock", "AsyncClock"), ("_clock", "Clock"), ("_model", "MissingPropertyError"),
    ("_options", "CallOptions"), ("_options", "Config"), ("_raw", "AsyncStreamedResponse"), ("_report", "Report"),
    ("_raw", "Response"), ("_raw", "StreamedResponse"), ("_retry", "Retry"), ("_tracing", "AsyncTracing"),
    ("_tracing", "Tracing"), ("_transport", "AsyncTransport"), ("_transport", "Transport"),
)  # fmt: skip


def has_oauth2(api: Api) -> bool:
    """Whether the client gets OAuth 2.0 tokens."""
    return any(scheme.kind == "oauth2" for scheme in api.security_schemes)


def has_unknown_variants(api: Api) -> bool:
    """Whether a union of the models has a variant for the objects that it does not list."""
    return any(isinstance(schema, ObjectSchema) and schema.unknown for schema in api.schemas)


def has_text_formats(api: Api) -> bool:
    """Whether the models have a type for a format of strings, other than dates."""
    return any(True for ref in _types(api) for _ in text_formats_in(ref))


def _types(api: Api) -> Iterator[TypeRef]:
    for schema in api.schemas:
        match schema:
            case ObjectSchema():
                yield from (property_.type for property_ in schema.properties)
                yield from (schema.additional,) if schema.additional is not None else ()
            case AliasSchema():
                yield schema.type
            case _:
                pass
    for operation in api.operations:
        yield from (media.type for response in operation.responses for media in response.media)
    yield from (webhook.type for webhook in api.webhooks)


def export_views(api: Api, groups: Sequence[GroupView]) -> tuple[ExportView, ...]:
    """The names of the runtime that a package exports, besides its errors."""
    exports = [*_EXPORTS]
    if has_oauth2(api):
        exports.append(("_oauth2", "ClientCredentials"))
    if has_unknown_variants(api):
        exports.append(("_unknown", "UnknownVariant"))
    if has_text_formats(api):
        exports.append(("_formats", "Duration"))
    if any(method.stream for group in groups for method in group.methods):
        exports.append(("_events", "Event"))
    return tuple(ExportView(Name(module), Name(name)) for module, name in exports)


def runtime_files(api: Api, groups: Sequence[GroupView], client: ClientView) -> dict[str, bytes]:
    """File name -> content of each module that the package needs, byte for byte.

    Args:
        api: the API.
        groups: the groups of the client.
        client: the client classes.
    """
    folder = importlib.resources.files("speclient") / "runtime"
    unused = _unused(api, groups, client)
    return {
        entry.name: entry.read_bytes()
        for entry in folder.iterdir()
        if entry.name.endswith(".py") and entry.name not in unused
    }


def _unused(api: Api, groups: Sequence[GroupView], client: ClientView) -> set[str]:
    methods = [method for group in groups for method in group.methods]
    has_pagination = any(method.pagination for method in methods)
    polling = [method.polling for method in methods if method.polling is not None]
    bodies = [operation.body for operation in api.operations if operation.body is not None]
    is_used = {
        "_arguments.py": any(method.properties for method in methods),
        "_formats.py": has_text_formats(api),
        "_links.py": client.has_links,
        "_async_links.py": client.has_links,
        "_forms.py": any(media.kind in ("form", "multipart") for body in bodies for media in body.media),
        "_files.py": any(media.kind == "multipart" for body in bodies for media in body.media),
        "_webhooks.py": bool(api.webhooks),
        "_oauth2.py": has_oauth2(api),
        "_unknown.py": has_unknown_variants(api),
        "_pointers.py": has_pagination or bool(polling),
        "_pages.py": has_pagination,
        "_pagination.py": has_pagination,
        "_polling.py": bool(polling),
        "_listing.py": any(view.listing for view in polling),
        "_events.py": any(method.stream for method in methods),
        "_streams.py": any(method.stream for method in methods),
    }
    return {name for name, used in is_used.items() if not used}
