"""Pages of docusaurus-openapi-docs."""

# ruff: noqa: E501 - HTML

from __future__ import annotations

from collections.abc import Callable

import pytest

from speclient.pages.readers import Reading

from . import markup, texts

HEAD = '<!doctype html><html><head><meta name="generator" content="Docusaurus v3.10"></head><body><main>'


def row(name: str, type_text: str, *, flags: str = "", details: str = "", kind: str = "params") -> str:
    labels = "".join(f'<span class="openapi-schema__{flag}">{flag}</span>' for flag in flags.split())
    return (
        f'<div class="openapi-{kind}__list-item"><span class="openapi-schema__container">'
        f'<strong class="openapi-schema__property">{name}</strong><span class="openapi-schema__type"> {type_text}</span>'
        f'<span class="openapi-schema__divider"></span>{labels}</span>{details}</div>'
    )


def possible(*parts: str) -> str:
    return f"<p><strong>Possible values:</strong> {', '.join(parts)}</p>"


def code(text: str) -> str:
    return f"<code>{text}</code>"


def nested(name: str, type_text: str, inner: str) -> str:
    return (
        '<div class="openapi-schema__list-item"><details class="details_aB1c" open><summary><span>'
        f"<strong>{name}</strong><span> {type_text}</span></span></summary><div><div>{inner}</div></div></details></div>"
    )


def parameters(place: str, rows: str) -> str:
    return f"<details><summary><h3>{place} Parameters</h3></summary><div><div><ul>{rows}</ul></div></div></details>"


def tabs(names: list[str], panels: list[str]) -> str:
    items = "".join(
        f'<li role="tab" aria-selected="{str(not index).lower()}">{name}</li>' for index, name in enumerate(names)
    )
    bodies = "".join(f'<div role="tabpanel">{panel}</div>' for panel in panels)
    return f'<div><ul role="tablist">{items}</ul><div class="margin-top--md">{bodies}</div></div>'


def media(name: str, rows: str, *, title: str = "Schema", examples: dict[str, str] | None = None) -> str:
    schema = f"<details open><summary><h3>{title}</h3></summary><div><div><ul>{rows}</ul></div></div></details>"
    shown = {name: f"<pre><code>{text}</code></pre>" for name, text in (examples or {}).items()}
    label = title.partition("<")[0]
    return tabs([name], [tabs([label, *shown], [schema, *shown.values()])])


def page(*parts: str, endpoint: str = "https://api.example.test/v2/reports/:reportId") -> str:
    line = f"<pre><span>GET</span><h2>{endpoint}</h2></pre>" if endpoint else ""
    base = (
        "<aside></aside><div><summary>Base URL</summary><span>https://api.example.test/v2</span></div>"
        if endpoint
        else ""
    )
    return f'{HEAD}<h1 class="openapi__heading">Read a report</h1>{line}{"".join(parts)}{base}</main></body></html>'


def read(*parts: str, **options: str) -> Reading:
    return texts.read(page(*parts, **options), ".html")


def test_the_operation_and_its_server() -> None:
    reading = read()
    assert reading.style == "docusaurus"
    assert texts.operations(reading) == ["GET /reports/{reportId}"]
    assert texts.table(reading, "server") == {"GET /reports/{reportId}": "https://api.example.test/v2"}


def test_a_page_without_method_and_path_says_so() -> None:
    reading = read(parameters("Query", row("page", "integer")), endpoint="")
    assert texts.operations(reading) == []
    assert "script" in reading.facts.notes[0]
    assert texts.table(reading, "parameter") == {"query page": "page"}


def test_parameters() -> None:
    reading = read(
        parameters("Path", row("reportId", "string&lt;uuid&gt;", flags="required")),
        parameters(
            "Query",
            row("page", "integer&lt;int32&gt;", details=possible(f"{code('&gt;= 1')} and {code('&lt;= 90')}")
                + "<p>Which page.</p><div><strong>Default value:</strong> <span><code>7</code></span></div>")
            + row("state", "string", flags="deprecated", details=possible(f"[{code('open')}, {code('shut')}]")
                  + "<div><strong>Example:</strong> <span><code>shut</code></span></div>")
            + row("names", "string[]", details=possible(code("&gt;= 2"))),
        ),
        parameters("Header", row("X-Part", "string", details=possible(
            f"{code('non-empty')} and {code('&lt;= 8 characters')}, Value must match regular expression {code('^[a-f]+$')}"))),
    )  # fmt: skip
    assert texts.table(reading, "required") == {
        "path reportId": True, "query page": False, "query state": False, "query names": False, "header X-Part": False,
    }  # fmt: skip
    assert texts.table(reading, "type") == {
        "path reportId": "string", "query page": "integer", "query state": "string", "query names": "array",
        "query names []": "string", "header X-Part": "string",
    }  # fmt: skip
    assert texts.table(reading, "format") == {"path reportId": "uuid", "query page": "int32"}
    assert texts.table(reading, "minimum") == {"query page": 1}
    assert texts.table(reading, "maximum") == {"query page": 90}
    assert texts.table(reading, "default") == {"query page": 7}
    assert texts.table(reading, "enum") == {"query state": ["open", "shut"]}
    assert texts.table(reading, "example") == {"query state": "shut"}
    assert texts.table(reading, "deprecated") == {"query state": True}
    assert texts.table(reading, "min-items") == {"query names": 2}
    assert texts.table(reading, "min-length") == {"header X-Part": 1}
    assert texts.table(reading, "max-length") == {"header X-Part": 8}
    assert texts.table(reading, "pattern") == {"header X-Part": "^[a-f]+$"}
    assert texts.residue(reading) == ["Read a report", "Which page."]


def test_bounds_of_an_array_of_numbers_are_not_guessed() -> None:
    reading = read(parameters("Query", row("ids", "integer[]", details=possible(code("&gt;= 1")))))
    assert not texts.table(reading, "minimum") | texts.table(reading, "min-items")


def test_responses_with_nested_schemas() -> None:
    rows = (
        row("id", "integer", flags="required", kind="schema")
        + nested("parts", "object[]", "<li><div>Array [</div></li>" + row("size", "number", kind="schema")
                 + "<li><div>]</div></li>")
        + nested("labels", "object", row("property name*", "string", kind="schema"))
        + row("note", "string", flags="nullable", kind="schema")
    )  # fmt: skip
    panel = "<div><p>A report.</p></div>" + media(
        "application/json", rows, examples={"Example (auto)": "{}", "small": '{"id": 3}'}
    )
    reading = read(tabs(["200", "404"], [panel, "<div><p>Nothing.</p></div>"]))
    assert texts.table(reading, "status") == {"response 200": "200", "response 404": "404"}
    assert texts.table(reading, "type") == {
        "response 200 application/json id": "integer",
        "response 200 application/json parts": "array",
        "response 200 application/json parts[]": "object",
        "response 200 application/json parts[].size": "number",
        "response 200 application/json labels": "object",
        "response 200 application/json labels{}": "string",
        "response 200 application/json note": "string",
    }
    assert texts.table(reading, "nullable") == {"response 200 application/json note": True}
    assert texts.table(reading, "example") == {"response 200 application/json": {"id": 3}}


def test_an_array_of_objects() -> None:
    rows = "<li><div>Array [</div></li>" + row("id", "integer", kind="schema") + "<li><div>]</div></li>"
    reading = read(tabs(["200"], [media("application/json", rows)]))
    assert texts.table(reading, "type") == {
        "response 200 application/json": "array",
        "response 200 application/json [].id": "integer",
    }


def test_properties_of_a_variant_are_not_required_in_all() -> None:
    variants = '<span class="badge">oneOf</span>' + tabs(["Cat", "null"], [row("lives", "integer", flags="required")])
    reading = read(tabs(["200"], [media("application/json", nested("pet", "object", variants))]))
    assert texts.table(reading, "field").keys() == {
        "response 200 application/json pet", "response 200 application/json pet.lives",
    }  # fmt: skip
    assert "response 200 application/json pet.lives" not in texts.table(reading, "required")
    assert texts.table(reading, "nullable") == {"response 200 application/json pet": True}


def test_properties_below_a_discriminator_belong_to_the_object() -> None:
    choice = tabs(["Cat", "Dog"], [row("lives", "integer", flags="required")])
    reading = read(
        tabs(["200"], [media("application/json", row("kind", "string", details=choice) + row("age", "integer"))])
    )
    prefix = "response 200 application/json"
    assert texts.table(reading, "field").keys() == {f"{prefix} kind", f"{prefix} lives", f"{prefix} age"}
    assert f"{prefix} lives" not in texts.table(reading, "required")


def test_a_required_body() -> None:
    reading = read(media("application/json", row("name", "string", kind="schema"), title="Body<span>required</span>"))
    assert texts.table(reading, "body") == {"body": True}
    assert texts.table(reading, "required") == {"body": True, "body application/json name": False}


def test_authentication() -> None:
    block = (
        "<details><summary><h4>Authorization: X-Token</h4></summary><pre><span><strong>name:</strong> <a>X-Token</a></span>"
        "<span><strong>type:</strong> apiKey</span><span><strong>in:</strong> header</span></pre></details>"
    )
    reading = read(block)
    assert texts.table(reading, "authentication") == {"GET /reports/{reportId}": "apiKey in header X-Token"}


@pytest.mark.parametrize("change", [markup.renamed, markup.wrapped, markup.with_navigation])
def test_markup_changes_nothing(change: Callable[[str], str]) -> None:
    html = page(
        parameters("Query", row("page", "integer", details="<p>Which page.</p>" + possible(code("&gt;= 1")))),
        tabs(["200"], [media("application/json", nested("parts", "object", row("size", "number")))]),
    )
    before, after = texts.read(html, ".html"), texts.read(change(html), ".html")
    assert after.lines == before.lines
    assert after.facts.facts == before.facts.facts


def test_characters_of_a_circular_reference_are_not_properties() -> None:
    """The tool draws the text `circular(...)` as an object with a property per character."""
    characters = "".join(row(str(index), "", kind="schema") for index in range(3))
    numbered = row("0", "string", kind="schema")
    rows = nested("reply", "object", characters) + nested("places", "object", numbered)
    reading = read(tabs(["200"], [media("application/json", rows)]))
    part = "response 200 application/json"
    assert texts.table(reading, "field") == {
        f"{part} reply": "reply", f"{part} places": "places", f"{part} places.0": "0",
    }  # fmt: skip


def test_the_label_nullable_of_free_keys() -> None:
    """It is that of the values, unless they may be anything: then the row has the schema of the object."""
    rows = nested("labels", "object", row("property name*", "string", flags="nullable", kind="schema"))
    rows += nested("extra", "object", row("property name*", "any", flags="nullable", kind="schema"))
    reading = read(tabs(["200"], [media("application/json", rows)]))
    part = "response 200 application/json"
    assert texts.table(reading, "nullable") == {f"{part} labels{{}}": True, f"{part} extra": True}
