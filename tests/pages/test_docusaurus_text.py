"""Copied text of pages by docusaurus-openapi-docs."""

from __future__ import annotations

from .texts import lost, operations, read, residue, table, text

LOST = """Start a job
POST/v2/queues/:queue/jobs
Starts one.
Request
Path Parameters
The queue.
Query Parameters
Possible values: >= 1 and <= 50
Default value: 10
How many at once.
Whether to wait.
Header Parameters
X-Trace
string
required
A trace.
Body
required
- application/json
- Schema
Schema
options
object
Settings.
Possible values: [fast
, slow
]
Responses
- 202
- 409
Accepted.
Response Headers
Location
string
Where it is.
- application/json
- Schema
- Example (from schema)
Schema
Array [
]
Possible values: [queued
, running
]
job
object
required
tasks
object[]
Possible values: >= 1
{
"state": "queued",
"job": {
"id": 1,
"tasks": [
{
"level": 3
}
]
}
}
There is one.
- application/problem+json
- Schema
Schema
{
"title": "string"
}
"""


def test_names_that_the_text_lost_are_counted() -> None:
    reading = read(LOST)
    assert reading.style == "docusaurus-text"
    assert operations(reading) == ["POST /v2/queues/{queue}/jobs"]
    assert table(reading, "parameter") == {
        "path queue": "queue",
        "query #1": "#1",
        "query #2": "#2",
        "header X-Trace": "X-Trace",
    }
    assert table(reading, "minimum")["query #1"] == 1
    assert table(reading, "maximum") == {"query #1": 50}
    assert table(reading, "default") == {"query #1": 10}
    assert table(reading, "required")["header X-Trace"] is True
    assert "POST /v2/queues/{queue}/jobs query #2" in lost(reading)
    assert "Whether to wait." in residue(reading)


def test_body_and_responses() -> None:
    reading = read(LOST)
    assert table(reading, "body") == {"body": True}
    assert table(reading, "required")["body"] is True
    assert table(reading, "media-type") == {
        "body application/json": "application/json",
        "response 202 application/json": "application/json",
        "response 409 application/problem+json": "application/problem+json",
    }
    assert table(reading, "header") == {"response 202 header Location": "Location"}
    assert table(reading, "example")["response 409 application/problem+json"] == {"title": "string"}


def test_the_example_tells_which_object_a_property_belongs_to() -> None:
    reading = read(LOST)
    content = "response 202 application/json"
    assert table(reading, "enum") == {
        "body application/json #0.#1": ["fast", "slow"],
        f"{content} #1": ["queued", "running"],
    }
    assert f"{content} job" in table(reading, "field")
    assert f"{content} job.tasks" in table(reading, "field")
    assert table(reading, "min-items") == {f"{content} job.tasks": 1}


def test_names_that_the_text_kept() -> None:
    reading = read("""GET /things
Request
Query Parameters
limit
integer<int32>
required
Possible values: >= 1 and <= 100
Default value: 25
How many.
state string
Possible values: [open, closed]
Responses
200
OK
- application/json
- Schema
Schema
id
integer
required
The id.
name
string
nullable
Possible values: non-empty and <= 40 characters
{ "id": 1, "name": "x" }
""")
    assert table(reading, "parameter") == {"query limit": "limit", "query state": "state"}
    assert table(reading, "format") == {"query limit": "int32"}
    assert table(reading, "enum") == {"query state": ["open", "closed"]}
    content = "response 200 application/json"
    assert table(reading, "required")[f"{content} id"] is True
    assert table(reading, "required")[f"{content} name"] is False
    assert table(reading, "nullable") == {f"{content} name": True}
    assert table(reading, "max-length") == {f"{content} name": 40}
    assert not lost(reading)


def test_a_response_without_content_takes_its_line_of_description() -> None:
    reading = read("""DELETE/things/:id
Request
Path Parameters
The thing.
Responses
- 204
- 404
Gone.
Not found.
- application/json
- Schema
Schema
{
"message": "string"
}
""")
    assert table(reading, "example") == {"response 404 application/json": {"message": "string"}}


def test_contents_that_cannot_be_told_apart_are_lost() -> None:
    reading = read("""GET/things
Request
Responses
- 200
- 404
Some.
Words.
More words.
- application/json
- Schema
Schema
{
"message": "string"
}
""")
    assert "response #3 application/json" in table(reading, "example")
    assert reading.facts.notes


def test_several_media_types() -> None:
    reading = read("""GET/things
Request
Responses
- 200
Some.
- application/json
- application/xml
- Schema
Schema
{
"a": 1
}
- Schema
Schema
data
object
required
{
"data": {}
}
""")
    assert table(reading, "example") == {
        "response 200 application/json": {"a": 1},
        "response 200 application/xml": {"data": {}},
    }
    assert "response 200 application/xml data" in table(reading, "field")


def test_several_operations_in_one_text() -> None:
    page = text(
        f"{method}\n/things\nRequest\nResponses\n- 20{number}\nDone." for number, method in enumerate(("GET", "POST"))
    )
    reading = read(page)
    assert operations(reading) == ["GET /things", "POST /things"]
    assert [(section.first, section.last) for section in reading.facts.sections] == [(1, 6), (7, 12)]
    assert table(reading, "status") == {"response 200": "200", "response 201": "201"}


def test_authentication_and_server_beside_the_text() -> None:
    reading = read("""GET/things
Request
Responses
- 200
Done.
Authorization: http
name: bearerAuth
type: http
scheme: bearer
curl -L -X GET 'https://api.example.com/v1/things' \\
-H 'Accept: application/json' \\
-H 'Authorization: Bearer <TOKEN>'
""")
    assert table(reading, "authentication") == {"GET /things": "bearer"}
    assert table(reading, "server") == {"GET /things": "https://api.example.com/v1"}


def test_words_that_lost_the_spaces_between_them() -> None:
    reading = read("""GET https://api.example.com/v1/pets
Request
Query Parameters
limit integer<int32>
Possible values: >= 1 and <= 100
since string<date-time>deprecated
ids integer[]required
Responses
200
The pets.
application/json
Schema
Example (auto)
Schema
Array [
idinteger<int64>required
The identifier.
namestring
substring
owner object
emailstring<email>required
]
[
{ "id": 1, "name": "x", "owner": { "email": "a@example.com" } }
]
""")
    assert table(reading, "parameter") == {"query limit": "limit", "query since": "since", "query ids": "ids"}
    assert table(reading, "deprecated") == {"query since": True}
    content = "response 200 application/json"
    assert table(reading, "type") == {
        "query limit": "integer", "query since": "string", "query ids": "array", "query ids []": "integer",
        f"{content} [].id": "integer", f"{content} [].name": "string", f"{content} [].owner": "object",
        f"{content} [].owner.email": "string",
    }  # fmt: skip
    assert table(reading, "required")["query ids"] is True
    assert "substring" in residue(reading)
