"""Types of strings and numbers, and the validation keywords that pydantic can enforce."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import Any, Literal

import pydantic_core

from speclient.build.context import Site
from speclient.build.limitations import LimitationLog
from speclient.ir import Scalar, ScalarKind
from speclient.schema.merge import Shape

NUMERIC = ("exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf")
TEXTUAL = ("maxLength", "minLength", "pattern")
_SIZES = frozenset(f"{end}{of}" for end in ("min", "max") for of in ("Length", "Items", "Properties"))
_LONGEST = 2**31 - 1
"""The longest length that pydantic can represent."""
_UUID_LENGTH = 36


def number_type(kind: ScalarKind, shape: Shape, site: Site, log: LimitationLog) -> Scalar:
    """The type of an integer or a number.

    Args:
        kind: INTEGER or NUMBER.
        shape: the merged keywords.
        site: the schema.
        log: records what is not enforced.
    """
    constraints: dict[str, Any] = dict(_constraints(shape, NUMERIC))
    step = constraints.get("multipleOf")
    if step is not None and (kind is ScalarKind.NUMBER or step != int(step)):
        log.not_enforced(site.node, "`multipleOf` is enforced for integers only")
        del constraints["multipleOf"]
    if kind is ScalarKind.INTEGER:
        constraints = _integer_bounds(constraints)
    else:
        constraints = {key: value for key, value in constraints.items() if abs(value) <= sys.float_info.max}
    return Scalar(kind, tuple(sorted(constraints.items())), shape.format)


def string_type(shape: Shape, site: Site, log: LimitationLog) -> Scalar:
    """The type of a string.

    Args:
        shape: the merged keywords.
        site: the schema.
        log: records what is not enforced.
    """
    constraints = _constraints(shape, TEXTUAL)
    if shape.format in ("date-time", "date"):
        if constraints:
            log.not_enforced(site.node, f"length and pattern of a {shape.format} are not enforced")
        return Scalar(ScalarKind(shape.format), (), shape.format)
    if shape.format == "uuid":
        constraints = tuple(item for item in constraints if not _holds_for_uuids(*item))
    pattern = shape.constraints.get("pattern")
    if pattern is not None and (why := _unusable(pattern)) is not None:
        log.not_enforced(site.node.get("pattern") or site.node, f"`pattern` is not enforced: {why}")
        constraints = tuple(item for item in constraints if item[0] != "pattern")
    return Scalar(ScalarKind.STRING, constraints, shape.format)


def size_bounds(shape: Shape, of: Literal["Items", "Properties"]) -> tuple[tuple[str, int], ...]:
    """The bounds of the number of items or properties."""
    keys = (f"max{of}", f"min{of}")
    return tuple((key, value) for key in keys if _has_effect(key, value := shape.constraints.get(key, _LONGEST + 1)))


def has_unpaired_surrogate(value: object) -> bool:
    """Whether it is a string with half of a surrogate pair, which is not valid in JSON."""
    return isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value)


def _constraints(shape: Shape, keys: Sequence[str]) -> tuple[tuple[str, int | float | str], ...]:
    constraints = {key: shape.constraints[key] for key in sorted(keys) if key in shape.constraints}
    return tuple((key, value) for key, value in constraints.items() if _has_effect(key, value))


def _has_effect(key: str, value: Any) -> bool:
    """Whether a bound of a size is small enough to have an effect; pydantic cannot represent larger sizes."""
    return isinstance(value, str) or key not in _SIZES or value <= _LONGEST


def _holds_for_uuids(keyword: str, value: Any) -> bool:
    """Whether every UUID satisfies a length bound."""
    return (keyword == "minLength" and value <= _UUID_LENGTH) or (keyword == "maxLength" and value >= _UUID_LENGTH)


def _integer_bounds(constraints: dict[str, Any]) -> dict[str, Any]:
    """The bounds of an integer as integers: `> 0.5` is `>= 1`."""
    bounds: dict[str, Any] = {}
    for key, value in constraints.items():
        if isinstance(value, float) and math.isinf(value):
            continue
        if value == int(value):
            bounds[key] = int(value)
        elif "inimum" in key:
            bounds["minimum"] = max(math.ceil(value), bounds.get("minimum", math.ceil(value)))
        else:
            bounds["maximum"] = min(math.floor(value), bounds.get("maximum", math.floor(value)))
    return bounds


def _unusable(pattern: str) -> str | None:
    """Why pydantic's regular expression engine cannot use a pattern, or None."""
    if has_unpaired_surrogate(pattern):
        return "it contains an unpaired surrogate"
    try:
        pydantic_core.SchemaValidator(pydantic_core.core_schema.str_schema(pattern=pattern))
    except pydantic_core.SchemaError:
        return "the pattern is not valid, or uses features that pydantic's engine lacks (look-around, backreferences)"
    return None
