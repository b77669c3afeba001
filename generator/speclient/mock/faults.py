"""Faults that a test injects: statuses, slow and broken connections, and bodies that violate the document."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from random import Random
from typing import Any

from speclient.mock.messages import Delivery, Response, json_bytes
from speclient.schema import navigate
from speclient.schema.validator import Validator

_MOST_PLACES = 2000
"""Places of a body that are tried for a fault."""


class FaultError(Exception):
    """The fault cannot be injected into the response."""


@dataclass(frozen=True, slots=True)
class Target:
    """The response that a fault changes, with the schema of its body."""

    response: Response
    validator: Validator
    schema: str | None
    rng: Random


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. Use the functions of this module to create it.

    Args:
        name: for the journal and the header `X-Mock-Fault`.
        status: respond with this status, as the document describes it; the operation is not performed.
        response: respond with this; the operation is not performed.
        headers: sent in place of headers with the same names.
        change: changes the response.
        delivery: how the response is sent.
        page: `stuck` or `overlap`, for the page of a listing.
        expires: refuse the credentials of this call from now on.
    """

    name: str
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    response: Response | None = None
    change: Callable[[Target], Response] | None = None
    delivery: Delivery | None = None
    page: str | None = None
    expires: bool = False

    @property
    def is_refusal(self) -> bool:
        """Whether the response takes the place of the operation, which is not performed."""
        return self.status is not None or self.response is not None or self.expires


OK = Fault("none")
"""No fault: the normal response."""
_HOUR = 3600


def checked_number(name: str, value: object, least: float, most: float, *, whole: bool = False) -> float:
    """The value of an argument, if it is a finite number within the bounds.

    Raises:
        ValueError: it is not; the message names the argument.
    """
    kind = "a whole number" if whole else "a number"
    fits = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
    if not fits or not least <= value <= most:  # type: ignore[operator]
        raise ValueError(f"{name}: expected {kind} from {least:,} to {most:,}, got {value!r}")
    return value  # type: ignore[return-value]


def _header_text(value: object) -> str:
    if not isinstance(value, str) or not value or not value.isascii() or not value.isprintable():
        raise ValueError(f"{value!r} cannot be the name or the value of a header")
    return value


def status(code: int, *, retry_after: float | str | None = None, headers: dict[str, str] | None = None) -> Fault:
    """A status, with its documented body; `retry_after` in seconds, or as an HTTP date.

    Raises:
        ValueError: an argument is not valid.
    """
    checked_number("code", code, 100, 599, whole=True)
    extra = dict(headers or {})
    if isinstance(retry_after, str):
        extra["retry-after"] = retry_after
    elif retry_after is not None:
        extra["retry-after"] = f"{checked_number('retry_after', retry_after, 0, 10**9):g}"
    pairs = tuple((_header_text(name).lower(), _header_text(value)) for name, value in extra.items())
    return Fault(f"status {code}", status=code, headers=pairs)


def latency(seconds: float) -> Fault:
    """A delay before the response, of up to an hour.

    Raises:
        ValueError: the delay is not valid.
    """
    return Fault("latency", delivery=Delivery(latency=checked_number("seconds", seconds, 0, _HOUR)))


def drip(seconds: float = 0.05, *, piece: int = 16) -> Fault:
    """The body in pieces of `piece` bytes, with a delay before each.

    Raises:
        ValueError: an argument is not valid.
    """
    delay = checked_number("seconds", seconds, 0, _HOUR)
    size = int(checked_number("piece", piece, 1, 10**9, whole=True))
    return Fault("drip", delivery=Delivery(drip=delay, piece=size))


def drop(after: int | None = None) -> Fault:
    """The connection ends: before the response, or after so many bytes of the body.

    Raises:
        ValueError: the number of bytes is not valid.
    """
    if after is None:
        return Fault("drop", delivery=Delivery(refuse=True))
    return Fault("drop", delivery=Delivery(cut=int(checked_number("after", after, 0, 10**12, whole=True))))


def truncate(length: int | None = None) -> Fault:
    """A shorter body, half of it by default, as if it were complete.

    Raises:
        ValueError: the length is not valid.
    """
    if length is not None:
        checked_number("length", length, 0, 10**12, whole=True)

    def change(target: Target) -> Response:
        body = target.response.body
        kept = len(body) // 2 if length is None else length
        return replace(target.response, body=body[:kept])

    return Fault("truncated body", change=change)


def invalid_json() -> Fault:
    """A body that is not JSON."""
    return Fault("invalid JSON", change=lambda target: replace(target.response, body=b'{"unfinished": [1, 2'))


def html(code: int = 502) -> Fault:
    """The HTML page of a proxy, undocumented as it would be.

    Raises:
        ValueError: the code is not an HTTP status.
    """
    checked_number("code", code, 200, 599, whole=True)
    title = f"{code} {HTTPStatus(code).phrase}" if code in HTTPStatus._value2member_map_ else str(code)
    body = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>".encode()
    page = Response(code, (("content-type", "text/html; charset=utf-8"),), body)
    return Fault(f"HTML {code}", response=page)


def content_type(name: str = "text/plain") -> Fault:
    """Another content type for the same body.

    Raises:
        ValueError: the name cannot be the value of a header.
    """
    _header_text(name)

    def change(target: Target) -> Response:
        others = tuple(pair for pair in target.response.headers if pair[0].lower() != "content-type")
        return replace(target.response, headers=(("content-type", name), *others))

    return Fault("content type", change=change)


def unknown_enum(value: str = "SOMETHING_NEW") -> Fault:
    """A value that the enumeration of a property does not list."""
    return Fault("unknown enum value", change=_in_body(lambda place: _replaced_enum(place, value), "no enumeration"))


def unknown_variant(tag: str = "something-new") -> Fault:
    """An object whose discriminator names no variant of its union."""
    return Fault("unknown variant", change=_in_body(lambda place: _replaced_tag(place, tag), "no discriminator"))


def missing_required(name: str | None = None) -> Fault:
    """A required property is missing: the named one, or the first that is found."""
    return Fault("missing property", change=_in_body(lambda place: _shortened(place, name), "no required property"))


def wrong_type(name: str | None = None) -> Fault:
    """A property has a value of another JSON type: the named one, or the first that is found."""
    return Fault("wrong type", change=_in_body(lambda place: _other_type(place, name), "no typed property"))


def stuck_cursor() -> Fault:
    """The cursor of the next page is the one that was sent."""
    return Fault("stuck cursor", page="stuck")


def overlapping_page() -> Fault:
    """The page begins with the last item of the page before."""
    return Fault("overlapping page", page="overlap")


def expired_token() -> Fault:
    """401 for the credentials of this call from now on; other credentials are accepted."""
    return Fault("expired token", expires=True)


# Changes of a body


@dataclass(frozen=True, slots=True)
class _Spot:
    """An object in the body, with its schema and a property of it."""

    owner: dict[str, Any]
    name: str
    schema: Any
    parent: Any
    definitions: Any


def _in_body(edit: Callable[[_Spot], bool], nothing: str) -> Callable[[Target], Response]:
    """A change of the first place of the body where `edit` makes it invalid."""

    def change(target: Target) -> Response:
        if target.schema is None:
            raise FaultError("the response has no JSON body with a schema")
        try:
            original = json.loads(target.response.body)
        except ValueError:
            raise FaultError("the response has no JSON body") from None
        total = sum(1 for _ in _spots(target, original))
        for index in range(min(total, _MOST_PLACES)):
            body = copy.deepcopy(original)
            spot = next(each for number, each in enumerate(_spots(target, body)) if number == index)
            if edit(spot) and not target.validator.admits(target.schema, body):
                return replace(target.response, body=json_bytes(body))
        # An open enumeration or union allows any value: that it is unknown is what matters.
        for spot in _spots(target, body := copy.deepcopy(original)):
            if edit(spot):
                return replace(target.response, body=json_bytes(body))
        raise FaultError(f"the schema of the response has {nothing}")

    return change


def _spots(target: Target, body: Any) -> Iterator[_Spot]:
    definitions = target.validator.table.definitions

    def walk(value: Any, schema: Any, depth: int) -> Iterator[_Spot]:
        if schema is None or depth > 12:
            return
        if isinstance(value, dict):
            inner = {name: navigate.inner_schema(definitions, schema, [name]) for name in list(value)}
            for name in list(value):
                yield _Spot(value, name, inner[name], schema, definitions)
            for name, each in inner.items():
                if name in value:
                    yield from walk(value[name], each, depth + 1)
        elif isinstance(value, list):
            items = navigate.inner_schema(definitions, schema, [navigate.ITEM])
            for each in value[:3]:
                yield from walk(each, items, depth + 1)

    yield from walk(body, {"$ref": f"#/$defs/{target.schema}"}, 0)


def _replaced_enum(spot: _Spot, value: str) -> bool:
    listed = navigate.listed_values(spot.definitions, spot.schema)
    if len(listed) < 2 or _tag_name(spot) == spot.name or not isinstance(spot.owner[spot.name], str):
        return False
    spot.owner[spot.name] = value
    return True


def _tag_name(spot: _Spot) -> str | None:
    for each in navigate.applied_schemas(spot.definitions, spot.parent):
        discriminator = each.get("discriminator")
        if isinstance(discriminator, dict):
            return str(discriminator["propertyName"])
    return None


def _replaced_tag(spot: _Spot, tag: str) -> bool:
    if _tag_name(spot) != spot.name:
        return False
    spot.owner[spot.name] = tag
    return True


def _shortened(spot: _Spot, name: str | None) -> bool:
    if name is not None and spot.name != name:
        return False
    required = {
        each for part in navigate.applied_schemas(spot.definitions, spot.parent) for each in part.get("required", ())
    }
    if name is None and spot.name not in required:
        return False
    del spot.owner[spot.name]
    return True


def _other_type(spot: _Spot, name: str | None) -> bool:
    if name is not None and spot.name != name:
        return False
    types = navigate.json_types(spot.definitions, spot.schema)
    if not types:
        return False
    spot.owner[spot.name] = {"unexpected": True} if "object" not in types else ["unexpected"]
    return True


# Rules


@dataclass(slots=True)
class Rule:
    """Which calls get which faults: the steps of a sequence, one per matching call."""

    operation: str | None
    steps: tuple[Fault, ...]
    first: int | None = None
    """The number of the first call that the rule is about, from 1."""
    probability: float = 1.0
    repeat: bool = False
    used: int = 0

    def next(self, operation: str, number: int, rng: Random) -> Fault | None:
        """The fault for a call, or None if the rule is not about it."""
        if self.operation is not None and self.operation != operation:
            return None
        if self.first is not None and number < self.first:
            return None
        if not self.repeat and self.used >= len(self.steps):
            return None
        if self.probability < 1.0 and rng.random() >= self.probability:
            return None
        step = self.steps[self.used % len(self.steps)]
        self.used += 1
        return step


@dataclass(slots=True)
class Rules:
    """All rules; the newest that is about a call decides."""

    seed: int
    rules: list[Rule] = field(default_factory=list[Rule])
    _rng: Random = field(init=False)

    def __post_init__(self) -> None:
        self._rng = Random(self.seed)

    def fault(self, operation: str, number: int) -> Fault | None:
        """The fault for a call."""
        for rule in reversed(self.rules):
            found = rule.next(operation, number, self._rng)
            if found is not None:
                return None if found is OK else found
        return None


def as_fault(step: Any) -> Fault:
    """A fault for a status, a response or a fault."""
    if isinstance(step, Fault):
        return step
    if isinstance(step, bool) or not isinstance(step, (int, Response)):
        raise TypeError(f"{step!r} is neither a status, nor a Response, nor a fault")
    if isinstance(step, int):
        return status(step)
    return Fault("response", response=step)


class On:
    """Calls of one operation (or of all), to which faults are assigned: the result of `Mock.on`."""

    def __init__(self, rules: Rules, operation: str | None, first: int | None = None, probability: float = 1.0) -> None:
        self._rules, self._operation, self._first, self._probability = rules, operation, first, probability

    def call(self, number: int) -> On:
        """Only from the call with this number (from 1) on.

        Raises:
            ValueError: the number is not valid.
        """
        checked_number("call", number, 1, 10**9, whole=True)
        return On(self._rules, self._operation, number, self._probability)

    def sometimes(self, probability: float) -> On:
        """Only with a probability, decided by the seed of the mock.

        Raises:
            ValueError: the probability is not between 0 and 1.
        """
        checked_number("probability", probability, 0, 1)
        return On(self._rules, self._operation, self._first, probability)

    def respond(self, *steps: int | Response | Fault) -> None:
        """Give each of the next calls one step; afterwards the responses are normal again.

        With a probability, the steps repeat without end. A step is a status, a `Response`, a fault, or `OK`.
        """
        self._add(steps, repeat=self._probability < 1.0)

    def always(self, step: int | Response | Fault) -> None:
        """Give every call this step."""
        self._add([step], repeat=True)

    def _add(self, steps: Sequence[int | Response | Fault], *, repeat: bool) -> None:
        if not steps:
            raise ValueError("at least one step is needed")
        faults = tuple(as_fault(step) for step in steps)
        self._rules.rules.append(Rule(self._operation, faults, self._first, self._probability, repeat))
