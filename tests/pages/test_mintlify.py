"""Pages by Mintlify, as sources and as HTML."""

from __future__ import annotations

from .texts import lost, operations, read, residue, table

SOURCE = """---
title: "Get a run"
api: "POST https://api.example.com/v1/runs/{run_id}"
authMethod: bearer
---

<ParamField path="run_id" type="string" required>
  The run.
</ParamField>

<ParamField query="limit" type="integer" default="25">
  How many.
</ParamField>
<ParamField query="state" type="enum<string>">
  Available options: `queued`, `done`
</ParamField>
<ParamField header="X-Trace" type="string" deprecated />
<ParamField
  body="user"
  type="object"
  required
>
  The user.
  <Expandable title="properties">
    <ParamField body="name" type="string" required>Name</ParamField>
    <ParamField body="tags" type="string[]" default={["a"]}>Tags</ParamField>
  </Expandable>
</ParamField>

<ResponseField name="data" type="object[]" required>
  Rows
  <Expandable>
    <ResponseField name="id" type="integer" required />
  </Expandable>
</ResponseField>

<RequestExample>
```bash cURL
curl -X POST https://api.example.com/v1/runs/1 -H 'Content-Type: application/json'
```
</RequestExample>

<ResponseExample>
```json 200
{"data": [{"id": 1}]}
```
```json 404 Not found
{"message": "x"}
```
</ResponseExample>
"""
KEY = "POST /v1/runs/{run_id}"


def test_source() -> None:
    reading = read(SOURCE, ".mdx")
    assert reading.style == "mintlify"
    assert operations(reading) == [KEY]
    assert table(reading, "server") == {KEY: "https://api.example.com"}
    assert table(reading, "authentication") == {KEY: "bearer"}
    assert set(table(reading, "parameter")) == {"path run_id", "query limit", "query state", "header X-Trace"}
    assert table(reading, "default")["query limit"] == 25
    assert table(reading, "enum") == {"query state": ["queued", "done"]}
    assert table(reading, "deprecated") == {"header X-Trace": True}
    required = table(reading, "required")
    assert (required["query limit"], required["body application/json user"]) == (False, True)


def test_nested_fields_of_a_source() -> None:
    reading = read(SOURCE, ".mdx")
    types = table(reading, "type")
    assert types["body application/json user.tags[]"] == "string"
    assert types["response 200 data[].id"] == "integer"
    assert table(reading, "example") == {"response 200": {"data": [{"id": 1}]}, "response 404": {"message": "x"}}
    assert "The run." in residue(reading)
    assert not lost(reading)


def test_a_source_with_several_operations() -> None:
    reading = read(
        """# Runs

## List

```
GET https://api.example.com/v1/runs
```

<ParamField query="limit" type="integer" />

## Start

```
POST https://api.example.com/v1/runs
```

<ParamField body="name" type="string" required />
<ResponseField name="id" type="string" />
""",
        ".mdx",
    )
    assert operations(reading) == ["GET /v1/runs", "POST /v1/runs"]
    subjects = [str(fact.subject) for fact in reading.facts.facts if fact.kind in ("parameter", "field")]
    assert subjects == ["GET /v1/runs query limit", "POST /v1/runs body name", "POST /v1/runs response #1 id"]
    assert lost(reading) == ["POST /v1/runs response #1"]


def field(name: str, labels: str, text: str = "", inner: str = "") -> str:
    pills = "".join(
        f'<div data-component-part="field-required-pill">{label}</div>'
        if label == "required"
        else f'<div data-component-part="field-info-pill"><span>{label}</span></div>'
        for label in labels.split("|")
        if label
    )
    return (
        f'<div class="primitive-param-field"><div class="py-6"><div class="flex param-head" id="p-{name}">'
        f'<div><div data-component-part="field-name">{name}</div>'
        f'<div data-component-part="field-meta">{pills}</div></div></div>'
        f'<div class="mt-4"><div class="prose"><p>{text}</p></div></div>{inner}</div></div>'
    )


HTML = f"""<!doctype html><html><body><div id="sidebar"><span class="method-nav-pill">PUT</span></div>
<div id="content-area"><h1>Start a run</h1>
<div class="flex"><div class="method-pill">POST</div>
<div class="flex"><div>/</div><div>runs</div><div>/</div><div>{{id}}</div></div>
<button>Try it</button></div>
<div class="api-section"><div class="api-section-heading"><h4>Authorizations</h4></div>
{field("Authorization", "string|header|required", "Bearer token")}</div>
<div class="api-section"><h4>Path Parameters</h4>{field("id", "string|required")}</div>
<div class="api-section"><h4 class="api-section-heading-title">Query Parameters</h4>
{field("limit", "integer|default:25", "How many.")}
{field("state", "enum&lt;string&gt;", "Available options: <code>queued</code>, <code>done</code>")}</div>
<div class="api-section"><h4 class="api-section-heading-title">Body</h4>
<div class="api-section-heading-subtitle"><span>application/json</span></div>
{field("user", "object|required", "", '<div class="expandable">' + field("name", "string|required") + "</div>")}</div>
<div class="api-section"><h4 class="api-section-heading-title">Response</h4>
<button>200</button><span>application/json</span>{field("id", "integer&lt;int64&gt;|required")}</div>
</div></body></html>"""


def test_html() -> None:
    reading = read(HTML, ".html")
    assert reading.style == "mintlify"
    key = "POST /runs/{id}"
    assert operations(reading) == [key]
    assert table(reading, "authentication") == {key: "bearer"}
    assert set(table(reading, "parameter")) == {"path id", "query limit", "query state"}
    assert table(reading, "default") == {"query limit": 25}
    assert table(reading, "enum") == {"query state": ["queued", "done"]}
    assert set(table(reading, "field")) == {
        "body application/json user", "body application/json user.name", "response 200 application/json id",
    }  # fmt: skip
    assert table(reading, "format") == {"response 200 application/json id": "int64"}
    assert table(reading, "required")["query limit"] is False
    assert table(reading, "status") == {"response 200": "200"}


HEADINGS = """# Applications

## The Application Object

### Attributes

<ParamField body="id" type="string">
  The id.
</ParamField>

## Create an application

```
POST https://api.example.test/v1/applications/
```

<ParamField body="name" type="string" required>
  The name.
</ParamField>

### Example request body

```json
{"name": "a"}
```

### Response

```json
{"id": "1"}
```

## List applications

```http
GET /v1/applications
```

```json
{"items": []}
```

### Webhooks

```json
{"event": "created"}
```
"""


def test_headings_say_what_json_is_an_example_of() -> None:
    reading = read(HEADINGS, ".md")
    found = {(str(fact.subject), repr(fact.value)) for fact in reading.facts.facts if fact.kind == "example"}
    assert found == {
        ("POST /v1/applications body", "{'name': 'a'}"),
        ("POST /v1/applications response #1", "{'id': '1'}"),
        ("GET /v1/applications response #1", "{'items': []}"),
    }
    assert lost(reading) == ["POST /v1/applications response #1", "GET /v1/applications response #1"]
    assert len([note for note in reading.facts.notes if "not clear" in note]) == 1


def test_json_within_a_field_is_not_an_example_of_the_body() -> None:
    inner = 'The name.\n\n  ```json\n  {"first": "a"}\n  ```\n'
    examples = table(read(HEADINGS.replace("The name.", inner), ".md"), "example")
    assert examples["body"] == {"name": "a"}
    field = f'<ParamField body="name" type="object">\n  {inner}</ParamField>\n'
    page = f"# X\n\n```\nPOST /x\n```\n\n### Body\n\n{field}"
    assert table(read(page, ".md"), "example") == {}


def test_fields_of_a_named_object_are_those_of_a_schema() -> None:
    reading = read(HEADINGS, ".md")
    assert table(reading, "field") == {"schema Application id": "id", "body name": "name"}


def test_the_component_around_json_says_what_it_is() -> None:
    page = SOURCE.partition("<RequestExample>")[0] + (
        '<RequestExample>\n```json Body\n{"user": {}}\n```\n</RequestExample>\n'
        '<ResponseExample>\n```json Success\n{"data": []}\n```\n</ResponseExample>\n'
    )
    examples = table(read(page, ".mdx"), "example")
    assert examples == {"body": {"user": {}}, "response #1": {"data": []}}


SERVED = """# Start a job

> Starts a job.

<ParamField query="notify" type="boolean" default={true}>
  Whether to send a mail.
</ParamField>

<ResponseExample>
  ```json 200 theme={null}
  [{"id": 1}]
  ```
</ResponseExample>

## OpenAPI

````yaml specs/jobs.yaml POST /jobs
openapi: 3.0.0
info: {title: Jobs, version: 1.0.0}
servers:
  - url: https://api.example.test
paths:
  /jobs:
    post:
      parameters:
        - {in: query, name: queue, required: true, schema: {type: string}}
      responses:
        '200': {description: OK}
````
"""


def test_a_page_as_it_is_served_has_the_operation_in_a_document() -> None:
    reading = read(SERVED, ".md")
    assert operations(reading) == ["POST /jobs"]
    assert table(reading, "server") == {"POST /jobs": "https://api.example.test"}
    assert table(reading, "parameter") == {"query queue": "queue", "query notify": "notify"}
    assert table(reading, "example") == {"response 200": [{"id": 1}]}
