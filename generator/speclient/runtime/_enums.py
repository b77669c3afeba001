"""Enums that keep unlisted values, because services add new ones."""

from __future__ import annotations

from enum import Enum, IntEnum, StrEnum
from typing import Any, TypeVar, cast

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

_Member = TypeVar("_Member", bound=Enum)

# Limits the memory that a hostile service can fill with names. Beyond the limit, unknown values are not cached, so
# equal values are `==` but not `is`.
_REMEMBERED = 1_000


def _remember(cls: type[_Member], member: _Member, value: object) -> _Member:
    member._name_ = f"UNKNOWN_{value}"
    member._value_ = value
    known = cls._value2member_map_
    if len(known) < len(cls._member_map_) + _REMEMBERED:
        return cast("_Member", known.setdefault(value, member))
    return member


def _exactly(cls: type[Enum], handler: GetCoreSchemaHandler, *kinds: CoreSchema) -> CoreSchema:
    """Core schema of an enum that only looks up values of these JSON types; in Python, `True == 1`.

    Python data from `json.loads` is accepted like JSON.
    """
    plain: Any = {**handler.resolve_ref_schema(handler(cls))}
    ref = plain.pop("ref", None)
    first = kinds[0] if len(kinds) == 1 else core_schema.union_schema(list(kinds))
    lookup: Any = {**plain, "strict": False}
    by_value = core_schema.chain_schema([first, lookup])
    member = core_schema.is_instance_schema(cls)
    # In Python input, a strict model accepts only enum members.
    called = core_schema.no_info_after_validator_function(cls, first)
    return core_schema.json_or_python_schema(
        json_schema=by_value if kinds != (_STRING,) else plain,
        python_schema=core_schema.union_schema([member, called], mode="left_to_right"),
        ref=ref,
    )


_STRING = core_schema.str_schema(strict=True)


class OpenStrEnum(StrEnum):
    """String enum with names for the documented values. `RunStatus("new")` is a member too; see `is_known`."""

    @classmethod
    def _missing_(cls, value: object) -> Any:
        return _remember(cls, str.__new__(cls, value), value) if type(value) is str else None

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return _exactly(cls, handler, _STRING)

    @property
    def is_known(self) -> bool:
        """Whether the document lists this value."""
        return type(self)._member_map_.get(self._name_) is self


class OpenIntEnum(IntEnum):
    """Integer enum with names for the documented values; see `OpenStrEnum`."""

    @classmethod
    def _missing_(cls, value: object) -> Any:
        return _remember(cls, int.__new__(cls, value), value) if type(value) is int else None

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return _exactly(
            cls,
            handler,
            core_schema.int_schema(strict=True),
        )

    @property
    def is_known(self) -> bool:
        """Whether the document lists this value."""
        return type(self)._member_map_.get(self._name_) is self


class OpenEnum(Enum):
    """Enum of values of several types with names for the documented ones; see `OpenStrEnum`."""

    @classmethod
    def _missing_(cls, value: object) -> Any:
        return _remember(cls, object.__new__(cls), value) if type(value) in (str, int, float) else None

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return _exactly(
            cls,
            handler,
            core_schema.str_schema(strict=True),
            core_schema.int_schema(strict=True),
            core_schema.float_schema(strict=True),
        )

    @property
    def is_known(self) -> bool:
        """Whether the document lists this value."""
        return type(self)._member_map_.get(self._name_) is self
