"""References in Markdown: headings with operations, tables in any wording, lists, examples."""

from __future__ import annotations

import pytest

from .texts import operations, read, residue, table

PAGE = """# Runs API

Base URL: `https://api.example.com/v2`

## GET /runs

Lists the runs.

### Query parameters

| Parameter | Type | Required | Default | Description |
|-----------|------|:--------:|---------|-------------|
| `limit` | integer | No | `25` | How many. Maximum 100. |
| `state` | string | yes | | One of `queued`, `done` |
| `since` | string (date-time) | | | After. |

### Headers

- `X-Trace` (string, required): a trace.

### Response

| Field | Type | Description |
|---|---|---|
| `data` | array of objects | The runs. |
| `data[].id` | integer | |
| `next` | string \\| null | |
| `owner` | object | |
| `owner.name` | string | |

```json
{"data": [{"id": 1}], "next": null}
```

### Status codes

| Code | Description |
|---|---|
| 200 | OK |
| 404 | Not found |

```bash
curl -H "Authorization: Bearer TOKEN" -H 'Accept: application/json' https://api.example.com/v2/runs?limit=5
```

## Start a run

*Deprecated*

```http
POST /runs/{id}/start HTTP/1.1
Content-Type: application/json
```

#### Request body

| Name | Type | Description |
|---|---|---|
| force | boolean | **Optional**. Default: `false` |
| level | integer | Required. The default is 3. |

#### Responses

- `202` - accepted
- `409`: busy
"""
LIST, START = "GET /runs", "POST /runs/{id}/start"


def test_operations_servers_and_sections() -> None:
    reading = read(PAGE, ".md")
    assert reading.style == "markdown"
    assert operations(reading) == [LIST, START]
    assert table(reading, "server") == {LIST: "https://api.example.com/v2", START: "https://api.example.com/v2"}
    assert table(reading, "authentication") == {LIST: "bearer"}
    assert table(reading, "deprecated") == {START: True}
    first, second = reading.facts.sections
    assert reading.lines[first.first - 1] == "GET /runs"
    assert reading.lines[second.first - 1] == "Start a run"


def test_parameters() -> None:
    reading = read(PAGE, ".md")
    assert set(table(reading, "parameter")) == {
        "query limit", "query state", "query since", "header X-Trace", "path id",
    }  # fmt: skip
    assert table(reading, "default") == {
        "query limit": 25,
        "body application/json force": False,
        "body application/json level": 3,
    }
    assert table(reading, "maximum") == {"query limit": 100}
    assert table(reading, "enum") == {"query state": ["queued", "done"]}
    assert table(reading, "format") == {"query since": "date-time"}
    required = table(reading, "required")
    assert [required[f"query {name}"] for name in ("limit", "state", "since")] == [False, True, False]
    assert required["header X-Trace"] is True


def test_body_and_response() -> None:
    reading = read(PAGE, ".md")
    content = "response 200 application/json"
    assert table(reading, "type")[f"{content} data[]"] == "object"
    assert table(reading, "type")[f"{content} data[].id"] == "integer"
    assert table(reading, "type")[f"{content} owner.name"] == "string"
    assert table(reading, "nullable") == {f"{content} next": True}
    assert table(reading, "example") == {content: {"data": [{"id": 1}], "next": None}}
    assert set(table(reading, "status")) == {"response 200", "response 404", "response 202", "response 409"}
    required = table(reading, "required")
    assert required["body application/json force"] is False
    assert required["body application/json level"] is True


def test_descriptions_stay_residue() -> None:
    lines = residue(read(PAGE, ".md"))
    assert "Lists the runs." in lines
    assert any("How many. Maximum 100." in line for line in lines)
    assert "data[].id | integer | " not in lines


def test_columns_in_another_order_and_wording() -> None:
    columns = {
        "| Details | Field name | Mandatory? | Data Type | Location |": (
            "| The id. | id | Y | int64 | path |\n| Some. | q | N | String | Query |"
        ),
        "| Key | Presence | In | Schema | Notes |": (
            "| id | required | path | long | - |\n| q | optional | query | string | Some. |"
        ),
        "| name | in | type | optional? |": "| id | path | integer(int64) | no |\n| q | query | string | yes |",
    }
    for header, body in columns.items():
        page = f"### `GET /things/{{id}}`\n\n#### Parameters\n\n{header}\n|{'---|' * (header.count('|') - 1)}\n{body}\n"
        reading = read(page, ".md")
        assert table(reading, "parameter") == {"path id": "id", "query q": "q"}, header
        assert table(reading, "type") == {"path id": "integer", "query q": "string"}, header
        assert table(reading, "format") == {"path id": "int64"}, header
        assert table(reading, "required") == {"path id": True, "query q": False}, header


@pytest.mark.parametrize(
    ("description", "kind", "value"),
    [
        ("Default of the shop is today", "default", None),
        ("The default is stored elsewhere", "default", None),
        ("How many (default: 10)", "default", 10),
        ("How many. Defaults to 10.", "default", 10),
        ("One of the best, really", "enum", None),
        ("Possible values: 1, 2, 3", "enum", [1, 2, 3]),
        ("At most; maximum length 40 characters", "maximum", None),
        ("Minimum value: 1, maximum: 9", "maximum", 9),
    ],
)
def test_words_of_descriptions(description: str, kind: str, value: object) -> None:
    page = f"## GET /x\n\n| Parameter | Type | Description |\n|---|---|---|\n| n | integer | {description} |\n"
    assert table(read(page, ".md"), kind).get("query n") == value


def test_an_openapi_document_in_the_page() -> None:
    page = """# Get a pet

Returns it.

## OpenAPI

````yaml GET /pets/{id}
openapi: 3.1.0
paths:
  /pets/{id}:
    get:
      parameters:
        - name: id
          in: path
          required: true
          schema: { type: integer, minimum: 1 }
      responses:
        '200':
          description: The pet.
servers:
  - url: https://api.example.com
````
"""
    reading = read(page, ".md")
    assert operations(reading) == ["GET /pets/{id}"]
    assert table(reading, "minimum") == {"path id": 1}
    assert table(reading, "server") == {"GET /pets/{id}": "https://api.example.com"}
    assert "description: The pet." in [line.strip() for line in residue(reading)]


def test_a_sample_is_no_other_operation() -> None:
    page = "## GET /pets/{id}\n\n```\nGET /pets/12\n```\n\n`GET /pets/13`\n\nUse `POST /pets` before.\n"
    assert operations(read(page, ".md")) == ["GET /pets/{id}"]


def test_parameters_in_other_notations() -> None:
    for path in (
        "/pets/:id",
        "/pets/<id>",
        "/pets/[id]",
        "/pets/{id}",
        "{{baseUrl}}/pets/:id",
        "https://api.example.com/pets/{id}",
    ):
        assert operations(read(f"## Get\n\n`GET {path}`\n", ".md")) == ["GET /pets/{id}"], path


def test_definition_lists() -> None:
    reading = read(
        """## Vote {#vote}

```http
POST /polls/:id/votes HTTP/1.1
```

##### Path parameters

:id
: {{<required>}} String. The poll.

##### Headers

Authorization
: Provide this header with `Bearer <user_token>`.

##### Form data parameters

choices[]
: {{<required>}} Array of Integer. What to vote for.

born
: String (Date). A day.

##### 422: Unprocessable

ERR_BLOCKED
: What the code means.
""",
        ".md",
    )
    assert table(reading, "parameter") == {"path id": "id"}
    assert table(reading, "authentication") == {"POST /polls/{id}/votes": "bearer"}
    assert table(reading, "field") == {"body choices[]": "choices[]", "body born": "born"}
    assert table(reading, "required")["body choices[]"] is True
    assert table(reading, "format") == {"body born": "date"}
    assert table(reading, "status") == {"response 422": "422"}
    assert reading.lines[reading.facts.sections[0].first - 1] == "Vote"
    assert any("not understood" in note for note in reading.facts.notes)


def test_components_with_a_method_and_a_path() -> None:
    for component in (
        '<Route method="GET">/guilds/{guild.id}/emojis</Route>',
        '<RouteHighlighter method="GET" path="/guilds/{guild.id}/emojis" />',
        '<Endpoint\n  method={"get"}\n  path={"/guilds/{guild.id}/emojis"}\n/>',
    ):
        rows = "| Field | Type |\n|---|---|\n| limit? | ?integer |\n"
        reading = read(f"## List\n{component}\n\n###### Query String Params\n\n{rows}", ".mdx")
        assert operations(reading) == ["GET /guilds/{guild.id}/emojis"], component
        assert table(reading, "required")["query limit"] is False
        assert table(reading, "nullable") == {"query limit": True}


def test_a_heading_that_does_not_say_what_follows() -> None:
    reading = read("## GET /x\n\n### Words of the trade\n\n| Name | Description |\n|---|---|\n| a | b |\n", ".md")
    assert not table(reading, "parameter")
    assert any("line 7" in note for note in reading.facts.notes)


ALTERNATIVES = """# List files

## HTTP request

```http
GET /drives/{drive-id}/children
GET /me/drive/children
```

### Optional request headers

| Name | Value | Description |
|---|---|---|
| _if-none-match_ | etag | The last one. |

```http
HTTP/1.1 200 OK

{"value": []}
```
"""


def test_each_line_of_a_list_of_requests_is_an_operation() -> None:
    reading = read(ALTERNATIVES, ".md")
    assert operations(reading) == ["GET /drives/{drive-id}/children", "GET /me/drive/children"]
    facts = {str(fact.subject) for fact in reading.facts.facts}
    for operation in operations(reading):
        assert {f"{operation} header if-none-match", f"{operation} response 200"} <= facts
    assert "GET /me/drive/children path drive-id" not in facts


def test_the_title_of_a_code_block_names_what_it_is() -> None:
    page = """# Log in

<Badge type="info" text="POST" /> `/login`

**Request Body Parameters:**

| Parameter | Description | Required? |
|---|---|---|
| user | The name | Yes |

```json [Example Request]
{"user": "a"}
```

```json title="Success Response"
{"token": "b"}
```

```json [Error Response]
{"error": "c"}
```
"""
    reading = read(page, ".md")
    assert operations(reading) == ["POST /login"]
    assert table(reading, "example") == {"body": {"user": "a"}, "response #1": {"token": "b"}}
    assert table(reading, "required") == {"body user": True}


def test_json_below_a_request_without_a_body_is_its_response() -> None:
    page = """# Songs

```http
GET /songs
```

```json
{"songs": []}
```

## More

```json
{"other": 1}
```
"""
    reading = read(page, ".md")
    assert table(reading, "example") == {"response #1": {"songs": []}}
