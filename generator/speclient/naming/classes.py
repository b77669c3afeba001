"""Names of classes, attributes and enumeration members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from speclient.diagnostics import Sink
from speclient.ir import Api, EnumSchema, ObjectSchema, Schema
from speclient.naming.model import OperationNames
from speclient.naming.name_lock import NameLock, schema_keys
from speclient.naming.reserved import CLASS_RESERVED, FIELD_RESERVED, MEMBER_RESERVED
from speclient.naming.scope import Scope, free_levels, report_clash
from speclient.naming.words import constant, pascal, snake, words


def class_names(api: Api, operations: dict[str, OperationNames], sink: Sink, memory: NameLock) -> dict[str, str]:
    """Schema id -> class or alias. Names of the previous run are kept; explicit names and components come first.

    Args:
        api: the API.
        operations: the names of the operations by key.
        sink: receives the diagnostics.
        memory: the names of the previous run.
    """
    scope = Scope(CLASS_RESERVED | set(memory.classes.values()))
    keys = schema_keys(api)
    chosen: dict[str, str] = {}
    remembered: dict[str, str] = {}
    renamed: list[tuple[Schema, str]] = []
    taken: set[str] = set()
    for schema in api.schemas:
        name = memory.classes.get(keys[schema.id])
        requested = schema.hint.explicit
        if (
            name is not None
            and name not in taken | CLASS_RESERVED
            and (requested is None or name.startswith(_prefix(schema) + pascal(requested)))
        ):
            remembered[schema.id] = name
            taken.add(name)

    for schema in sorted(api.schemas, key=_rank):
        if _rank(schema) < _INLINE:
            hint = schema.hint
            wanted = _prefix(schema) + (pascal(hint.explicit) if hint.explicit else pascal(*hint.words))
            chosen[schema.id] = remembered.get(schema.id) or scope.take(wanted, _suffix(wanted))
            if chosen[schema.id] != wanted:
                renamed.append((schema, wanted))
    inline = [schema for schema in api.schemas if schema.id not in chosen]
    candidates = _Candidates({schema.id: schema for schema in api.schemas}, chosen, operations)
    wanted_names = {schema.id: candidates.of(schema) for schema in inline}
    open_ids = [schema.id for schema in inline if schema.id not in remembered]
    levels = free_levels(open_ids, wanted_names, CLASS_RESERVED | {*memory.classes.values(), *chosen.values()})
    for schema in inline:
        wanted = wanted_names[schema.id][levels.get(schema.id, 0)]
        chosen[schema.id] = remembered.get(schema.id) or scope.take(wanted, _suffix(wanted))
    used = {*chosen.values(), *CLASS_RESERVED}
    for schema, wanted in renamed:
        # A name of the lock differs from the preferred name without a conflict.
        if schema.id not in remembered or wanted in used:
            report_clash(sink, "class", wanted, chosen[schema.id], schema.origin)
    return chosen


_INLINE = 2


def _rank(schema: Schema) -> int:
    """Explicit names come first, then components, then inline schemas."""
    if schema.hint.explicit and not _prefix(schema):
        return 0
    return 1 if schema.hint.explicit or schema.hint.component else _INLINE


def _prefix(schema: Schema) -> str:
    """What precedes the name of the union in the name of its unknown variant."""
    return "Unknown" if isinstance(schema, ObjectSchema) and schema.unknown else ""


def _suffix(wanted: str) -> str:
    return "Model" if wanted in CLASS_RESERVED else ""


@dataclass
class _Candidates:
    """Names of inline schemas: that of the nearest named schema and the own word, then the whole path.

    `order.items[].price` of the component Order is OrderPrice, or OrderItemsItemPrice if there is another OrderPrice.
    """

    schemas: Mapping[str, Schema]
    chosen: Mapping[str, str]
    operations: Mapping[str, OperationNames]

    def of(self, schema: Schema) -> tuple[str, ...]:
        return tuple(_prefix(schema) + name for name in self._own(schema))

    def _own(self, schema: Schema) -> tuple[str, ...]:
        path = self._path(schema)
        root, parts = self._root(path[0]), [schema.hint.words for schema in path]
        if not root:
            first, *rest = [word for part in parts for word in part] or [""]
            whole = pascal(first) + pascal(*rest) if rest else pascal(first)
            return tuple(dict.fromkeys((_chain(pascal(first), rest), whole)))
        own = parts[1:] if path[0].id in self.chosen else parts
        whole = _chain(root, [word for part in own for word in part])
        short = _chain(root, own[-1]) if own else whole
        return tuple(dict.fromkeys((short, whole)))

    def _path(self, schema: Schema) -> list[Schema]:
        """The schema and those around it, from the outermost that has a name of its own."""
        path = [schema]
        while path[0].id not in self.chosen and (parent := self.schemas.get(path[0].hint.parent or "")) is not None:
            if parent in path:  # The builder cannot produce circular parents; never loop infinitely.
                break
            path.insert(0, parent)
        return path

    def _root(self, schema: Schema) -> str:
        if schema.id in self.chosen:
            return self.chosen[schema.id]
        names = self.operations.get(schema.hint.operation or "")
        if names is not None:
            return pascal(names.group, names.method)
        return ""


def _chain(root: str, texts: Sequence[str]) -> str:
    """A name of a root and further words, without repetition: `Piece` and `piece.delta` give PieceDelta.

    `ResponseEvent` and `response.delta` give ResponseDelta.
    """
    name = root
    for text in texts:
        own, spoken = pascal(text, prefix="Field"), words(text)
        first = pascal(words(name)[0]) if words(name) else ""
        repeats = len(spoken) > 1 and pascal(spoken[0]) == first
        name = own if repeats else name + own
    return name[:_LONGEST]


_LONGEST = 120


def field_names(schema: ObjectSchema, memory: Mapping[str, str], classes: frozenset[str]) -> dict[str, str]:
    """Return wire name -> attribute. No attribute has another property's wire name: constructors accept both.

    Args:
        schema: the object.
        memory: the attributes of the previous run by wire name.
        classes: the names of classes that the annotations of the fields use.
    """
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
    texts = schema.member_names or tuple(str(value) for value in schema.values)
    return tuple(scope.take(constant(text, "EMPTY" if text == "" else "VALUE")) for text in texts)
