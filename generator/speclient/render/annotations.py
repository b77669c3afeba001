"""Types of the ir as annotations of arguments and results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import NoneType

from speclient.ir import (
    AliasSchema,
    Anything,
    ArrayOf,
    Const,
    EnumSchema,
    MapOf,
    Named,
    ObjectSchema,
    Scalar,
    ScalarKind,
    Schema,
    TupleOf,
    TypeRef,
    UnionOf,
    text_format,
)
from speclient.ir.types import TEXT_TYPES
from speclient.naming import Names
from speclient.render.escape import literal

FILE = "bytes | IO[bytes] | Path | tuple[Any, ...]"
"""A file of a form: its content, or `(file name, content, media type, headers)`."""
_PLAIN = {
    ScalarKind.STRING: "str", ScalarKind.INTEGER: "int", ScalarKind.NUMBER: "float", ScalarKind.BOOLEAN: "bool",
    ScalarKind.NULL: "None", ScalarKind.DATE: "date", ScalarKind.DATE_TIME: "datetime",
    ScalarKind.FILE: FILE,
}  # fmt: skip
DICT_IMPORTS = frozenset(
    {
        "Any",
        "IO",
        "Literal",
        "Mapping",
        "NotRequired",
        "Path",
        "Sequence",
        "TypedDict",
        "UUID",
        "date",
        "datetime",
        "models",
        "types",
    }
)
"""Names that modules of typed dictionaries use themselves."""
_LITERALS = 12
"""An argument lists the values of an enumeration up to this many; beyond, any text is taken."""


class Annotations:
    """Writes annotations for one class, whose methods may hide names of builtins."""

    def __init__(
        self,
        schemas: Mapping[str, Schema],
        names: Names,
        hidden: frozenset[str] = frozenset(),
        dicts: str = "types.",
    ) -> None:
        self._schemas = schemas
        self._names = names
        self._hidden = hidden
        self._dicts = dicts

    def _builtin(self, name: str) -> str:
        return f"builtins.{name}" if name in self._hidden else name

    def result(self, ref: TypeRef) -> str:
        """What a call returns."""
        match ref:
            case Anything():
                return "Any"
            case Named(schema):
                target = self._schemas.get(schema)
                if isinstance(target, AliasSchema) and target.hint.operation is not None:
                    return self.result(target.type)
                return f"models.{self._names.classes[schema]}"
            case Const(value):
                return f"Literal[{literal(value)}]"
            case Scalar() if (text := text_format(ref)) is not None:
                return TEXT_TYPES[text]
            case Scalar(kind):
                return self._builtin(_PLAIN[kind]) if kind is not ScalarKind.NULL else "None"
            case ArrayOf(items):
                return f"{self._builtin('list')}[{self.result(items)}]"
            case TupleOf(items):
                return f"{self._builtin('tuple')}[{', '.join(self.result(item) for item in items)}]"
            case MapOf(values):
                return f"{self._builtin('dict')}[{self._builtin('str')}, {self.result(values)}]"
            case UnionOf(members):
                return joined(self.result(member) for member in members)

    def argument(self, ref: TypeRef, seen: tuple[str, ...] = (), *, is_nested: bool = False) -> str:
        """What an argument takes: wider than what is sent, where no doubt can arise.

        Args:
            ref: the type.
            seen: the aliases that contain it.
            is_nested: whether it is the type of a part of an object or array.
        """
        match ref:
            case Named(schema):
                target = self._schemas.get(schema)
                name = f"models.{self._names.classes[schema]}"
                if schema in seen:
                    return "Any"
                match target:
                    case EnumSchema():
                        return f"{name} | {self._values(target)}"
                    case AliasSchema():
                        return self.argument(target.type, (*seen, schema), is_nested=is_nested)
                    case ObjectSchema() if has_dict(target):
                        either = f"{name} | {self._dicts}{dict_name(self._names.classes[schema])}"
                        return f"{either} | Mapping[{self._builtin('str')}, Any]" if _has_open_keys(target) else either
                    case _:
                        return name
            case Scalar(ScalarKind.FILE):
                return FILE
            case Scalar(ScalarKind.STRING, _, "uuid"):
                return f"{self._builtin('str')} | UUID"
            case Scalar() if text_format(ref) == "byte":
                return f"{self._builtin('bytes')} | {self._builtin('str')}"
            case Scalar() if text_format(ref) == "decimal":
                # Within an object or array, nothing tells a decimal that is sent as text from one that is a number.
                return self._builtin("str") if is_nested else f"Decimal | {self._builtin('str')}"
            case Scalar(ScalarKind.DATE | ScalarKind.DATE_TIME as kind):
                return f"{_PLAIN[kind]} | {self._builtin('str')}"
            case ArrayOf(items):
                return f"Sequence[{self.argument(items, seen, is_nested=True)}]"
            case TupleOf(items):
                listed = ", ".join(self.argument(item, seen, is_nested=True) for item in items)
                return f"{self._builtin('tuple')}[{listed}]"
            case MapOf(values):
                return f"Mapping[{self._builtin('str')}, {self.argument(values, seen, is_nested=True)}]"
            case UnionOf(members):
                types = [
                    self.argument(member, seen, is_nested=is_nested)
                    for member in members
                    if member != Scalar(ScalarKind.NULL)
                ]
                return joined(types) if types else "None"
            case Scalar() if text_format(ref) is not None:
                return self._builtin("str")
            case _:
                return self.result(ref)

    def takes_object(self, ref: TypeRef, seen: tuple[str, ...] = ()) -> bool:
        """Whether a JSON object is a value of the type."""
        match ref:
            case Anything() | MapOf():
                return True
            case Named(schema) if schema not in seen:
                target = self._schemas.get(schema)
                if isinstance(target, AliasSchema):
                    return self.takes_object(target.type, (*seen, schema))
                return not isinstance(target, EnumSchema)
            case UnionOf(members):
                return any(self.takes_object(member, seen) for member in members)
            case _:
                return False

    def _values(self, schema: EnumSchema) -> str:
        if len(schema.values) <= _LITERALS and not any(isinstance(value, float) for value in schema.values):
            return f"Literal[{', '.join(literal(value) for value in schema.values)}]"
        kinds = {
            "str" if isinstance(value, str) else "int" if isinstance(value, int) else "float" for value in schema.values
        }
        return " | ".join(self._builtin(kind) for kind in sorted(kinds))


def has_dict(schema: Schema) -> bool:
    """Whether a request can contain the object as a typed dictionary."""
    return isinstance(schema, ObjectSchema) and not schema.unknown


def dict_name(class_name: str) -> str:
    """Name of the typed dictionary for a model."""
    name = f"{class_name}Dict"
    return f"{name}_" if name in DICT_IMPORTS else name


def _has_open_keys(schema: ObjectSchema) -> bool:
    """Whether the document gives further properties a type: their names are data, which no typed dictionary lists."""
    return not isinstance(schema.additional, (Anything, NoneType))


def joined(parts: Iterable[str]) -> str:
    """A union without duplicates, with None last."""
    distinct: dict[str, None] = {}
    for part in parts:
        distinct.update(dict.fromkeys(_split(part)))
    if "Any" in distinct:
        return "Any"
    ordered = [part for part in distinct if part != "None"] + (["None"] if "None" in distinct else [])
    return " | ".join(ordered)


def _split(text: str) -> list[str]:
    """The members of a union at the top level of an annotation."""
    parts, depth, start = [], 0, 0
    quoted: str | None = None
    for index, sign in enumerate(text):
        if quoted:
            quoted = None if sign == quoted and text[index - 1] != "\\" else quoted
        elif sign in "'\"":
            quoted = sign
        elif sign == "[":
            depth += 1
        elif sign == "]":
            depth -= 1
        elif sign == "|" and depth == 0:
            parts.append(text[start:index].strip())
            start = index + 1
    return [*parts, text[start:].strip()]
