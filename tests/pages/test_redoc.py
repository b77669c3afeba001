"""Pages drawn by Redoc."""

# ruff: noqa: E501 - HTML

from __future__ import annotations

from collections.abc import Callable

import pytest

from speclient.pages.readers import Reading

from . import markup, texts


def row(name: str, line: str, *details: str, required: bool = False, kind: str = "field", inner: str = "") -> str:
    mark = '<div class="sc-aBcDe">required</div>' if required else ""
    below = f'<tr><td colspan="2"><div class="sc-inner">{inner}</div></td></tr>' if inner else ""
    return (
        f'<tr><td kind="{kind}" title="{name}" class="sc-aBcDe x"><span></span><span class="property-name">{name}</span>{mark}'
        f"</td><td><div><div><span></span>{line}</div>{''.join(details)}<div><p>Some prose.</p></div></div></td></tr>{below}"
    )


def kind(text: str) -> str:
    return f'<span class="sc-tYpEs">{text}</span>'


def caption(name: str, *values: str) -> str:
    return f"<div><span> {name}: </span> {' '.join(f'<span>{value}</span>' for value in values)} </div>"


def table(*rows: str) -> str:
    return f"<table><tbody>{''.join(rows)}</tbody></table>"


def parameters(place: str, *rows: str) -> str:
    return f"<div><h5>{place} Parameters</h5>{table(*rows)}</div>"


def response(status: str, content: str) -> str:
    return f'<div><button aria-expanded="true"><strong>{status}</strong><p>What it means.</p></button><div>{content}</div></div>'


def schema(content: str, *, title: str = "Response Schema:", media: str = "application/json") -> str:
    return f"<h5>{title} <span>{media}</span></h5>{content}"


def operation(*parts: str, method: str = "get", path: str = "/boats/{boatId}") -> str:
    endpoint = (
        f'<button class="sc-eNdPo"><span class="http-verb">{method}</span><span>{path}</span></button><div aria-hidden="true">'
        f'<div><div role="button"><div><span>https://api.example.test/v3</span>{path}</div></div></div></div>'
    )
    return (
        f'<div id="op{path}" data-section-id="tag/boats/{method}{path}"><div><div><h2>Boats</h2>{"".join(parts)}</div>'
        f"<div><div>{endpoint}</div></div></div></div>"
    )


def page(*operations: str) -> str:
    menu = '<div class="menu-content"><ul role="menu"><li>Boats</li></ul><a>Drawn by Redoc</a></div>'
    return f"<!doctype html><html><body><div class='redoc-wrap'>{menu}<div class='api-content'>{''.join(operations)}</div></div></body></html>"


def read(*parts: str) -> Reading:
    return texts.read(page(operation(*parts)), ".html")


def test_operations_of_a_page_have_sections_of_their_own() -> None:
    reading = texts.read(page(operation(), operation(method="post", path="/boats")), ".html")
    assert reading.style == "redoc"
    assert texts.operations(reading) == ["GET /boats/{boatId}", "POST /boats"]
    assert set(texts.table(reading, "server").values()) == {"https://api.example.test/v3"}
    first, second = reading.facts.sections
    assert first.last < second.first


def test_parameters() -> None:
    reading = read(
        parameters("path", row("boatId", kind("string") + kind(" &lt;uuid&gt; "), required=True)),
        parameters(
            "query",
            row("length", kind("integer") + kind(" &lt;int32&gt; ") + "<span> <span>[ 2 .. 60 ]</span> </span>",
                caption("Default", "12")),
            row("kinds", kind("Array of ") + kind("strings") + "<span> <span>non-empty</span> <span>unique</span> </span>"
                "<span>[ items <span> <span>&lt;= 9 characters</span> </span> ]</span>",
                caption("Items Enum", '"sail"', '"motor"')),
            row("mast", kind("number") + "<span> <span>( 0 .. 30 ]</span> </span>", "<div><span> Deprecated </span></div>"),
            row("name", kind("string") + kind(" (Name) ") + "<span> <span>= 4 characters</span> </span><span>^[A-Z]+$</span>",
                caption("Example", "name=ADA%2FB")),
        ),
    )  # fmt: skip
    assert texts.table(reading, "required") == {
        "path boatId": True, "query length": False, "query kinds": False, "query mast": False, "query name": False,
    }  # fmt: skip
    assert texts.table(reading, "type") == {
        "path boatId": "string", "query length": "integer", "query kinds": "array", "query kinds []": "string",
        "query mast": "number", "query name": "string",
    }  # fmt: skip
    assert texts.table(reading, "format") == {"path boatId": "uuid", "query length": "int32"}
    assert texts.table(reading, "minimum") == {"query length": 2}
    assert texts.table(reading, "maximum") == {"query length": 60, "query mast": 30}
    assert texts.table(reading, "exclusive-minimum") == {"query mast": 0}
    assert texts.table(reading, "default") == {"query length": 12}
    assert texts.table(reading, "min-items") == {"query kinds": 1}
    assert texts.table(reading, "unique-items") == {"query kinds": True}
    assert texts.table(reading, "max-length") == {"query kinds []": 9, "query name": 4}
    assert texts.table(reading, "enum") == {"query kinds []": ["sail", "motor"]}
    assert texts.table(reading, "deprecated") == {"query mast": True}
    assert texts.table(reading, "pattern") == {"query name": "^[A-Z]+$"}
    assert texts.table(reading, "example") == {"query name": "ADA/B"}


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("Array of integers", "[]"),
        ("Array of integers <int64> [ items <int64 > >= 3 ]", "[]"),
        ("Array of integers[ items ]", "[][]"),
        ("Array of integers[ items  [ items &gt;= 3  ] ]", "[][]"),
        ("Array of integers[ items  2 .. 3  ]", "[]"),
    ],
)
def test_arrays_of_arrays_are_told_from_arrays(line: str, field: str) -> None:
    reading = read(parameters("query", row("grid", line)))
    assert texts.table(reading, "type")[f"query grid {field}"] == "integer"


def test_a_shortened_pattern_is_not_read() -> None:
    line = kind("string") + "<span>^[a-z]{1,3}...</span><span>Show pattern</span>"
    assert not texts.table(read(parameters("query", row("code", line))), "pattern")


def test_responses_with_nested_schemas() -> None:
    owner = row("owner", kind("object") + kind(" (Owner) "), inner=table(row("email", kind("string"), required=True)))
    parts = row(
        "parts",
        kind("Array of ") + kind("objects"),
        inner=f"<div><div> Array </div><div>{table(row('size', kind('number')))}</div></div>",
    )
    labels = row(
        "labels",
        kind("object"),
        inner=table(row("property name*", kind("string or null"), kind="additionalProperties")),
    )
    headers = f"<table><caption>Response Headers</caption><tbody>{row('X-Left', kind('integer'))}</tbody></table>"
    reading = read(
        "<div><h3>Responses</h3>",
        response("200", headers + schema(table(owner, parts, labels))),
        response("4XX", ""),
        "</div>",
    )
    prefix = "response 200 application/json"
    assert texts.table(reading, "status") == {"response 200": "200", "response 4XX": "4XX"}
    assert texts.table(reading, "header") == {"response 200 header X-Left": "X-Left"}
    assert texts.table(reading, "type") == {
        "response 200 header X-Left": "integer",
        f"{prefix} owner": "object",
        f"{prefix} owner.email": "string",
        f"{prefix} parts": "array",
        f"{prefix} parts[]": "object",
        f"{prefix} parts[].size": "number",
        f"{prefix} labels": "object",
        f"{prefix} labels{{}}": "string",
    }
    assert texts.table(reading, "required") == {
        f"{prefix} owner": False, f"{prefix} owner.email": True, f"{prefix} parts": False,
        f"{prefix} parts[].size": False, f"{prefix} labels": False,
    }  # fmt: skip
    assert texts.table(reading, "nullable") == {f"{prefix} labels{{}}": True}


def test_properties_of_a_variant_are_not_required_in_all() -> None:
    variants = f"<div><span> One of </span><ul><button>Sail</button><button>Motor</button></ul><div>{table(row('mast', kind('number'), required=True))}</div></div>"
    reading = read(response("200", schema(variants)))
    assert texts.table(reading, "field") == {"response 200 application/json mast": "mast"}
    assert not texts.table(reading, "required")


def test_a_body_with_several_media_types() -> None:
    heading = (
        "<h5>Request Body schema: <div><select><option>application/json</option><option>text/plain</option></select>"
        "<label>application/json</label></div><div>required</div></h5>"
    )
    reading = read(f"<div>{heading}{table(row('name', kind('string'), caption('Enum', '&quot;a&quot;')))}</div>")
    assert texts.table(reading, "body") == {"body": True}
    assert texts.table(reading, "media-type") == {
        "body application/json": "application/json", "body text/plain": "text/plain",
    }  # fmt: skip
    assert texts.table(reading, "required") == {"body": True, "body application/json name": False}
    assert texts.table(reading, "enum") == {"body application/json name": ["a"]}


def test_a_sample_is_an_example() -> None:
    sample = (
        '<div><h3>Response samples</h3><div><ul role="tablist"><li role="tab" aria-selected="true">200</li></ul>'
        '<div role="tabpanel"><div><span>Content type</span><div>application/json</div></div>'
        '<div class="redoc-json"><code>{<ul><li><span>"name"</span>: <span>"Ada"</span></li></ul>}</code></div></div></div></div>'
    )
    reading = read(response("200", schema(table(row("name", kind("string"))))), sample)
    assert texts.table(reading, "example") == {"response 200 application/json": {"name": "Ada"}}


@pytest.mark.parametrize("change", [markup.renamed, markup.wrapped, markup.with_navigation])
def test_markup_changes_nothing(change: Callable[[str], str]) -> None:
    html = page(
        operation(
            parameters("query", row("length", kind("integer") + "<span> <span>[ 2 .. 60 ]</span> </span>")),
            response("200", schema(table(row("owner", kind("object"), inner=table(row("email", kind("string"))))))),
        )
    )
    before, after = texts.read(html, ".html"), texts.read(change(html), ".html")
    assert before.facts.facts
    assert after.lines == before.lines
    assert after.facts.facts == before.facts.facts
