"""Names of classes, attributes and enumeration members."""

from __future__ import annotations

from collections.abc import Mapping

from speclient.diagnostics import Sink
from speclient.ir import Api, EnumSchema, NameHint, ObjectSchema, Schema
from speclient.naming.model import OperationNames
from speclient.naming.name_lock import NameLock, schema_keys
from speclient.naming.reserved import CLASS_RESERVED, FIELD_RESERVED, MEMBER_RESERVED
from speclient.naming.scope import Scope, report_clash
from speclient.naming.words import constant, pascal, snake


def class_names(api: Api, operations: dict[str, OperationNames], sink: Sink, memory: NameLock) -> dict[str, str]:
    """Schema id -> class or alias. Names of the previous run are kept; explicit names and components come first."""
    scope = Scope(CLASS_RESERVED | set(memory.classes.values()))
    keys = schema_keys(api)
    chosen: dict[str, str] = {}
    remembered: dict[str, str] = {}
    renamed: list[tuple[Schema, str]] = []
    given: set[str] = set()
    for schema in api.schemas:
        name = memory.classes.get(keys[schema.id])
        asked = schema.hint.explicit
        if (
            name is not None
            and name not in given | CLASS_RESERVED
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
            suffix = "Model" if wanted in CLASS_RESERVED else ""
            chosen[schema.id] = remembered.get(schema.id) or scope.take(wanted, suffix)
            if chosen[schema.id] != wanted and (hint.component or hint.explicit):
                renamed.append((schema, wanted))
        if len(waiting) == len(pending):  # The builder cannot produce circular parents; never loop infinitely.
            waiting = []
        pending = waiting
    used = {*chosen.values(), *CLASS_RESERVED}
    for schema, wanted in renamed:
        # A name of the lock differs from the preferred name without a conflict.
        if schema.id not in remembered or wanted in used:
            report_clash(sink, "class", wanted, chosen[schema.id], schema.origin)
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


def field_names(schema: ObjectSchema, memory: Mapping[str, str], classes: frozenset[str]) -> dict[str, str]:
    """Return wire name -> attribute. No attribute has another property's wire name: constructors accept both."""
    wire_names = [schema_property.name for schema_property in schema.properties]
    reserved = FIELD_RESERVED | classes
    attributes = {
        name: attribute
        for name, attribute in memory.items()
        if name in wire_names and attribute not in reserved and (attribute == name or attribute not in wire_names)
    }
    for name in wire_names:
        if name not in attributes and _attribute(name) == name and name not in reserved:
            attributes[name] = name
    scope = Scope(reserved | {*wire_names, *memory.values(), *attributes.values()})
    for name in wire_names:
        if name not in attributes:
            attributes[name] = scope.take(_attribute(name))
    return {name: attributes[name] for name in wire_names}


def _attribute(name: str) -> str:
    attribute = snake(name)
    # The namespace of pydantic's own attributes.
    return f"{attribute}_" if attribute.startswith("model_") else attribute


def member_names(schema: EnumSchema) -> tuple[str, ...]:
    """Member names of an enumeration, in the order of its values."""
    scope = Scope(MEMBER_RESERVED)
    given = schema.member_names or tuple(str(value) for value in schema.values)
    return tuple(scope.take(constant(text, "EMPTY" if text == "" else "VALUE")) for text in given)
