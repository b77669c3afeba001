"""Keyword arguments of a method as the body of its request. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ._errors import RequestError
from ._lazy_text import write_text
from ._model import to_jsonable
from ._options import UNSET


def object_body(
    body: Any,
    properties: Mapping[str, Any],
    extra: Mapping[str, Any] | None,
    required: Sequence[str] | None,
    switch: str | None = None,
    constants: Mapping[str, Any] | None = None,
    optional: bool = False,
    texts: Sequence[str] = (),
) -> Any:
    """Return the body of a request: the one that was passed, or an object of the properties that were passed.

    Args:
        body: the argument `body`, or UNSET.
        properties: wire name -> value; those that are UNSET are not sent.
        extra: properties that the document does not list.
        required: wire names of the required properties; None if the body is optional and has none.
        switch: wire name of a property that is sent as true.
        constants: wire name -> value of the properties that have one possible value.
        optional: whether the body is left out if no property is passed.
        texts: wire names of the properties whose bytes or decimals are sent as text.

    Raises:
        RequestError: both `body` and properties were passed, or a required property is missing.
    """
    passed = {name: value for name, value in properties.items() if value is not UNSET}
    passed.update(extra or {})
    if body is not UNSET:
        if passed:
            raise RequestError(f"pass either `body` or its properties, not both: {', '.join(passed)}")
        if texts and isinstance(body, Mapping):
            body = _with_texts(body, texts)
        return body if switch is None else _switched(body, switch)
    if switch is not None:
        passed[switch] = True
    if (optional or required is None) and not passed:
        return None
    missing = [name for name in required or () if name not in passed]
    if missing:
        raise RequestError(f"required properties of the body are missing: {', '.join(missing)}")
    return {**(constants or {}), **_with_texts(passed, texts)}


def _with_texts(properties: Mapping[str, Any], texts: Sequence[str]) -> dict[str, Any]:
    """Return properties with the texts of the formats `byte` and `decimal`: bytes would be a file, decimals numbers."""
    written = {name: write_text(properties[name]) for name in texts if name in properties}
    return {**properties, **written}


def _switched(body: Any, switch: str) -> Any:
    """Return a body with a property that is true; text and bytes are sent as they are."""
    if isinstance(body, (str, bytes)):
        return body
    data = body if isinstance(body, Mapping) else to_jsonable(body)
    return {**data, switch: True} if isinstance(data, Mapping) else body
