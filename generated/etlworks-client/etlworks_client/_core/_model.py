"""The base of all models, and the types that read JSON without altering it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeVar, Union, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from . import _exact

_T = TypeVar("_T")

# RFC 3339, section 5.6, as far as `datetime` can hold it: the fast path. The slow path reads the rest.
_DATE_TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})$"
_FULL_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_PARTS = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:([Zz])|([+-])([0-9]{2}):([0-9]{2}))"
)
# Beyond this, a float no longer holds every integer. The fast path leaves such numbers to the slow one.
_EXACT = 2**53 - 1
MARK = "speclient"
"""Key in a core schema's metadata, by which the slow path finds the types of this module."""


class Model(BaseModel):
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

    def __init__(self, /, **data: Any) -> None:  # pyright: ignore[reportMissingSuperCall]
        # Reading JSON is strict; people who build a model may write "failed" for RunStatus.FAILED.
        made = self.__pydantic_validator__.validate_python(data, self_instance=self, strict=False)
        assert made is self

    # As pydantic's own RootModel does: this is no initialiser that reading JSON would have to call for each object.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]  # pyright: ignore[reportFunctionMemberAccess]

    def to_dict(self) -> dict[str, Any]:
        """The members that were set, as JSON data by wire names. A number that no float holds is a Decimal."""
        if _exact.seen:
            made: dict[str, Any] = to_jsonable(self.model_dump(by_alias=True, exclude_unset=True, warnings=False))
            return made
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


class ExactDateTime(datetime):
    """A point in time that `datetime` can't hold whole: more than six digits of a second, or a leap second.

    It is the closest `datetime` before; `text` is what came, and what is sent again.
    """

    text: str = ""

    def __reduce_ex__(self, protocol: Any) -> Any:
        return (read_date_time, (self.text,))


def read_date_time(text: str) -> datetime:
    """Read an RFC 3339 date-time of any precision.

    Raises:
        ValueError: it is none.
    """
    match = _PARTS.fullmatch(text)
    if match is None:
        raise ValueError("not a date-time of RFC 3339")
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    fraction = match[7] or ""
    offset = timedelta(hours=int(match[10] or 0), minutes=int(match[11] or 0))
    if hour > 23 or minute > 59 or second > 60 or int(match[10] or 0) > 23 or int(match[11] or 0) > 59:
        raise ValueError("not a date-time of RFC 3339")
    zone = UTC if not offset else timezone(-offset if match[9] == "-" else offset)
    leap = second == 60
    micro = 999_999 if leap else int(fraction[:6].ljust(6, "0"))
    if year == 0:  # A valid year of RFC 3339, and before the first of `datetime`.
        date(4, month, day)
        year, month, day, hour, minute, second, micro = 1, 1, 1, 0, 0, 0, 0
        exact = False
    else:
        exact = not leap and not fraction[6:].strip("0")
    kind = datetime if exact else ExactDateTime
    made = kind(year, month, day, hour, minute, min(second, 59), micro, tzinfo=zone)
    if leap and not _ends_a_day(made):
        raise ValueError("a leap second is the last of a day in UTC")
    if isinstance(made, ExactDateTime):
        made.text = text
    return made


def _ends_a_day(moment: datetime) -> bool:
    offset = moment.utcoffset() or timedelta()
    minutes = (moment.hour * 60 + moment.minute) * 60 - offset.total_seconds()
    return minutes % 86_400 == 86_340


def write_date_time(moment: Any) -> Any:
    """RFC 3339 text of a point in time; anything else was kept as it came, and stays so."""
    if isinstance(moment, ExactDateTime):
        return moment.text
    if not isinstance(moment, datetime):
        return moment
    text: str = moment.isoformat()
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text


def from_epoch(value: float | None, per_second: int) -> datetime | None:
    """The point in time that a count of units since 1970 means, in UTC; None where it means none."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value * (1_000_000 // per_second))
    except (OverflowError, ValueError):
        return None


def _slow_date_time(value: Any) -> datetime:
    try:
        return read_date_time(value) if isinstance(value, str) else _aware(value)
    except ValueError:
        raise PydanticCustomError("date_time", "Input should be a date-time of RFC 3339") from None


def _aware(value: Any) -> datetime:
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise ValueError
    return value


class _DateTime:
    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.str_schema(pattern=_DATE_TIME, strict=True)
        return core_schema.json_or_python_schema(
            json_schema=core_schema.chain_schema([text, core_schema.datetime_schema(strict=False)]),
            python_schema=core_schema.no_info_plain_validator_function(_slow_date_time),
            serialization=core_schema.plain_serializer_function_ser_schema(
                write_date_time, return_schema=core_schema.any_schema(), when_used="json"
            ),
            metadata={MARK: "date-time"},
        )


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
DateTime = Annotated[datetime, _DateTime()]
"""An RFC 3339 date-time with its offset."""
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
