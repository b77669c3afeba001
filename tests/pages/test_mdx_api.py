"""Sources of pages by docusaurus-openapi-docs."""

from __future__ import annotations

import base64
import gzip
import json
import zlib

import pytest

from speclient.pages.readers.mdx_api import MAX_UNPACKED

from .texts import operations, read, residue, table, triples

OPERATION = {
    "method": "get",
    "path": "/pets/{id}",
    "servers": [{"url": "https://api.example.com"}],
    "security": [{"key": []}],
    "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
    "parameters": [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}},
        {"name": "limit", "in": "query", "schema": {"type": "integer", "default": 25}},
    ],
    "responses": {
        "200": {
            "description": "The pet.",
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["name"],
                        "properties": {
                            "name": {"type": "string"},
                            "inner": "[Circular]",
                            "file": {"$ref": "secret.yaml"},
                        },
                    }
                }
            },
        }
    },
}

TEXT = """
import MethodEndpoint from "@theme/ApiExplorer/MethodEndpoint";

<MethodEndpoint
  method={"get"}
  path={"/pets/{id}"}
  context={"endpoint"}
>
</MethodEndpoint>

Returns one pet.
"""


def page(api: str, text: str = TEXT) -> str:
    return f"---\nid: get-pet\ntitle: Get a pet\napi: {api}\nsidebar: x\n---\n{text}"


def packed(data: object, pack: str) -> str:
    raw = json.dumps(data).encode()
    return base64.b64encode(zlib.compress(raw) if pack == "zlib" else gzip.compress(raw)).decode()


@pytest.mark.parametrize("form", ["json", "quoted", "zlib", "gzip"])
def test_the_operation_of_the_front_matter(form: str) -> None:
    text = json.dumps(OPERATION)
    api = {"json": text, "quoted": "'" + text.replace("'", "''") + "'"}.get(form) or packed(OPERATION, form)
    reading = read(page(api), ".mdx")
    assert reading.style == "docusaurus-mdx"
    assert operations(reading) == ["GET /pets/{id}"]
    assert table(reading, "parameter") == {"path id": "id", "query limit": "limit"}
    assert table(reading, "default") == {"query limit": 25}
    assert table(reading, "minimum") == {"path id": 1}
    assert table(reading, "authentication") == {"GET /pets/{id}": "bearer"}
    assert table(reading, "server") == {"GET /pets/{id}": "https://api.example.com"}
    content = "response 200 application/json"
    assert table(reading, "required")[f"{content} name"] is True
    assert f"{content} inner" in table(reading, "field")
    assert "Returns one pet." in residue(reading)
    assert all(1 <= fact.line <= len(reading.lines) for fact in reading.facts.facts)


def test_front_matter_and_text_that_contradict_each_other_both_give_facts() -> None:
    reading = read(page(packed(OPERATION, "zlib"), TEXT.replace("/pets/{id}", "/animals/{id}")), ".mdx")
    assert operations(reading) == ["GET /pets/{id}", "GET /animals/{id}"]
    assert any("different operations" in note for note in reading.facts.notes)


@pytest.mark.parametrize(
    ("api", "why"),
    [
        (base64.b64encode(zlib.compress(b"0" * (MAX_UNPACKED + 10))).decode(), "more than 5 MB"),
        (base64.b64encode(zlib.compress(b'{"a": 1}' * 100)[:-9]).decode(), "incomplete"),
        (base64.b64encode(b"neither of them, but long enough").decode(), "not compressed"),
        ("AAAAAAAAA", "neither JSON nor base64"),
        (packed([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "zlib"), "not a JSON object"),
        ('{"method": "get"', "not a JSON object"),
    ],
)
def test_front_matter_that_cannot_be_read_is_noted(api: str, why: str) -> None:
    reading = read(page(api), ".mdx")
    assert operations(reading) == ["GET /pets/{id}"]
    assert any(why in note for note in reading.facts.notes)


def test_nested_schemas_without_an_end_are_bounded() -> None:
    schema: dict[str, object] = {"type": "string"}
    for _ in range(300):
        schema = {"type": "object", "properties": {"inner": schema}}
    operation = {**OPERATION, "requestBody": {"content": {"application/json": {"schema": schema}}}}
    assert operations(read(page(packed(operation, "zlib")), ".mdx")) == ["GET /pets/{id}"]


COMPONENTS = """
<MethodEndpoint method={"post"} path={"/pets"}></MethodEndpoint>

<ParamsItem
  className={"paramsItem"}
  param={{"name":"limit","in":"query","required":true,"schema":{"type":"integer","maximum":50}}}
>
</ParamsItem>

<MimeTabs className={"openapi-tabs__mime"} schemaType={"request"}>
<TabItem label={"application/json"} value={"application/json-schema"}>
<SchemaItem collapsible={false} name={"name"} required={true} schemaName={"string"}
  qualifierMessage={"**Possible values:** `non-empty`"} schema={{"type":"string","minLength":1}}>
</SchemaItem>
<SchemaItem collapsible={true} className={"schemaItem"}>
<details style={{}} className={"openapi-markdown__details"}>
<summary>
<span className={"openapi-schema__container"}>
<strong className={"openapi-schema__property"}>tags</strong><span className={"openapi-schema__name"}>object[]</span>
<span className={"openapi-schema__required"}>required</span>
</span>
</summary>
<SchemaItem collapsible={false} name={"label"} required={false} schemaName={"string"}></SchemaItem>
</details>
</SchemaItem>
</TabItem>
</MimeTabs>

<StatusCodes>
<TabItem label={"201"} value={"201"}>
<MimeTabs><TabItem label={"application/json"} value={"application/json"}>
<SchemaItem name={"id"} required={true} schemaName={"integer<int64>"} qualifierMessage={undefined}></SchemaItem>
</TabItem></MimeTabs>
</TabItem>
<TabItem label={"400"} value={"400"}>
</TabItem>
</StatusCodes>
"""


def test_components_of_older_pages() -> None:
    reading = read(COMPONENTS, ".mdx")
    assert operations(reading) == ["POST /pets"]
    assert table(reading, "maximum") == {"query limit": 50}
    assert set(table(reading, "status")) == {"response 201", "response 400"}
    body = "body application/json"
    assert set(table(reading, "field")) == {
        f"{body} name", f"{body} tags", f"{body} tags[].label", "response 201 application/json id",
    }  # fmt: skip
    assert table(reading, "min-length") == {f"{body} name": 1}
    assert table(reading, "required")[f"{body} tags"] is True
    assert table(reading, "format") == {"response 201 application/json id": "int64"}


def test_markup_of_the_text_changes_no_fact() -> None:
    changed = COMPONENTS.replace("\n<SchemaItem", "\n\n<div>\n<SchemaItem").replace('className={"schemaItem"}', "")
    assert triples(read(changed, ".mdx")) == triples(read(COMPONENTS, ".mdx"))


def test_descriptions_of_the_front_matter_are_residue() -> None:
    changed = {**OPERATION, "description": "Another text."}
    before, after = read(page(packed(OPERATION, "zlib")), ".mdx"), read(page(packed(changed, "zlib")), ".mdx")
    assert triples(before) == triples(after)
    assert "Another text." in " ".join(set(residue(after)) - set(residue(before)))
    assert "title: Get a pet" in residue(before)
