"""Values that fit a schema, and values that do not, by schemathesis.

schemathesis generates requests; its generator of *bodies* is the best there is for JSON Schema, and it is
reached by public API only through an operation. So each schema wanted here becomes the JSON body of a
made-up POST operation, in a document that mirrors the real one: answers turn into requests.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import schemathesis
from hypothesis import strategies as st

from .jsontypes import Json, as_json


class Mirror:
    """Strategies for a table of schemas: key -> schema, whose references lead into `components`."""

    def __init__(self, schemas: Mapping[str, Json], components: Mapping[str, Json]) -> None:
        keys = {key: f"/m{index}" for index, key in enumerate(schemas)}
        paths = {keys[key]: {"post": _mirrored(schema)} for key, schema in schemas.items()}
        document: dict[str, Any] = {
            "openapi": "3.1.0",
            "info": {"title": "mirror", "version": "1"},
            "paths": paths,
            "components": {"schemas": dict(components)},
        }
        self._paths = keys
        # Without an explicit configuration a schemathesis.toml that happens to lie around is taken.
        self._schema = schemathesis.openapi.from_dict(document, config=schemathesis.Config())

    def valid(self, key: str) -> st.SearchStrategy[Json]:
        """Values that fit the schema at `key`."""
        return self._bodies(key, schemathesis.GenerationMode.POSITIVE)

    def invalid(self, key: str) -> st.SearchStrategy[Json]:
        """Values most of which do not fit the schema at `key`.

        Judge each again, about one in eight does fit.
        """
        return self._bodies(key, schemathesis.GenerationMode.NEGATIVE)

    def _bodies(self, key: str, mode: schemathesis.GenerationMode) -> st.SearchStrategy[Json]:
        operation = self._schema[self._paths[key]]["POST"]
        bodies = operation.as_strategy(generation_mode=mode).map(_body)
        return bodies.filter(_is_json)


def _mirrored(schema: Json) -> dict[str, Any]:
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {"200": {"description": "unused"}},
    }


def _body(case: schemathesis.Case[Any]) -> Json:
    return as_json(case.body)


def is_plain(value: Json) -> bool:
    """Whether a value has only the types of JSON: schemathesis has a class of its own for binary strings."""
    if isinstance(value, list):
        return all(map(is_plain, value))
    if isinstance(value, dict):
        return all(map(is_plain, value.values()))
    return not isinstance(value, str) or type(value) is str


def _is_json(value: object) -> bool:
    """Negative mode also makes raw bytes and leaves the body out.

    Those are faults of transport, tested elsewhere.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return True
    if isinstance(value, list):
        return all(_is_json(each) for each in value)
    return isinstance(value, dict) and all(isinstance(key, str) and _is_json(each) for key, each in value.items())
