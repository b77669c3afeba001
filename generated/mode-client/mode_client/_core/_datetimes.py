"""Date-times of RFC 3339, which a model holds as text until they are read."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

MARK = "speclient"
"""Key in a core schema's metadata, by which the slow path finds types that it reads otherwise."""

# RFC 3339, section 5.6, in its usual spelling. The slow path reads the rest: small letters, leap seconds, and the 29th
# of February in the years that end a century.
_DAY = (
    r"[0-9]{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
    r"|[0-9]{2}(?:0[48]|[2468][048]|[13579][26])-02-29"
)
_SECOND = r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_OFFSET = r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
ANY_PRECISION = rf"^(?:{_DAY}){_SECOND}(?:\.[0-9]+)?{_OFFSET}$"
# As far as `datetime` can hold it.
_MICROSECONDS = rf"^(?:{_DAY}){_SECOND}(?:\.[0-9]{{1,6}})?{_OFFSET}$"
_PLAIN = re.compile(_MICROSECONDS)
_PARTS = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:([Zz])|([+-])([0-9]{2}):([0-9]{2}))"
)


class LosslessDateTime(datetime):
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
    if _PLAIN.fullmatch(text) is not None:
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass  # The year 0.
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
    kind = datetime if exact else LosslessDateTime
    made = kind(year, month, day, hour, minute, min(second, 59), micro, tzinfo=zone)
    if leap and not _ends_a_day(made):
        raise ValueError("a leap second is the last of a day in UTC")
    if isinstance(made, LosslessDateTime):
        made.text = text
    return made


def _ends_a_day(date_time: datetime) -> bool:
    offset = date_time.utcoffset() or timedelta()
    minutes = (date_time.hour * 60 + date_time.minute) * 60 - offset.total_seconds()
    return minutes % 86_400 == 86_340


def write_date_time(date_time: Any) -> Any:
    """RFC 3339 text of a point in time; anything else was kept as it came, and stays so."""
    if isinstance(date_time, LosslessDateTime):
        return date_time.text
    if not isinstance(date_time, datetime):
        return date_time
    text: str = date_time.isoformat()
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text


def from_epoch(value: float | None, per_second: int) -> datetime | None:
    """The point in time that a count of units since 1970 means, in UTC; None where it means none."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value * (1_000_000 // per_second))
    except (OverflowError, ValueError):
        return None


class LazyDateTime:
    """A member of a model that holds a date-time: it is text until it is read, as most never are.

    What is no date-time is a violation that was kept as it came, and stays so.
    """

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, model: Any, owner: type[Any] | None = None) -> Any:
        members: dict[str, Any] = {} if model is None else model.__dict__
        if self._name not in members:
            raise AttributeError(self._name)
        value = members[self._name]
        if type(value) is str:
            value = members[self._name] = _read(value)
        return value

    def __set__(self, model: Any, value: Any) -> None:
        model.__dict__[self._name] = value

    def __delete__(self, model: Any) -> None:
        del model.__dict__[self._name]


class InvalidDateTime(str):
    """What came where a date-time should be, and is none."""

    __slots__ = ()


def _read(value: Any) -> Any:
    if type(value) is not str:
        return value
    try:
        # The fast pass checked it. In this form it has no more digits than `datetime` can hold.
        return datetime.fromisoformat(value) if len(value) < 28 and value[-1:] == "Z" else read_date_time(value)
    except ValueError:  # The year 0.
        return read_date_time(value)


def _slow_date_time(value: Any) -> datetime:
    try:
        return read_date_time(value) if isinstance(value, str) else _aware(value)
    except ValueError:
        raise PydanticCustomError("date_time", "Input should be a date-time of RFC 3339") from None


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
"""An RFC 3339 date-time with its offset."""
