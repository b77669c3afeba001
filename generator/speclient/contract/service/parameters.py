"""The values that the caller fixes: ids that exist, an account that may be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from ..arguments import ArgumentSpace
from ..jsontypes import Json
from ..operations import Operation, Parameter


class UsageError(ValueError):
    """The run was asked for in a way that makes no sense; the message says what to do instead."""


def parse_parameters(text: str) -> dict[str, str]:
    """`jobId=abc,account=me` as a table. A comma within a value is written `%2C`. Raises `UsageError`."""
    values: dict[str, str] = {}
    for piece in text.split(",") if text.strip() else []:
        name, equals, value = piece.partition("=")
        if not equals or not name.strip():
            raise UsageError(f"--param: {piece!r} is not name=value (write a comma within a value as %2C)")
        values[name.strip()] = unquote(value.strip())
    return values


def check_names(operations: Iterable[Operation], params: Mapping[str, str]) -> None:
    """Raise `UsageError` for a name that no operation has as a path or query parameter."""
    keys = (each.key for operation in operations for each in operation.parameters)
    known = sorted({key.name for key in keys if key.location in ("path", "query")})
    for name in params:
        if name not in known:
            raise UsageError(f"--param: no operation has a parameter {name!r}; there are {', '.join(known) or 'none'}")


def typed(space: ArgumentSpace, parameter: Parameter, text: str) -> Json:
    """`text` as the first JSON type that the parameter's schema takes."""
    if parameter.key.location == "path" and text in (".", ".."):
        raise UsageError(f"--param: {text!r} as the {parameter.key} would change the path of the request")
    judge = space.judge(parameter)
    candidates: list[Json] = [text]
    if text.lstrip("-").isdigit():
        candidates.append(int(text))
    if text in ("true", "false"):
        candidates.append(text == "true")
    candidates.append(list[Json](text.split(" ")))
    valid = next((each for each in candidates if judge.is_valid(each)), None)
    if valid is None:
        raise UsageError(f"--param: {text!r} is not a value for the {parameter.key}: {judge.why(text)}")
    return valid
