"""The base of all models, and the types that read JSON without altering it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, TypeVar, Union, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from . import _exact
from ._errors import RequestError
from ._fast_pass import quicken
from ._moments import MARK, write_date_time

_T = TypeVar("_T")

_FULL_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
# Beyond this, a float no longer holds every integer. The fast path leaves such numbers to the slow one.
_EXACT = 2**53 - 1


class Model(BaseModel):  # noqa: PLW1641 - nor has pydantic's a hash
    """Base of all models. Unknown members are kept; `to_dict` and `to_json` give back what came, by wire names."""

    model_config = ConfigDict(
        extra="allow",
        strict=True,
        defer_build=True,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        protected_namespaces=(),
        allow_inf_nan=False,
        hide_input_in_errors=True,
    )

    secret_members: ClassVar[bool] = False
    """Whether the values stay out of `repr`."""
    _moments: ClassVar[Sequence[str]] = ()
    """The members that are text until they are read."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema, moments = quicken(cls, handler)
        if moments is not None:
            cls._moments = moments
        return schema

    def __init__(self, /, **data: Any) -> None:  # pyright: ignore[reportMissingSuperCall]
        # Reading JSON is strict; people who build a model may write "failed" for RunStatus.FAILED.
        made = self.__pydantic_validator__.validate_python(data, self_instance=self, strict=False)
        assert made is self

    # As pydantic's own RootModel does: this is no initialiser that reading JSON would have to call for each object.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]  # pyright: ignore[reportFunctionMemberAccess]

    def to_dict(self) -> dict[str, Any]:
        """The members that were set, as JSON data by wire names. A number that no float holds is a Decimal."""
        if _exact.seen:
            made = self.model_dump(by_alias=True, exclude_unset=True, warnings=False, context=MARK)
            plain: dict[str, Any] = to_jsonable(made)
            return plain
        # What did not fit and was kept as it came gives no warning here: it was reported when it came.
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True, warnings=False)

    def to_json(self) -> str:
        """The members that were set, as JSON text by wire names."""
        if _exact.seen:
            return _exact.dumps(self.to_dict())
        return self.model_dump_json(by_alias=True, exclude_unset=True, warnings=False)

    if not TYPE_CHECKING:  # Or checkers would take any name for a member.

        def __getattr__(self, name: str) -> Any:
            if name in type(self).model_fields:
                raise MissingMemberError(f"{type(self).__name__}.{name} is required, and did not come")
            return super().__getattr__(name)

    def _settle(self) -> Self:
        """Read what is still text, before somebody looks at all members at once."""
        for name in self._moments:
            getattr(self, name, None)
        return self

    def __iter__(self) -> Any:
        return super(Model, self._settle()).__iter__()

    def __eq__(self, other: object) -> bool:
        return super(Model, self._settle()).__eq__(other._settle() if isinstance(other, Model) else other)

    def __getstate__(self) -> dict[Any, Any]:
        return super(Model, self._settle()).__getstate__()

    def __str__(self) -> str:
        return repr(self)

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Only the members that were set; of secret ones no value."""
        if self.secret_members:
            return ((name, _HIDDEN) for name in sorted(self.model_fields_set))
        fields = type(self).model_fields
        return (
            (name, value if name not in fields or fields[name].repr else _HIDDEN)
            for name, value in self
            if name in self.model_fields_set
        )


class MissingMemberError(AttributeError):
    """A member that the schema requires did not come; see the departures of the answer."""


class _Hidden:
    def __repr__(self) -> str:
        return "'**********'"


_HIDDEN = _Hidden()


class _NotNull:
    """Takes null out of `T | None`: the member may be absent, but null would break the schema."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        if get_origin(source) in (Union, UnionType):
            members = tuple(member for member in get_args(source) if member is not NoneType)
            source = members[0] if len(members) == 1 else Union[members]  # noqa: UP007 - made at run time
        return handler(source)


Omittable = Annotated[_T | None, _NotNull()]
"""A member that may be absent, and is None then. Null on the wire is invalid. `model_fields_set` tells what came."""


class _FullDate:
    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.str_schema(pattern=_FULL_DATE, strict=True)
        return core_schema.json_or_python_schema(
            json_schema=core_schema.chain_schema([text, core_schema.date_schema(strict=False)]),
            python_schema=core_schema.date_schema(strict=False),
        )


class _Exact:
    """Bounds the fast path of a float to where it holds integers exactly; tells `true` from `1` in a literal.

    Goes after all other annotations.
    """

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        plain = handler(source)
        if plain["type"] == "literal":
            return _one_of_a_kind(plain["expected"])
        if plain["type"] != "float":
            return plain
        fast: Any = {
            **plain,
            "le": min(plain.get("le", _EXACT), _EXACT),
            "ge": max(plain.get("ge", -_EXACT), -_EXACT),
        }
        return core_schema.json_or_python_schema(
            json_schema=fast,
            python_schema=wide_number(plain),
            serialization=core_schema.simple_ser_schema("any"),
            metadata={MARK: plain},
        )


def _one_of_a_kind(expected: Iterable[Any]) -> CoreSchema:
    """A literal that takes no `1` for True, though they are equal in Python."""
    kinds: dict[type, list[Any]] = {}
    for value in expected:
        kinds.setdefault(type(value), []).append(value)
    choices: list[Any] = []
    for kind, values in kinds.items():
        same = core_schema.literal_schema(values)
        if kind is bool:
            choices.append(core_schema.chain_schema([core_schema.bool_schema(strict=True), same]))
        elif kind is int:
            choices.append(core_schema.chain_schema([core_schema.int_schema(strict=True), same]))
        else:
            choices.append(same)
    return choices[0] if len(choices) == 1 else core_schema.union_schema(choices, mode="left_to_right")


def wide_number(plain: Mapping[str, Any]) -> CoreSchema:
    """Integers as integers, all else as float, with the bounds of `plain`."""
    whole: dict[str, Any] = {**plain, "type": "int"}
    whole.pop("allow_inf_nan", None)
    for bound, up in (("ge", True), ("gt", False), ("le", False), ("lt", True)):
        if isinstance(whole.get(bound), float):
            value = whole[bound]
            whole[bound] = int(value) if value == int(value) else int(value // 1) + (1 if up else 0)
    choices: list[Any] = [whole, plain]
    return core_schema.union_schema(choices, mode="left_to_right")


class _Forbidden:
    """Takes nothing. As the type of other members it refuses them, and yet they can be kept and written again."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(_refuse)


def _refuse(_: Any) -> Any:
    raise PydanticCustomError("extra_forbidden", "Input should be left out, as the schema names all members")


EXACT = _Exact()
Forbidden = Annotated[Any, _Forbidden()]
"""The type of other members where the schema allows none."""
FullDate = Annotated[date, _FullDate()]
"""An RFC 3339 full-date."""
Number = Annotated[float, EXACT]
"""A JSON number; one that was written as an integer is an `int` when a float could not hold it."""


class Tagged:
    """Chooses the variant of a union by a member: `mapping` is tag -> place in the union."""

    def __init__(self, member: str, mapping: Mapping[str, int]) -> None:
        self.member = member
        self.mapping = mapping

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        variants: list[Any] = [handler.generate_schema(variant) for variant in get_args(source)]
        choices = {tag: variants[place] for tag, place in self.mapping.items()}
        return core_schema.json_or_python_schema(
            json_schema=core_schema.tagged_union_schema(choices, discriminator=self.member),
            python_schema=core_schema.union_schema(variants),
            # The instance knows best what it is; a tagged serializer would look for the tag by its wire name.
            serialization=core_schema.simple_ser_schema("any"),
        )


def to_jsonable(value: Any) -> Any:
    """Any result as plain JSON data, by wire names, without what was not set."""
    if isinstance(value, Model):
        return value.to_dict()
    if isinstance(value, Mapping):
        return {key: to_jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_jsonable(item) for item in value]
    if isinstance(value, datetime):
        return write_date_time(value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, _exact.ExactNumber):
        return value.decimal
    return value.value if isinstance(value, Enum) else value


def json_bytes(value: Any, *, ascii_only: bool = False) -> bytes:
    """A value as JSON text, in UTF-8.

    Raises:
        RequestError: it holds what JSON can't.
    """
    try:
        text = value.to_json() if isinstance(value, Model) else _exact.dumps(to_jsonable(value))
        return (_escaped(text) if ascii_only else text).encode()
    except (TypeError, ValueError) as problem:
        raise RequestError(f"body: {problem}") from None


def _escaped(text: str) -> str:
    """JSON text in ASCII: what is not ASCII stands within strings, where it may be written as UTF-16 code units."""
    return re.sub(r"[^\x00-\x7f]", lambda sign: json.dumps(sign[0])[1:-1], text)
