"""The base of all models, and types that read JSON without altering it."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from math import inf
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, TypeVar, Union, cast, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, SchemaSerializer, core_schema

from ._errors import RequestError
from ._fast_pass import LISTED_TAG, OPEN_UNION, UNLISTED_VARIANT, for_dumps, quicken, wide_number
from ._lazy_text import MARK, LosslessText, write_text
from ._lossless import LosslessNumber, SourceMap
from ._pydantic import building, evaluate_annotations, is_building, serializer

_T = TypeVar("_T")

_FULL_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


class Model(BaseModel):  # noqa: PLW1641 - nor has pydantic's a hash
    """Base of all models. Unknown properties are kept; `to_dict` and `to_json` return the data by wire names."""

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
    """Whether values are hidden in `repr`."""
    _datetimes: ClassVar[Sequence[str]] = ()
    """The fields that are text until they are read."""

    _fixed: ClassVar[Mapping[str, Any]] = {}
    """The fields that the constructor fills in, and their values."""

    _own_serializer: ClassVar[SchemaSerializer | None] = None
    _decoder: ClassVar[Any] = None

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        evaluate_annotations(cls)
        _take_fixed(cls)
        cls._own_serializer = None

    @classmethod
    def __pydantic_init_subclass__(cls, **options: Any) -> None:
        super().__pydantic_init_subclass__(**options)
        cls.__pydantic_serializer__ = _SERIALIZER

    @classmethod
    def model_rebuild(
        cls,
        *,
        force: bool = False,
        raise_errors: bool = True,
        _parent_namespace_depth: int = 2,
        _types_namespace: Mapping[str, Any] | None = None,
    ) -> bool | None:
        if cls.__pydantic_complete__ and not force:
            return None
        with building():
            done = super().model_rebuild(
                force=force,
                raise_errors=raise_errors,
                _parent_namespace_depth=_parent_namespace_depth + 1,
                _types_namespace=_types_namespace,
            )
            if done:
                cls._own_serializer = cls._decoder = None
                cls.__pydantic_serializer__ = _SERIALIZER
        return done

    if not TYPE_CHECKING:  # The signatures of pydantic differ between its versions.

        @classmethod
        def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
            """As in pydantic, but all valid notations of integers and date-times are accepted, and digits are kept."""
            from ._validate import validate_text

            return validate_text(cls, json_data, super().model_validate_json, options)

        @classmethod
        def model_validate(cls, obj: Any, **options: Any) -> Self:
            """As in pydantic, but JSON data from `json.loads` is read like the JSON text."""
            from ._validate import validate_data

            return validate_data(cls, obj, super().model_validate, options)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        if not is_building():
            cls.model_rebuild()
            part: Any = {**handler(cls), "serialization": _OMIT_UNSET}
            return cast("CoreSchema", part)
        schema, date_times = quicken(cls, handler)
        if date_times is not None:
            cls._datetimes = date_times
        return schema

    @classmethod
    def _serializer(cls) -> SchemaSerializer:
        """The serializer that does the work. `__pydantic_serializer__`, which other types use, calls it."""
        if cls._own_serializer is None:
            cls.model_rebuild()
            cls._own_serializer = serializer(for_dumps(cls.__pydantic_core_schema__))
        return cls._own_serializer

    def __init__(self, /, **data: Any) -> None:  # pyright: ignore[reportMissingSuperCall]
        # Reading JSON is strict; code that builds a model may pass "failed" for RunStatus.FAILED.
        if self._fixed:
            fields = type(self).model_fields
            absent = {
                name: value
                for name, value in self._fixed.items()
                if name not in data and fields[name].alias not in data
            }
            data = {**absent, **data}
        built = self.__pydantic_validator__.validate_python(data, self_instance=self, strict=False)
        assert built is self

    # As in pydantic's RootModel, so that reading JSON does not call an initializer per object.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]  # pyright: ignore[reportFunctionMemberAccess]

    def to_dict(self, *, mask_secrets: bool = False) -> dict[str, Any]:
        """The properties that are set, as JSON data by wire names. Numbers a float would round are `LosslessNumber`.

        Args:
            mask_secrets: replace the values of secret properties by asterisks, for logs and data frames.
        """
        # Invalid values that were kept do not warn again: they were reported when they were read.
        data: dict[str, Any] = to_jsonable(self, mask_secrets=mask_secrets)
        return data

    def to_json(self) -> str:
        """The properties that are set, as JSON text by wire names."""
        return _json_text(self._serializer(), self)

    if not TYPE_CHECKING:  # The signatures of pydantic differ between its versions.

        def model_dump(self, *, mode: str = "python", **options: Any) -> dict[str, Any]:
            """As in pydantic, but unset properties are always left out, because null would violate most schemas."""
            marks = SourceMap()
            options["exclude_unset"] = True
            if mode == "json" and options.get("context") is None:
                options["context"] = marks
            return marks.restored(self._serializer().to_python(self, mode=mode, **options))

        def model_dump_json(self, **options: Any) -> str:
            """As in pydantic, but unset properties are always left out."""
            return _json_text(self._serializer(), self, **options)

    if not TYPE_CHECKING:  # Type checkers would accept any name as a field.

        def __getattr__(self, name: str) -> Any:
            if name in type(self).model_fields:
                raise MissingPropertyError(f"{type(self).__name__}.{name} is required but missing")
            return super().__getattr__(name)

    def _settle(self) -> Self:
        """Parse all lazy fields, before code accesses all fields at once."""
        for name in self._datetimes:
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
        """Only the properties that are set, without the values of secret ones."""
        if self.secret_members:
            return ((name, _HIDDEN) for name in sorted(self.model_fields_set))
        fields = type(self).model_fields
        unlisted = self.model_extra or {}
        values = [(name, getattr(self, name)) for name in fields if name in self.model_fields_set]
        return (
            (name, value if name not in fields or fields[name].repr else _HIDDEN)
            for name, value in (*values, *unlisted.items())
        )


class _Constant:
    def __init__(self, value: Any, optional: bool) -> None:
        self.value = value
        self.optional = optional


def FixedValue(value: Any, *, optional: bool = False) -> Any:
    """Declare a field that the constructor fills in. A response must contain the property, unless it is optional."""
    return _Constant(value, optional)


def _take_fixed(model: type[Model]) -> None:
    """Collect the fixed values of a class, before pydantic reads the defaults of its fields."""
    own = inspect.get_annotations(model)
    fixed = {name: value for name, value in model._fixed.items() if name not in own}
    for name in own:
        default = model.__dict__.get(name)
        if isinstance(default, _Constant):
            fixed[name] = default.value
            if default.optional:
                setattr(model, name, None)
            else:
                delattr(model, name)
    model._fixed = fixed


class MissingPropertyError(AttributeError):
    """A property that the schema requires is missing; see the violations of the response."""


_MASK = "**********"


class _Hidden:
    def __repr__(self) -> str:
        return repr(_MASK)


_HIDDEN = _Hidden()


class _NotNull:
    """Removes null from `T | None`: the property may be absent, but null would violate the schema."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        if get_origin(source) in (Union, UnionType):
            members = tuple(member for member in get_args(source) if member is not NoneType)
            source = members[0] if len(members) == 1 else Union[members]  # noqa: UP007 - made at run time
        return handler(source)


Omittable = Annotated[_T | None, _NotNull()]
"""A property that may be absent; it is then None. Null is invalid in JSON. `model_fields_set` tells them apart."""


class _FullDate:
    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.str_schema(pattern=_FULL_DATE, strict=True)
        from_text = core_schema.chain_schema([text, core_schema.date_schema(strict=False)])
        either = core_schema.union_schema([core_schema.date_schema(strict=True), from_text], mode="left_to_right")
        return core_schema.json_or_python_schema(json_schema=from_text, python_schema=either)


class _Lossless:
    """Keeps integers where any number is allowed, and distinguishes `true` from `1` in a literal.

    Must be the last annotation.
    """

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        plain = handler(source)
        if plain["type"] == "literal":
            return _one_of_a_kind(plain["expected"])
        if plain["type"] != "float":
            return plain
        # A union of integer and float would cost 40 ns per number. The fast pass reads floats, the fallback reads what
        # a float would round, and integers are written as integers.
        fast: Any = {
            **plain,
            "le": min(plain.get("le", _WHOLE), _WHOLE),
            "ge": max(plain.get("ge", -_WHOLE), -_WHOLE),
        }
        exact = core_schema.is_instance_schema(LosslessNumber)
        either = core_schema.union_schema([exact, wide_number(plain)], mode="left_to_right")
        return core_schema.json_or_python_schema(
            json_schema=fast,
            python_schema=core_schema.no_info_after_validator_function(_as_in_json, either),
            serialization=core_schema.plain_serializer_function_ser_schema(_write_number),
            metadata={MARK: plain},
        )


# Beyond this, a float does not represent every integer.
_WHOLE = 2**53 - 1


def _as_in_json(value: Any) -> Any:
    """Return a large float as the integer in its JSON text."""
    large = type(value) is float and _WHOLE < abs(value) < inf
    return int(Decimal(repr(value))) if large else value


def _write_number(value: Any) -> Any:
    return int(value) if type(value) is float and value.is_integer() and abs(value) <= _WHOLE else value


class _JsonArray:
    """Accepts lists for a tuple, because JSON data has no tuples."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        built: Any = {**handler(source), "strict": False}
        return cast("CoreSchema", built)


def _one_of_a_kind(expected: Iterable[Any]) -> CoreSchema:
    """A literal that does not accept `1` for True, although they are equal in Python."""
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


class _Forbidden:
    """Rejects every value. Used for unlisted properties: they are violations, but are kept and written again."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(_refuse)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"not": {}}


def _refuse(_: Any) -> Any:
    raise PydanticCustomError(
        "extra_forbidden", "Input should be left out, because the schema allows no other properties"
    )


EXACT = _Lossless()
JSON_ARRAY = _JsonArray()
Forbidden = Annotated[Any, _Forbidden()]
"""The type of unlisted properties if the schema forbids them."""
FullDate = Annotated[date, _FullDate()]
"""An RFC 3339 full-date."""
Number = Annotated[float, EXACT]
"""A JSON number. A number written as an integer is an `int` if a float would round it."""


class Tagged:
    """Selects the variant of a union by a property.

    Args:
        member: wire name of the property.
        mapping: value of the property -> index of the variant.
        fallback: index of the variant for values that `mapping` does not list; without one, they are violations.
    """

    def __init__(self, member: str, mapping: Mapping[str, int], fallback: int | None = None) -> None:
        self.member = member
        self.mapping = mapping
        self.fallback = fallback

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        variants: list[Any] = [handler.generate_schema(variant) for variant in get_args(source)]
        choices = {tag: variants[place] for tag, place in self.mapping.items()}
        unlisted = [part for part in variants if part.get("metadata", {}).get(MARK) == UNLISTED_VARIANT]
        by_tag: Any = core_schema.tagged_union_schema(
            choices, discriminator=self.member, metadata={UNLISTED_VARIANT: unlisted[0]} if unlisted else None
        )
        if self.fallback is not None:
            otherwise = core_schema.no_info_before_validator_function(self._unlisted, variants[self.fallback])
            by_tag = core_schema.union_schema([by_tag, otherwise], mode="left_to_right", metadata={MARK: OPEN_UNION})
        return core_schema.json_or_python_schema(
            json_schema=by_tag,
            python_schema=core_schema.tagged_union_schema(
                {True: by_tag, False: core_schema.union_schema(variants)}, discriminator=self._is_data
            ),
            # The instance determines the variant; a tagged serializer would search the tag by its wire name.
            serialization=core_schema.simple_ser_schema("any"),
        )

    def _is_data(self, value: Any) -> bool:
        return isinstance(value, dict) and (self.member in value or self.fallback is not None)

    def _unlisted(self, value: Any) -> Any:
        tag = value.get(self.member) if isinstance(value, dict) else None
        if isinstance(tag, str) and tag in self.mapping:
            raise PydanticCustomError(LISTED_TAG, "Input should have a tag that is not listed")
        return value


def to_jsonable(value: Any, *, mask_secrets: bool = False) -> Any:
    """Return a result as plain JSON data by wire names, without unset properties.

    Args:
        value: a model, or lists and dictionaries of models.
        mask_secrets: replace the values of secret properties by asterisks.
    """
    if type(value) is bytes:  # A binary response.
        return value
    marks = SourceMap()
    data = marks.restored(_plain(value, marks))
    return _masked(value, data) if mask_secrets else data


def _masked(value: Any, data: Any) -> Any:
    """Return the JSON data of a value without its secrets."""
    if isinstance(value, Model):
        if value.secret_members:
            return dict.fromkeys(data, _MASK)
        fields = type(value).model_fields
        names = {field.alias or name: name for name, field in fields.items()}
        masked: dict[str, Any] = {}
        for wire, item in data.items():
            name = names[wire] if wire in names else wire
            is_secret = name in fields and not fields[name].repr
            values = value.__dict__ if wire in names else value.model_extra or {}
            masked[wire] = _MASK if is_secret else _masked(values.get(name), item)
        return masked
    if isinstance(value, Mapping):
        return {key: _masked(item, data[key]) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_masked(item, raw) for item, raw in zip(value, data, strict=True)]
    return data


def _plain(value: Any, marks: SourceMap) -> Any:
    if isinstance(value, Model):
        own = value._serializer()
        return own.to_python(value, mode="json", exclude_unset=True, warnings=False, context=marks)
    if isinstance(value, Mapping):
        return {key: _plain(item, marks) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, marks) for item in value]
    if isinstance(value, (LosslessText, datetime, time, UUID, bytes)):
        return write_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"{value} is not a JSON number")
        return marks.mark(str(value))
    if isinstance(value, LosslessNumber):
        return marks.mark(value.text)
    return value.value if isinstance(value, Enum) else value


def _json_text(own: SchemaSerializer, model: Model, *, warnings: Any = False, **options: Any) -> str:
    """Return the JSON text of a model with all digits of its numbers."""
    marks = SourceMap()
    options["exclude_unset"] = True
    options["context"] = marks if options.get("context") is None else options["context"]
    return marks.replaced(own.to_json(model, warnings=warnings, **options).decode())


def _omit_unset(model: Any, info: Any) -> Any:
    """Serialize a model that is part of another type, or of a value of any type."""
    if not isinstance(model, Model):
        return model
    return model._serializer().to_python(
        model,
        mode=info.mode,
        by_alias=info.by_alias,
        include=info.include,
        exclude=info.exclude,
        exclude_unset=True,
        exclude_none=info.exclude_none,
        exclude_defaults=info.exclude_defaults,
        context=info.context,
        warnings=False,
    )


_OMIT_UNSET = core_schema.plain_serializer_function_ser_schema(_omit_unset, info_arg=True)
_SERIALIZER = SchemaSerializer(core_schema.any_schema(serialization=_OMIT_UNSET))


def json_bytes(value: Any, *, ascii_only: bool = False) -> bytes:
    """Return a value as JSON text in UTF-8.

    Raises:
        RequestError: JSON cannot express it.
    """
    try:
        if isinstance(value, Model):
            text = value.to_json()
        else:
            marks = SourceMap()
            data = _plain(value, marks)
            text = marks.replaced(json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":")))
        return (_escaped(text) if ascii_only else text).encode()
    except (TypeError, ValueError) as problem:
        raise RequestError(f"body: {problem}") from None


def _escaped(text: str) -> str:
    """Return JSON text in ASCII. Characters outside ASCII occur only in strings, as UTF-16 escapes."""
    return re.sub(r"[^\x00-\x7f]", lambda sign: json.dumps(sign[0])[1:-1], text)
