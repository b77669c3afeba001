"""Reference pages with blocks `Properties`, `URL Params` and `Responses`."""

from __future__ import annotations

from .texts import operations, read, residue, table, triples

PAGE = """Reports

Report object

Properties

token

required

string

parameters

required

object

  • region
  • since

kind

string

_links

required

object

Each has links.

  • self
{
  "token": "abc",
  "_links": {}
}

Get a report

URL Params

account

required
string The account

report

required
string Report token

expand

string What to expand
Responses

200

Report response

404

Not found

GET /{account}/reports/{report}

curl --include \\
     --header "Accept: application/hal+json" \\
  'https://api.example.com/v3/{account}/reports/{report}'
require 'http'

response = HTTP.basic_auth(user: username, pass: password)
               .get('https://api.example.com/v3/{account}/reports/{report}')
puts response

Create a report

Attributes

name

required
string The name
Responses

201

Report response

POST /{account}/reports

curl --include \\
     --request POST \\
     --header "Content-Type: application/json" \\
     --header "Accept: application/hal+json" \\
     --data-binary "{}" \\
  'https://api.example.com/v3/{account}/reports'
"""
GET = "GET /{account}/reports/{report}"
POST = "POST /{account}/reports"


def test_operations_parameters_and_statuses() -> None:
    reading = read(PAGE)
    assert reading.style == "hal"
    assert operations(reading) == [GET, POST]
    parameters = [str(fact.subject) for fact in reading.facts.facts if fact.kind == "parameter"]
    assert parameters == [f"{GET} path account", f"{GET} path report", f"{GET} query expand", f"{POST} path account"]
    required = {str(fact.subject): fact.value for fact in reading.facts.facts if fact.kind == "required"}
    assert required[f"{GET} path account"] is True
    assert required[f"{GET} query expand"] is False
    statuses = [str(fact.subject) for fact in reading.facts.facts if fact.kind == "status"]
    assert statuses == [f"{GET} response 200", f"{GET} response 404", f"{POST} response 201"]


def test_an_object_and_the_responses_that_refer_to_it() -> None:
    reading = read(PAGE)
    fields = [str(fact.subject) for fact in reading.facts.facts if fact.kind == "field"]
    for part in (
        "schema Report",
        f"{GET} response 200 application/hal+json",
        f"{POST} response 201 application/hal+json",
    ):
        assert f"{part} token" in fields
        assert f"{part} parameters.region" in fields
        assert f"{part} _links.self" in fields
    assert table(reading, "example")["schema Report"] == {"token": "abc", "_links": {}}


def test_samples_give_server_authentication_and_media_types() -> None:
    reading = read(PAGE)
    assert table(reading, "server") == {GET: "https://api.example.com/v3", POST: "https://api.example.com/v3"}
    assert table(reading, "authentication") == {GET: "basic"}
    assert table(reading, "body") == {"body": True}
    assert "body application/json" in table(reading, "media-type")


def test_titles_and_sample_code_stay_residue() -> None:
    lines = residue(read(PAGE))
    assert "Get a report" in lines
    assert "puts response" in lines
    assert "string The account" not in lines
    assert "string Report token" not in lines


def test_an_object_that_the_page_does_not_describe() -> None:
    reading = read(PAGE.replace("\nReport response\n", "\nReport collection response\n"))
    assert any("does not describe the object" in note for note in reading.facts.notes)
    fields = [fact.subject.part for fact in reading.facts.facts if fact.kind == "field"]
    assert set(fields) == {"schema Report", "body application/json"}


def test_the_same_style_in_html() -> None:
    part = PAGE.split("Create a report", maxsplit=1)[0]
    text, _, code = part.partition("curl")
    rows = "".join(f"<div>{row.strip()}</div>\n" for row in text.splitlines() if row.strip())
    rows = rows.replace("• ", "<span>•</span> ")
    reading = read(f"<html><body><main>{rows}<pre>curl {code}</pre></main></body></html>", ".html")
    assert reading.style == "hal"
    assert triples(reading) == triples(read(part))
