"""Typed arguments for a method.

Every value that the document allows, and the ones that break naive URL building.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from hypothesis import strategies as st

from .jsontypes import Json, as_array, as_object, is_json_type
from .judge import Judge
from .mirror import Mirror
from .operations import Operation, Parameter, ParameterKey
from .schemas import Bundler

# Each has broken some client: dot segments, delimiters of every style, escapes that look done, controls,
# bidi marks.
_AWKWARD = (
    ".", "..", "...", "./x", "../..", "a/b", "/", "//", "a b", " ", "+", "a+b", "&", "a&b=c", "=", "?", "#",
    "%", "%2F", "%2e%2e", "%zz", ":", ";", "@",
    "!$&'()*+;=", "é", "日本", "😀", "e\u0301", "\u202e", "\u00a0",
    "\ufeff", "a\tb", "\n", "\r\n", "\x00", "\x7f", "~-._", "[x]", "{y}", "\\", '"', "<>", "^`", "0", "null",
    "true", "1e5", "x" * 300,
)  # fmt: skip
_DATE_TIMES = ("2024-07-29T15:51:28.071Z", "2024-07-29t15:51:28.071+05:30", "2016-12-31T23:59:60Z")
# These delimit elements in some style. Encoded they are data, but only scalars can rely on a server to see
# it so.
_DELIMITERS = (",", "a,b", "|", "a|b", "a.b", "x=y")


@dataclass(frozen=True)
class Arguments:
    """What a call is given: parameter values by place and wire name, and a body if `body_type` is set."""

    values: Mapping[ParameterKey, Json]
    body: Json = None
    body_type: str | None = None


@dataclass(frozen=True)
class ArgumentSpace:
    """All arguments that an operation allows."""

    operation: Operation

    @cached_property
    def _schemas(self) -> dict[str, Json]:
        schemas = {f"{each.key}": self._bundler.schema(_expressible(each)) for each in self.operation.parameters}
        text: Json = {"type": "string"}
        for name, schema in self.operation.body.content.items() if self.operation.body else ():
            schemas[f"body {name}"] = self._bundler.schema(schema) if _is_data(name, schema) else text
        return schemas

    @cached_property
    def _bundler(self) -> Bundler:
        return Bundler(self.operation.document, of_requests=True)

    @cached_property
    def _mirror(self) -> Mirror:
        schemas = self._schemas
        return Mirror(schemas, self._bundler.components)

    def strategy(self) -> st.SearchStrategy[Arguments]:
        """Arguments with every required parameter, and any of the optional ones."""
        return _arguments(self)

    def value(self, parameter: Parameter) -> st.SearchStrategy[Json]:
        """Values for one parameter."""
        plain = self._mirror.valid(str(parameter.key)).filter(lambda value: expressible(parameter, value))
        awkward = self.awkward(parameter)
        return st.one_of(plain, st.sampled_from(awkward)) if awkward else plain

    def awkward(self, parameter: Parameter) -> list[Json]:
        """The values that break naive URL building, as far as the parameter's schema allows them."""
        texts: list[Json] = [*_AWKWARD, *_DELIMITERS]
        lists: list[Json] = [*([text] for text in texts), *([text, "b"] for text in texts), [], ["a", "a"]]
        candidates = [
            *texts,
            *lists,
            *self._words(parameter),
            True,
            False,
            0,
            1,
            -1,
            2**63,
            0.5,
            1e21,
            *_DATE_TIMES,
        ]
        judge = self.judge(parameter)
        return [value for value in candidates if judge.is_valid(value) and expressible(parameter, value)]

    def _words(self, parameter: Parameter) -> list[Json]:
        schemas: Json = [self._schemas[str(parameter.key)], *self._bundler.components.values()]
        return _words(schemas)

    def judge(self, parameter: Parameter) -> Judge:
        """The judge of one parameter's values."""
        return Judge(self._schemas[str(parameter.key)], self._bundler.components)

    def body_judge(self, media_type: str) -> Judge:
        """The judge of the bodies of one media type."""
        return Judge(self._schemas[f"body {media_type}"], self._bundler.components)

    def body(self, media_type: str) -> st.SearchStrategy[Json]:
        """Bodies of one media type. Null is not generated: for every package, None means that no body is sent."""
        return self._mirror.valid(f"body {media_type}").filter(lambda value: value is not None)


def _is_data(media_type: str, schema: Json) -> bool:
    """Whether a body is given as the data that its schema describes; XML and the like are given as text."""
    essence = media_type.partition(";")[0].strip().lower()
    form = essence == "application/x-www-form-urlencoded" or essence.startswith("multipart/")
    return form or is_json_type(media_type) or as_object(schema).get("type") == "string"


def _words(schema: Json) -> list[Json]:
    """Every value that an enumeration in the schema names."""
    if isinstance(schema, list):
        return [word for each in schema for word in _words(each)]
    if not isinstance(schema, dict):
        return []
    return [*as_array(schema.get("enum")), *(word for each in schema.values() for word in _words(each))]


@st.composite
def _arguments(draw: st.DrawFn, space: ArgumentSpace) -> Arguments:
    operation = space.operation
    values = {
        each.key: draw(space.value(each))
        for each in operation.parameters
        if each.required or draw(st.booleans())
    }  # fmt: skip
    body = operation.body
    if body is None or not body.content or not (body.required or draw(st.booleans())):
        return Arguments(values)
    media_type = draw(st.sampled_from(list(body.content)))
    return Arguments(values, draw(space.body(media_type)), media_type)


def _expressible(parameter: Parameter) -> Json:
    """The parameter's schema without what its place cannot show: an empty path segment is another path."""
    if parameter.key.location != "path" or parameter.media_type is not None:
        return parameter.schema
    return {"allOf": [parameter.schema, {"minLength": 1, "minItems": 1, "minProperties": 1}]}


def expressible(parameter: Parameter, value: Json) -> bool:
    """Whether the parameter's style can show `value` so that a reader gets it back."""
    if parameter.media_type is not None:
        return parameter.key.location not in ("header", "cookie")
    items = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else None
    if items is None:
        return value is not None and _fits_place(parameter, value)
    if any(each is None or isinstance(each, list | dict) for each in items):
        # Nested values have no defined form in any style.
        return False
    if value and parameter.style in ("spaceDelimited", "pipeDelimited") and not parameter.explode:
        # The delimiter is percent-encoded itself, so nothing tells it from data.
        return not any("|" in str(each) or " " in str(each) for each in (*items, *as_object(value)))
    if parameter.key.location == "header":
        return not any("," in str(each) or "=" in str(each) for each in (*items, *as_object(value)))
    if parameter.style == "label" and parameter.explode:
        # A full stop is never encoded in a URL, so nothing tells the delimiter from data.
        return items != [""] and not any("." in str(each) for each in (*items, *as_object(value)))
    # One empty element and no element at all look the same.
    return items != [""] and all(_fits_place(parameter, each) for each in items)


def _fits_place(parameter: Parameter, value: Json) -> bool:
    if not isinstance(value, str):
        return True
    match parameter.key.location:
        case "header":
            # Neither line breaks nor outer white space survive a header field (RFC 9110, 5.5).
            return (
                value == value.strip() and all(char == "\t" or char.isprintable() for char in value) and value.isascii()
            )
        case "path":
            return value != ""
        case _:
            return True
