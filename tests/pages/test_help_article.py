"""Help-centre articles with labels in capitals and JSON with types for values."""

from __future__ import annotations

import pytest

from .texts import operations, read, residue, table, triples

PAGE = """Start a flow
Use it to start.
- PATH:
/rest/v2/flows/{flowid}/start?optional_parameters
- OLD PATH (do not use it any more):
/plugins/rest/flows/{flowid}/start
EXAMPLE: https://app.example.com/rest/v2/flows/12/start
flowId=long
. The flow.
- METHOD:
POST
- HEADER: Authorization:Bearer access-token
- HEADER: X-Tenant: name
- PARAMETERS:
mode=string
. The mode. Example: https://app.example.com/rest/v2/flows/12/start?mode=fast
wait=boolean
. The value of the required parameter wait
is needed.
- REQUEST BODY:
{
"name": "string", // name of the run, required
"options": { // settings
"level": int, // level, default: 3
"tags": ["string"] // tags or null
}
}
- REQUEST CONTENT TYPE: application/json
Response
The response is a JSON document in the following format:
{
"auditId": long, // unique audit ID
"status": "string", // one of: queued, running
"steps": [
{
"name": "string", // the step
"rows": integer // rows or null
}
],
"cost": 1.5, // in cents
"note": "free text", // not a type
"by": "string", // who did it: system, or a user
"gone": "string" // deprecated
}
Response Codes
200 for success, 401 for not authorized. A run takes up to 300 seconds.
"""
CURRENT, OLD = "POST /rest/v2/flows/{flowid}/start", "POST /plugins/rest/flows/{flowid}/start"


def test_operations() -> None:
    reading = read(PAGE)
    assert reading.style == "help-article"
    assert operations(reading) == [CURRENT, OLD]
    assert table(reading, "deprecated")[OLD] is True
    assert table(reading, "authentication") == {CURRENT: "bearer", OLD: "bearer"}
    assert table(reading, "server") == {CURRENT: "https://app.example.com", OLD: "https://app.example.com"}
    assert list(table(reading, "status")) == ["response 200", "response 401"]


def test_parameters() -> None:
    reading = read(PAGE)
    assert set(table(reading, "parameter")) == {"path flowid", "header X-Tenant", "query mode", "query wait"}
    required = table(reading, "required")
    assert (required["path flowid"], required["query mode"], required["query wait"]) == (True, False, True)
    assert table(reading, "example")["path flowid"] == 12
    assert table(reading, "example")["query mode"] == "fast"
    types = table(reading, "type")
    assert (types["path flowid"], types["query wait"]) == ("integer", "boolean")


def test_json_with_types() -> None:
    reading = read(PAGE)
    types = table(reading, "type")
    content = "response 200 application/json"
    assert types["body application/json options"] == "object"
    assert types["body application/json options.level"] == "integer"
    assert types["body application/json options.tags[]"] == "string"
    assert types[f"{content} steps[].name"] == "string"
    assert types[f"{content} auditId"] == "integer"
    assert f"{content} cost" not in types
    assert table(reading, "example")[f"{content} cost"] == 1.5
    assert table(reading, "example")[f"{content} note"] == "free text"


def test_comments() -> None:
    reading = read(PAGE)
    content = "response 200 application/json"
    assert table(reading, "required")["body application/json name"] is True
    assert table(reading, "default") == {"body application/json options.level": 3}
    assert set(table(reading, "nullable")) == {"body application/json options.tags", f"{content} steps[].rows"}
    assert table(reading, "enum") == {f"{content} status": ["queued", "running"]}
    assert table(reading, "deprecated")[f"{content} gone"] is True


def test_prose_stays_residue() -> None:
    lines = residue(read(PAGE))
    assert "Use it to start." in lines
    assert any(line.startswith("200 for success") for line in lines)
    assert any(line.startswith('"auditId": long') for line in lines)


@pytest.mark.parametrize(
    "comment", ["who did it: system, or a user", "a, b and the rest of it", "state of the run", "x: one"]
)
def test_a_list_with_words_between_is_no_enum(comment: str) -> None:
    assert not table(read(PAGE.replace("unique audit ID", comment)), "enum").get(
        "response 200 application/json auditId"
    )


def test_two_endpoints() -> None:
    second = "- PATH:\n/rest/v2/ping\n- METHOD:\nGET\nResponse Codes\n204: nothing\n"
    reading = read(PAGE + second)
    assert operations(reading) == [CURRENT, OLD, "GET /rest/v2/ping"]
    assert reading.facts.sections[-1].first > reading.facts.sections[0].last - 1


def test_a_parameter_that_is_added() -> None:
    before = read(PAGE)
    after = read(PAGE.replace("wait=boolean", "status=string\n. The state.\nwait=boolean"))
    added = set(table(after, "parameter")) - set(table(before, "parameter"))
    assert added == {"query status"}


def test_the_same_article_in_html() -> None:
    before, _, rest = PAGE.partition("Response\nThe response")
    json_text, _, codes = rest.partition("Response Codes\n")
    sentence, _, json_text = json_text.partition("\n")
    head, _, body = before.partition("- REQUEST BODY:\n")
    body, _, media = body.partition("- REQUEST CONTENT TYPE")
    rows: list[str] = []
    for row in head.splitlines():
        # A label and its value are often in one line.
        if rows and rows[-1].endswith(":") and not row.startswith("-"):
            rows[-1] += f" <code>{row}</code>"
        else:
            rows.append(row.removeprefix("- "))
    items = "".join(f"<li>{row}</li>" for row in rows)
    page = (
        f"<html><body><nav>PATH: /menu</nav><article><ul>{items}<li>REQUEST BODY:</li></ul><pre>{body}</pre>"
        f"<ul><li>REQUEST CONTENT TYPE{media}</li></ul><h2>Response</h2><p>The response{sentence}</p>"
        f"<pre><code>{json_text}</code></pre><h2>Response Codes</h2><p>{codes}</p></article></body></html>"
    )
    reading = read(page, ".html")
    assert reading.style == "help-article"
    assert triples(reading) == triples(read(PAGE))
