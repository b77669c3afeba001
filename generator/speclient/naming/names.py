"""Choose all names of a package in one pass over the ir, so that no later stage adds one."""

from __future__ import annotations

import re
import unicodedata

from speclient.diagnostics import Sink
from speclient.ir import Api, EnumSchema, ObjectSchema
from speclient.ir.order import bases_first
from speclient.naming.classes import class_names, field_names, member_names
from speclient.naming.constructor import credential_names, variable_names
from speclient.naming.model import Names
from speclient.naming.name_lock import NameLock, remember, schema_keys
from speclient.naming.operations import operation_names, webhook_names
from speclient.naming.reserved import CLIENT_RESERVED
from speclient.naming.subject import subject_of
from speclient.naming.twins import with_twins
from speclient.naming.words import KEYWORDS, WINDOWS_DEVICES, constant, pascal, snake


def choose_names(api: Api, sink: Sink, *, package: str | None = None, memory: NameLock | None = None) -> Names:
    """Choose every name. Names of `x-speclient` come first, then components in order, then the rest.

    Args:
        api: the ir.
        sink: receives name conflicts (SC206).
        package: the distribution's name, instead of the one of the document.
        memory: the names of the previous run; they are kept.
    """
    memory = memory or NameLock()
    title = subject_of(api.title, [server.url for server in api.servers])
    client = client_name(api, title)
    # A brand name stays one word in the package: `OpenAI` is openai-client, `App Store` is app-store-client.
    stem = snake(client if api.client is not None else title.lower(), "api").replace("_", "-").removesuffix("-client")
    stem = re.sub(r"[^a-z0-9]+", "-", unicodedata.normalize("NFKD", stem)).strip("-") or "api"
    distribution = package or api.package or f"{stem}-client"
    distribution = re.sub(r"[^a-z0-9]+", "-", distribution.lower())[:100].strip("-") or "api-client"
    if distribution[0].isdigit():
        distribution = f"client-{distribution}"
    if distribution in WINDOWS_DEVICES:
        distribution = f"{distribution}-client"
    module = distribution.replace("-", "_")
    operations = with_twins(api, operation_names(api, client, sink, memory))
    classes = class_names(api, operations, sink, memory)
    keys = schema_keys(api)
    taken = frozenset(classes.values())
    fields: dict[str, dict[str, str]] = {}
    objects = {schema.id: schema for schema in api.schemas if isinstance(schema, ObjectSchema)}
    for schema in bases_first(objects, lambda schema: schema.base):
        inherited = fields.get(schema.base or "", {})
        hidden = taken | {"raw"} if schema.unknown else taken
        fields[schema.id] = field_names(schema, {**memory.fields.get(keys[schema.id], {}), **inherited}, hidden)
    methods = {key: (own.group, own.method) for key, own in operations.items()}
    return Names(
        memory=remember(memory, api, classes, fields, methods),
        distribution=distribution,
        package=module + "_" if module in KEYWORDS else module,
        client=client,
        environment=constant(api.environment or client, "API"),
        classes=classes,
        fields=fields,
        members={s.id: member_names(s) for s in api.schemas if isinstance(s, EnumSchema)},
        operations=operations,
        credentials=credential_names(api),
        server_variables=variable_names(api),
        webhooks=webhook_names(api),
    )


def client_name(api: Api, title: str) -> str:
    """Name of the client class."""
    name = pascal(api.client or title, prefix="Api")
    if not name.isascii() and api.client is None:
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
        name = pascal(plain, prefix="Api")
    return name + "Client" if name in CLIENT_RESERVED or len(name) < 2 else name
