"""Keyword arguments of a body that may be left out as a whole, but not in part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from conftest import Made
from execution.twin import KINDS, Script, Twin

Make = Callable[[str], Made]
SPEC = """
openapi: 3.1.0
info: {title: Search, version: "1"}
servers: [{url: https://api.example.com}]
paths:
  /search:
    post:
      operationId: search
      tags: [queries]
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [text]
              properties: {text: {type: string}, limit: {type: integer}}
      responses: {'204': {description: done}}
  /feed:
    get:
      operationId: feed
      tags: [queries]
      responses:
        '200': {description: Items., content: {application/x-ndjson: {schema: {type: object}}}}
  /values:
    get:
      operationId: values
      tags: [queries]
      responses:
        '200':
          description: Values.
          content: {application/json: {schema: {type: object, properties: {values: {type: array}}}}}
"""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("arguments", "body"), [({}, b""), ({"text": "a"}, b'{"text":"a"}'), ({"limit": 1}, None)])
def test_required_properties_of_an_optional_body(
    make: Make, kind: str, arguments: dict[str, Any], body: bytes | None
) -> None:
    made = make(SPEC)
    wire = Script(httpx2.Response(204))
    client = Twin(kind, made.module, "Search", wire)
    if body is None:
        with pytest.raises(made.module.RequestError, match="text"):
            client.call("queries.search", **arguments)
    else:
        client.call("queries.search", **arguments)
    client.close()
    assert [request.content for request in wire.requests] == ([] if body is None else [body])


def test_properties_with_similar_names_have_the_same_arguments_as_attributes(make: Make) -> None:
    made = make(SPEC.replace(
        "required: [text]\n              properties: {text: {type: string}, limit: {type: integer}}",
        "properties: {'@id': {type: string}, id: {type: string}, foo-bar: {type: string}, foo_bar: {type: string}}",
    ))  # fmt: skip
    wire = Script(httpx2.Response(204))
    client = Twin("sync", made.module, "Search", wire)
    values = {"id": "1", "id_": "2", "foo_bar": "3", "foo_bar_": "4"}
    model = next(each for each in map(made.module.models.__getattr__, ["QueriesSearchBody"]) if each)
    client.call("queries.search", **values)
    client.call("queries.search", body=model(**values))
    assert wire.requests[0].content == wire.requests[1].content
    assert b'"id":"1"' in wire.requests[0].content


def test_schemas_of_lists_and_maps_of_themselves_end(make: Make) -> None:
    made = make("""
openapi: 3.1.0
info: {title: Trees, version: "1"}
servers: [{url: https://api.example.com}]
paths:
  /trees:
    get:
      operationId: get
      tags: [trees]
      responses:
        '200': {description: A tree., content: {application/json: {schema: {$ref: '#/components/schemas/T'}}}}
components:
  schemas:
    T: {type: object, properties: {map: {$ref: '#/components/schemas/Map'}, list: {$ref: '#/components/schemas/List'}}}
    Map: {type: object, additionalProperties: {$ref: '#/components/schemas/Map'}}
    List: {type: array, items: {type: object, additionalProperties: {$ref: '#/components/schemas/List'}}}
""")
    body = {"map": {"a": {"b": {}}}, "list": [{"a": [{}]}]}
    client = made.module.Trees(transport=httpx2.MockTransport(lambda _: httpx2.Response(200, json=body)))
    assert client.trees.get().to_dict() == body


def test_headers_of_a_stream_must_be_a_mapping(make: Make) -> None:
    made = make(SPEC)
    client = made.module.Search(transport=httpx2.MockTransport(lambda _: httpx2.Response(200)))
    with pytest.raises(made.module.RequestError, match="extra_headers"):
        client.queries.feed(extra_headers=["X-A"]).collect()


def test_lists_of_any_values_contain_no_nan(make: Make) -> None:
    made = make(SPEC)
    client = made.module.Search(transport=httpx2.MockTransport(lambda _: httpx2.Response(200, json={})))
    kind = type(client.queries.values())
    assert kind.model_validate({"values": [1.5, {"a": [None]}]}).values == [1.5, {"a": [None]}]
    for value in (float("nan"), [float("inf")], {"a": float("-inf")}):
        with pytest.raises(ValueError, match="finite"):
            kind.model_validate({"values": [value]})
