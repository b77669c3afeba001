"""Pages by Slate: those that widdershins writes, and others."""

from __future__ import annotations

from markdown_it import MarkdownIt

from .texts import operations, read, residue, table, triples

PAGE = """---
title: Shop v1
language_tabs:
  - shell: Shell
---

<!-- Generator: Widdershins v4.0.1 -->

<h1 id="shop">Shop v1</h1>

Base URLs:

* <a href="https://shop.example.com/v1">https://shop.example.com/v1</a>

# Authentication

* API Key (key)
    - Parameter Name: **X-Key**, in: header.

- HTTP Authentication, scheme: bearer

<h1 id="shop-orders">orders</h1>

## createOrder

<a id="opIdcreateOrder"></a>

> Code samples

```shell
curl -X POST https://shop.example.com/v1/orders/{shop} \\
  -H 'Content-Type: application/json' \\
  -H 'Accept: application/json' \\
  -H 'X-Key: API_KEY'
```

`POST /orders/{shop}`

*Create it*

> Body parameter

```json
{"size": 3}
```

<h3 id="createorder-parameters">Parameters</h3>

|Name|In|Type|Required|Description|
|---|---|---|---|---|
|shop|path|string(uuid)|true|Which.|
|X-Trace|header|string|false|none|
|body|body|[Order](#schemaorder)|true|The order.|
|» size|body|integer(int32)|true|none|
|» kind|body|string|false|none|
|» lines|body|[object]|false|none|
|»» sku|body|string|true|none|

#### Enumerated Values

|Parameter|Value|
|---|---|
|» kind|new|
|» kind|used|

> Example responses

> 200 Response

```json
[{"id": 1}]
```

<h3 id="createorder-responses">Responses</h3>

|Status|Meaning|Description|Schema|
|---|---|---|---|
|200|[OK](https://example.com)|Done.|Inline|
|404|[Not Found](https://example.com)|Nothing.|[Error](#schemaerror)|
|default|Default|Otherwise.|None|

<h3 id="createorder-responseschema">Response Schema</h3>

Status Code **200**

|Name|Type|Required|Restrictions|Description|
|---|---|---|---|---|
|» id|integer(int64)|true|read-only|The id.|
|» note|string,null(date)|false|none|none|
|» either|any|false|none|none|

*oneOf*

|Name|Type|Required|Restrictions|Description|
|---|---|---|---|---|
|»» *anonymous*|string|false|none|none|

*xor*

|Name|Type|Required|Restrictions|Description|
|---|---|---|---|---|
|»» *anonymous*|integer|false|none|none|

*continued*

|Name|Type|Required|Restrictions|Description|
|---|---|---|---|---|
|» state|string|false|none|none|

#### Enumerated Values

|Property|Value|
|---|---|
|state|open|
|state|closed|

### Response Headers

|Status|Header|Type|Format|Description|
|---|---|---|---|---|
|200|X-Total|integer|int32|Total.|

<aside class="warning">
To perform this operation, you must be authenticated by means of one of the following methods:
key, jwt
</aside>

## getNothing

`GET /nothing`

<h3 id="getnothing-responses">Responses</h3>

|Status|Meaning|Description|Schema|
|---|---|---|---|
|204|[No Content](https://example.com)|Done.|None|

<aside class="success">
This operation does not require authentication
</aside>

# Schemas

<h2 id="tocS_Error">Error</h2>

```json
{"code": 1, "inner": {}}
```

### Properties

|Name|Type|Required|Restrictions|Description|
|---|---|---|---|---|
|code|integer|true|none|none|
|inner|[Error](#schemaerror)|false|none|none|

<h2 id="tocS_Order">Order</h2>

### Properties

|Name|Type|Required|Restrictions|Description|
|---|---|---|---|---|
|size|integer|true|none|none|
"""
CREATE = "POST /orders/{shop}"


def html() -> str:
    body = MarkdownIt("commonmark").enable("table").render(PAGE.split("---\n", 2)[2])
    return (
        '<!doctype html><html><body><div class="toc-wrapper"><a class="toc-link">GET /menu</a></div>'
        f'<div class="page-wrapper"><div class="dark-box"></div><div class="content">{body}</div></div></body></html>'
    )


def test_operations_servers_and_authentication() -> None:
    reading = read(PAGE, ".md")
    assert reading.style == "slate"
    assert operations(reading) == [CREATE, "GET /nothing"]
    assert set(table(reading, "server").values()) == {"https://shop.example.com/v1"}
    schemes = [fact.value for fact in reading.facts.facts if fact.kind == "authentication"]
    assert schemes == ["apiKey in header X-Key", "bearer"]


def test_parameters_and_body() -> None:
    reading = read(PAGE, ".md")
    assert table(reading, "parameter") == {"path shop": "shop", "header X-Trace": "X-Trace"}
    body = "body application/json"
    types = table(reading, "type")
    assert (types[body], types[f"{body} lines"], types[f"{body} lines[]"]) == ("object", "array", "object")
    assert table(reading, "format")[f"{body} size"] == "int32"
    assert table(reading, "enum")[f"{body} kind"] == ["new", "used"]
    required = table(reading, "required")
    assert (required["body"], required[f"{body} lines[].sku"], required[f"{body} kind"]) == (True, True, False)
    assert table(reading, "example")[body] == {"size": 3}


def test_responses() -> None:
    reading = read(PAGE, ".md")
    content = "response 200 application/json"
    assert set(table(reading, "status")) == {"response 200", "response 404", "response default", "response 204"}
    assert table(reading, "read-only") == {f"{content} [].id": True}
    assert table(reading, "nullable") == {f"{content} [].note": True}
    assert table(reading, "format")[f"{content} [].note"] == "date"
    variants = [
        fact.value for fact in reading.facts.facts if fact.kind == "type" and fact.subject.field == ("[]", "either")
    ]
    assert variants == ["string", "integer"]
    assert table(reading, "enum")[f"{content} [].state"] == ["open", "closed"]
    assert table(reading, "header") == {"response 200 header X-Total": "X-Total"}


def test_named_schemas_are_read_where_they_are_used() -> None:
    reading = read(PAGE, ".md")
    fields = set(table(reading, "field"))
    assert {"schema Error code", "response 404 code", "response 404 inner"} <= fields
    assert "response 404 inner.code" not in fields
    assert table(reading, "example")["schema Error"] == {"code": 1, "inner": {}}


def test_html_gives_the_same_facts() -> None:
    reading = read(html(), ".html")
    assert reading.style == "slate"
    assert triples(reading) == triples(read(PAGE, ".md"))
    assert not any("menu" in line for line in reading.lines)
    assert "Create it" in residue(reading)


def test_a_page_that_was_written_by_hand() -> None:
    reading = read(
        """---
language_tabs:
  - shell
---

# Kittens

## Get a Kitten

```shell
curl "https://api.example.com/kittens/2" -H "Authorization: Bearer secret"
```

> The above command returns JSON structured like this:

```json
{"id": 2, "cute": true}
```

### HTTP Request

`GET https://api.example.com/kittens/<ID>`

### URL Parameters

Parameter | Description
--------- | -----------
ID | The kitten

### Query Parameters

Parameter | Default | Description
--------- | ------- | -----------
cats | false | Whether.
""",
        ".md",
    )
    assert operations(reading) == ["GET /kittens/{ID}"]
    assert table(reading, "parameter") == {"path ID": "ID", "query cats": "cats"}
    assert table(reading, "default") == {"query cats": False}
    assert table(reading, "server") == {"GET /kittens/{ID}": "https://api.example.com"}
    assert table(reading, "authentication") == {"GET /kittens/{ID}": "bearer"}
