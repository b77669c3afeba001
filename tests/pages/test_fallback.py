"""Pages of an unknown style: what can be read is read, and the reading says so."""

from __future__ import annotations

import pytest

from .texts import operations, read, table


def test_text_with_tables() -> None:
    reading = read("""Widgets

GET https://api.example.com/widgets/:id

Parameters
Name	Type	Description
id	integer	The widget
expand	string	Optional. What to expand
Response codes
- 200 OK
- 404 missing
Example response
{
  "id": 1
}
""")
    assert reading.style == "unknown"
    assert operations(reading) == ["GET /widgets/{id}"]
    assert table(reading, "parameter") == {"path id": "id", "query expand": "expand"}
    assert table(reading, "type")["path id"] == "integer"
    assert set(table(reading, "status")) == {"response 200", "response 404"}
    assert table(reading, "example") == {"response 200": {"id": 1}}
    assert "style of the page is unknown" in reading.facts.notes[0]


def test_html_with_a_sample_alone() -> None:
    reading = read(
        "<html><body><h2>Send a message</h2><p>Words.</p>"
        "<pre>curl -X POST https://api.example.com/v1/messages -H 'X-Api-Key: 1' -d '{}'</pre></body></html>",
        ".html",
    )
    assert operations(reading) == ["POST /v1/messages"]
    assert table(reading, "server") == {"POST /v1/messages": "https://api.example.com"}
    assert table(reading, "authentication") == {"POST /v1/messages": "apiKey in header X-Api-Key"}


def test_html_with_headings_and_tables() -> None:
    reading = read(
        "<html><body><h2>GET /v1/items</h2><h3>Query parameters</h3><table><tr><th>Name</th><th>Description</th></tr>"
        "<tr><td>q</td><td>Words to search.</td></tr></table><h3>200 OK</h3>"
        "<table><tr><th>Field</th><th>Type</th></tr><tr><td>total</td><td>int</td></tr></table>"
        "<table><tr><th>Foo</th><th>Bar</th></tr><tr><td>1</td><td>2</td></tr></table></body></html>",
        ".html",
    )
    assert operations(reading) == ["GET /v1/items"]
    assert table(reading, "parameter") == {"query q": "q"}
    assert table(reading, "type") == {"response 200 total": "integer"}
    assert any("Tables and lists that were not understood" in note for note in reading.facts.notes)


@pytest.mark.parametrize(
    ("page", "suffix"),
    [
        ("", ".txt"),
        ("Only words.\n", ".txt"),
        ("<html><body><p>Words</p></body></html>", ".html"),
        ("", ".md"),
        ("# x\n", ".md"),
    ],
)
def test_a_page_without_operations(page: str, suffix: str) -> None:
    reading = read(page, suffix)
    assert not operations(reading)
    assert any("nothing was read" in note for note in reading.facts.notes)


def test_httpie_samples() -> None:
    reading = read(
        """# Pots

## Deposit

```shell
$ http --form PUT "https://api.example.com/pots/$pot_id/deposit" \\
    "Authorization: Bearer $access_token" "amount=$amount"
```

##### Request arguments

Parameter | Description
----------|------------
`amount`<br><span class="label">Required</span>|How much.

##### Response arguments

Parameter | Description
----------|------------
`id`|The pot.

## List

```shell
$ http "https://api.example.com/pots" "limit==3"
```
""",
        ".md",
    )
    assert operations(reading) == ["PUT /pots/{pot_id}/deposit", "GET /pots"]
    assert set(table(reading, "field")) == {"body amount", "response #1 id"}
    assert table(reading, "required")["body amount"] is True
    assert table(reading, "authentication") == {"PUT /pots/{pot_id}/deposit": "bearer"}


def test_copied_text_with_names_and_types_in_lines() -> None:
    reading = read("""List pets
GET
/pets
query Parameters
limit
integer <int32> [ 1 .. 100 ]
Default: 25
How many.
kind*
string
(query)
Possible values: cat, dog
Which.
Responses
200
Response body
id
integer
required
The id.
name
string or null
404
Not found.
""")
    assert operations(reading) == ["GET /pets"]
    assert table(reading, "parameter") == {"query limit": "limit", "query kind": "kind"}
    assert table(reading, "format") == {"query limit": "int32"}
    assert table(reading, "maximum") == {"query limit": 100}
    assert table(reading, "default") == {"query limit": 25}
    assert table(reading, "enum") == {"query kind": ["cat", "dog"]}
    required = table(reading, "required")
    assert (required["query kind"], required["response 200 id"]) == (True, True)
    assert table(reading, "nullable") == {"response 200 name": True}
    assert set(table(reading, "status")) == {"response 200", "response 404"}


def test_html_with_names_and_types_in_elements() -> None:
    reading = read(
        "<html><body><h1>Pets</h1><div><b>GET</b> <code>/pets</code></div><h3>Query parameters</h3>"
        "<div><div><span>limit</span><span>integer</span></div><p>How many.</p></div>"
        "<div><div>kind</div><div>string</div><div>required</div><p>Which one of them.</p></div></body></html>",
        ".html",
    )
    assert operations(reading) == ["GET /pets"]
    assert table(reading, "parameter") == {"query limit": "limit", "query kind": "kind"}
    assert table(reading, "type") == {"query limit": "integer", "query kind": "string"}
    assert table(reading, "required") == {"query kind": True}


def test_html_with_uri_templates_and_definitions() -> None:
    reading = read(
        '<html><body><h4 class="action"><div>List pets</div><a class="method">GET</a>'
        '<code class="uri">/pets{?limit,kind}</code></h4><div>URI Parameters</div><dl>'
        "<dt>limit</dt><dd><code>number</code>&nbsp;<span>(optional)</span> <span>Default: 25</span> How many.</dd>"
        "<dt>kind</dt><dd><code>string</code> (required) Which.</dd></dl>"
        '<div>Response <code>200</code></div><pre>{"pets": []}</pre></body></html>',
        ".html",
    )
    assert operations(reading) == ["GET /pets"]
    assert table(reading, "parameter") == {"query limit": "limit", "query kind": "kind"}
    assert table(reading, "type") == {"query limit": "number", "query kind": "string"}
    assert table(reading, "required") == {"query limit": False, "query kind": True}
    assert table(reading, "example") == {"response 200": {"pets": []}}


def test_a_method_and_a_url_with_labels() -> None:
    paragraphs = (
        "<html><body><h2>Send</h2><p>Method: POST</p><p>URL: https://api.example.com/v1/messages</p>"
        "<p><b>Request body</b></p>"
        "<table><tr><th>Parameter Name</th><th>Parameter Type</th><th>Required/Optional</th></tr>"
        "<tr><td>text</td><td>String</td><td>Required</td></tr></table></body></html>"
    )
    rows = (
        "<html><body><h2>Send</h2><table><tr><td>Method</td><td>POST</td></tr>"
        "<tr><td>URL</td><td>https://api.example.com/v1/messages</td></tr></table>"
        + paragraphs.partition("</p><p><b>")[2].join(("<p><b>", ""))
    )
    for page in (paragraphs, rows):
        reading = read(page, ".html")
        assert operations(reading) == ["POST /v1/messages"]
        assert table(reading, "server") == {"POST /v1/messages": "https://api.example.com"}
        assert table(reading, "type") == {"body text": "string"}
        assert table(reading, "required") == {"body text": True}


def test_a_table_without_its_columns_is_pointed_out() -> None:
    reading = read("GET /songs\nParameters\nNameTypeInDescription\npageintegerqueryThe page.\n200 OK\n")
    assert any("run together" in note and "line 3" in note for note in reading.facts.notes)
