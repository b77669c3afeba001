"""RFC 3339 date-times, which models keep as text until they are read."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

MARK = "speclient"
"""Key in the metadata of a core schema that marks types which the fallback reads differently."""

# RFC 3339, section 5.6, in its usual notation. The fallback reads the rest: lower case, leap seconds, and February 29
# in century years.
_DAY = (
    r"[0-9]{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
    r"|[0-9]{2}(?:0[48]|[2468][048]|[13579][26])-02-29"
)
_SECOND = r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_OFFSET = r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
ANY_PRECISION = rf"^(?:{_DAY}){_SECOND}(?:\.[0-9]+)?{_OFFSET}$"
# `datetime` cannot represent it.
_MICROSECONDS = rf"^(?:{_DAY}){_SECOND}(?:\.[0-9]{{1,6}})?{_OFFSET}$"
_PLAIN = re.compile(_MICROSECONDS)
_PARTS = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:([Zz])|([+-])([0-9]{2}):([0-9]{2}))"
)


class LosslessDateTime(datetime):
    """A point in time that `datetime` cannot represent: more than six digits of a second, or a leap second.

    The value is the preceding `datetime`. `text` is the original and is sent unchanged.
    """

    text: str = ""

    def __reduce_ex__(self, protocol: Any) -> Any:
        return (read_date_time, (self.text,))


def read_date_time(text: str) -> datetime:
    """Parse an RFC 3339 date-time of any precision.

    Raises:
        ValueError: it is not an RFC 3339 date-time.
    """
    if _PLAIN.fullmatch(text) is not None:
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass  # Year 0.
    match = _PARTS.fullmatch(text)
    if match is None:
        raise ValueError("not an RFC 3339 date-time")
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    fraction = match[7] or ""
    offset = timedelta(hours=int(match[10] or 0), minutes=int(match[11] or 0))
    if hour > 23 or minute > 59 or second > 60 or int(match[10] or 0) > 23 or int(match[11] or 0) > 59:
        raise ValueError("not an RFC 3339 date-time")
    zone = UTC if not offset else timezone(-offset if match[9] == "-" else offset)
    leap = second == 60
    micro = 999_999 if leap else int(fraction[:6].ljust(6, "0"))
    if year == 0:  # Valid in RFC 3339, but before the first year of `datetime`.
        date(4, month, day)
        year, month, day, hour, minute, second, micro = 1, 1, 1, 0, 0, 0, 0
        exact = False
    else:
        exact = not leap and not fraction[6:].strip("0")
    kind = datetime if exact else LosslessDateTime
    parsed = kind(year, month, day, hour, minute, min(second, 59), micro, tzinfo=zone)
    if leap and not _ends_a_day(parsed):
        raise ValueError("a leap second must be the last second of a day in UTC")
    if isinstance(parsed, LosslessDateTime):
        parsed.text = text
    return parsed


def _ends_a_day(date_time: datetime) -> bool:
    offset = date_time.utcoffset() or timedelta()
    minutes = (date_time.hour * 60 + date_time.minute) * 60 - offset.total_seconds()
    return minutes % 86_400 == 86_340


def write_date_time(date_time: Any) -> Any:
    """Return RFC 3339 text for a point in time. Other values were kept unchanged and stay so."""
    if isinstance(date_time, LosslessDateTime):
        return date_time.text
    if not isinstance(date_time, datetime):
        return date_time
    text: str = date_time.isoformat()
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text


def from_epoch(value: float | None, per_second: int) -> datetime | None:
    """Return the point in time of a number of units since 1970 in UTC, or None if it is out of range."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value * (1_000_000 // per_second))
    except (OverflowError, ValueError):
        return None


class LazyDateTime:
    """Descriptor of a model field with a date-time. The value stays text until it is read, because most are never read.

    An invalid value was reported as a violation and stays text.
    """

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, model: Any, owner: type[Any] | None = None) -> Any:
        fields: dict[str, Any] = {} if model is None else model.__dict__
        if self._name not in fields:
            raise AttributeError(self._name)
        value = fields[self._name]
        if type(value) is str:
            value = fields[self._name] = _read(value)
        return value

    def __set__(self, model: Any, value: Any) -> None:
        model.__dict__[self._name] = value

    def __delete__(self, model: Any) -> None:
        del model.__dict__[self._name]


class InvalidDateTime(str):
    """A value that is not a valid date-time."""

    __slots__ = ()


def _read(value: Any) -> Any:
    if type(value) is not str:
        return value
    try:
        # The fast pass validated it. This notation has no more digits than `datetime` can represent.
        return datetime.fromisoformat(value) if len(value) < 28 and value[-1:] == "Z" else read_date_time(value)
    except ValueError:  # Year 0.
        return read_date_time(value)


def _slow_date_time(value: Any) -> datetime:
    try:
        return read_date_time(value) if isinstance(value, str) else _aware(value)
    except ValueError:
        raise PydanticCustomError("date_time", "Input should be an RFC 3339 date-time") from None


def _aware(value: Any) -> datetime:
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise ValueError
    return value


def _written(value: Any, info: Any) -> Any:
    return write_date_time(value) if info.mode == "json" else _read(value)


PYTHON_DATE_TIME = core_schema.no_info_plain_validator_function(_slow_date_time)


class _DateTime:
    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.str_schema(pattern=_MICROSECONDS, strict=True)
        return core_schema.json_or_python_schema(
            json_schema=core_schema.chain_schema([text, core_schema.datetime_schema(strict=False)]),
            python_schema=PYTHON_DATE_TIME,
            serialization=core_schema.plain_serializer_function_ser_schema(
                _written, info_arg=True, return_schema=core_schema.any_schema()
            ),
            metadata={MARK: "date-time"},
        )


DateTime = Annotated[datetime, _DateTime()]
"""An RFC 3339 date-time with offset."""
