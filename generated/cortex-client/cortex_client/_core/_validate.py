"""`model_validate_json` and `model_validate` of models accept what is valid in a response body."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from ._decode import Decoder, Invalid, Undecodable


def validate_text(model: Any, text: str | bytes | bytearray, validate: Callable[..., Any], options: Any) -> Any:
    """`model_validate_json`: validates like a response body, but raises the exceptions of pydantic."""
    if options:
        return validate(text, **options)
    decoder = model.__dict__.get("_decoder")
    if decoder is None:
        decoder = model._decoder = Decoder(model, by_name=True)
    content = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else bytes(text)
    try:
        return decoder.read(content)
    except Invalid:
        problem = "the JSON violates the schema"
    except Undecodable:
        problem = "not JSON (RFC 8259)"
    validate(text)
    # pydantic accepts values that are not JSON, such as NaN.
    error: Any = {"type": "json_invalid", "input": text, "ctx": {"error": problem}}
    raise ValidationError.from_exception_data(model.__name__, [error], "json", hide_input=True)


def validate_data(model: Any, data: Any, validate: Callable[..., Any], options: Any) -> Any:
    """`model_validate`: accepts the data of each JSON text that the fallback accepts."""
    try:
        return validate(data, **options)
    except ValidationError:
        if options or not isinstance(data, dict):
            raise
        try:
            text = json.dumps(data, allow_nan=False)
            if json.loads(text) == data:
                return model.model_validate_json(text)
        except (TypeError, ValueError, RecursionError):
            pass
        raise
