"""Pages drawn by Stoplight Elements."""

# ruff: noqa: E501 - HTML

from __future__ import annotations

from collections.abc import Callable

import pytest

from speclient.pages.readers import Reading

from . import markup, texts


def row(name: str, *types: str, required: bool = False, flags: str = "", details: str = "") -> str:
    label = f'<div data-test="property-name-{name}">{name}</div>' if name else ""
    kinds = "<span> or </span>".join(
        f'<span data-test="property-type" class="sl-truncate">{each}</span>' for each in types
    )
    marks = "".join(f'<span data-test="property-{flag}">{flag}</span>' for flag in flags.split())
    mark = '<span data-test="property-required">required</span>' if required else ""
    return f'<div data-test="schema-row" class="sl-flex"><div><div><div>{label}{kinds}</div>{mark}{marks}</div><div><p>Prose.</p></div>{details}</div></div>'


def bounds(*texts_: str) -> str:
    return f'<div data-test="property-validation">{"".join(f"<span>{text}</span>" for text in texts_)}</div>'


def values(caption: str, *texts_: str) -> str:
    shown = "".join(f"<span>{text}</span>" for text in texts_)
    return f'<div data-test="property-validation"><span>{caption}:</span><div>{shown}</div></div>'


def level(number: int, *rows: str) -> str:
    return f'<div data-level="{number}" class="sl-text-sm">{"".join(rows)}</div>'


def viewer(*parts: str) -> str:
    return f'<div class="JsonSchemaViewer"><div></div>{"".join(parts)}</div>'


def heading(text: str, tag: str = "h3", extra: str = "") -> str:
    return f'<div><{tag} aria-label="{text}"><a><div>{text}</div></a></{tag}><div>{extra}</div></div>'


def media(*names: str) -> str:
    options = "".join(f"<option>{name}</option>" for name in names)
    return f'<div><select>{options}</select></div><button aria-haspopup="listbox"><div>{names[0]}</div></button>'


def responses(status: list[str], content: str) -> str:
    tabs = "".join(
        f'<div role="tab" data-key="{each}" aria-selected="{str(not index).lower()}">{each}</div>'
        for index, each in enumerate(status)
    )
    return (
        f'{heading("Responses", "h2")}<div><div role="tablist">{tabs}</div></div><div role="tabpanel">{content}</div>'
    )


def page(*parts: str) -> str:
    return (
        '<!doctype html><html><body><elements-api><div class="sl-flex"><a href="#/x" title="Other">Other</a></div>'
        '<div class="HttpOperation sl-stack"><h1>Read a song</h1><div title="https://api.example.test/v1/songs/{songId}"><div>get</div>'
        "<div><span>https://api.example.test/v1</span><span>/songs/{songId}</span></div></div>"
        f"{heading('Request', 'h2')}{''.join(parts)}</div></elements-api></body></html>"
    )


def read(*parts: str) -> Reading:
    return texts.read(page(*parts), ".html")


def test_the_operation_and_its_server() -> None:
    reading = read('<span data-testid="badge-deprecated">Deprecated</span>')
    assert reading.style == "elements"
    assert texts.operations(reading) == ["GET /songs/{songId}"]
    assert texts.table(reading, "server") == {"GET /songs/{songId}": "https://api.example.test/v1"}
    assert texts.table(reading, "deprecated") == {"GET /songs/{songId}": True}


@pytest.mark.parametrize(
    ("title", "body", "value"),
    [
        ("Security: Bearer Auth", "", "bearer"),
        ("Security: OAuth 2.0", "", "oauth2"),
        (
            "Security: API Key",
            "Include the token in a header parameter called <code>X-Song</code>.",
            "apiKey in header X-Song",
        ),
    ],
)
def test_authentication(title: str, body: str, value: str) -> None:
    reading = read(f'<div data-test="http-operation-security-row"><div role="heading">{title}</div><p>{body}</p></div>')
    assert texts.table(reading, "authentication") == {"GET /songs/{songId}": value}


def test_parameters() -> None:
    reading = read(
        heading("Path Parameters"), viewer(level(0, row("songId", "string&lt;uuid&gt;", required=True))),
        heading("Query Parameters"), viewer(level(0,
            row("page", "integer", details=bounds("&gt;= 1", "&lt;= 9") + values("Default", "2")),
            row("moods", "array[string]", details=bounds("&gt;= 1 items") + values("Allowed values", "calm", "loud")),
            row("key", "string", "null", flags="deprecated", details=values("Match pattern", "^[A-G]$") + values("Example", "C")),
        )),
        heading("Headers"), viewer(level(0, row("X-Part", "string", details=bounds("&gt;= 4 characters")))),
        heading("Cookies"), viewer(level(0, row("session", "number", details=values("Multiple of", "0.5")))),
    )  # fmt: skip
    assert texts.table(reading, "required") == {
        "path songId": True, "query page": False, "query moods": False, "query key": False, "header X-Part": False, "cookie session": False,
    }  # fmt: skip
    assert texts.table(reading, "type") == {
        "path songId": "string", "query page": "integer", "query moods": "array", "query moods []": "string", "query key": "string",
        "header X-Part": "string", "cookie session": "number",
    }  # fmt: skip
    assert texts.table(reading, "format") == {"path songId": "uuid"}
    assert texts.table(reading, "minimum") == {"query page": 1}
    assert texts.table(reading, "maximum") == {"query page": 9}
    assert texts.table(reading, "default") == {"query page": 2}
    assert texts.table(reading, "min-items") == {"query moods": 1}
    assert texts.table(reading, "enum") == {"query moods []": ["calm", "loud"]}
    assert texts.table(reading, "nullable") == {"query key": True}
    assert texts.table(reading, "deprecated") == {"query key": True}
    assert texts.table(reading, "pattern") == {"query key": "^[A-G]$"}
    assert texts.table(reading, "example") == {"query key": "C"}
    assert texts.table(reading, "min-length") == {"header X-Part": 4}
    assert texts.table(reading, "multiple-of") == {"cookie session": 0.5}


def test_responses_with_nested_schemas() -> None:
    schema = level(0,
        row("id", "integer", required=True),
        row("band", "object"), level(1, row("name", "string", required=True)),
        row("parts", "array[object]"), level(1, row("length", "number")),
        row("labels", "dictionary[string, object]"), level(1, row("text", "string")),
    )  # fmt: skip
    content = heading("Headers") + viewer(level(0, row("X-Left", "integer", required=True)))
    content += heading("Body", extra=media("application/json", "text/csv")) + viewer(schema)
    reading = read(responses(["200", "404"], content))
    prefix = "response 200 application/json"
    assert texts.table(reading, "status") == {"response 200": "200", "response 404": "404"}
    assert texts.table(reading, "media-type") == {prefix: "application/json", "response 200 text/csv": "text/csv"}
    assert texts.table(reading, "header") == {"response 200 header X-Left": "X-Left"}
    assert texts.table(reading, "field").keys() == {
        f"{prefix} id", f"{prefix} band", f"{prefix} band.name", f"{prefix} parts", f"{prefix} parts[].length",
        f"{prefix} labels", f"{prefix} labels{{}}.text",
    }  # fmt: skip
    assert texts.table(reading, "required")[f"{prefix} band.name"] is True


def test_arrays_maps_and_variants_at_the_top() -> None:
    body = heading("Body", extra=media("application/json"))
    array = read(body, viewer("<div>array of:</div>", level(0, row("id", "integer"))))
    assert texts.table(array, "type") == {"body application/json": "array", "body application/json [].id": "integer"}
    free = read(body, viewer(row("", "dictionary[string, integer]")))
    assert texts.table(free, "type") == {"body application/json": "object", "body application/json {}": "integer"}
    choice = '<div><div aria-label="Pick a type">Song</div><div>(one of)</div></div>'
    variant = read(body, viewer(choice, level(0, row("id", "integer", required=True))))
    assert texts.table(variant, "field") == {"body application/json id": "id"}
    assert not texts.table(variant, "required")


def test_a_choice_of_types() -> None:
    choice = '<div><select><option>string</option><option>null</option></select><button aria-label="Pick a type">any of: string</button></div>'
    reading = read(heading("Body", extra=media("application/json")), viewer(level(0, row("name", details=choice))))
    assert texts.table(reading, "type") == {"body application/json name": "string"}
    assert texts.table(reading, "nullable") == {"body application/json name": True}


def test_a_title_or_null_is_nullable() -> None:
    rows = level(0, row("owner", "Person or null"), row("pet", "Cat"))
    reading = read(heading("Body", extra=media("application/json")), viewer(rows))
    assert texts.table(reading, "nullable") == {"body application/json owner": True}
    assert texts.table(reading, "type") == {}


def test_the_example_of_the_response() -> None:
    lines = "".join(
        f"<div><div>{number}</div><div>{text}</div></div>" for number, text in ((1, "{"), (2, '"id": 4'), (3, "}"))
    )
    example = f'<div class="sl-panel"><div role="heading">Response Example</div><pre>{lines}</pre></div>'
    reading = read(
        responses(["200"], heading("Body", extra=media("application/json")) + viewer(level(0, row("id", "integer")))),
        example,
    )
    assert texts.table(reading, "example") == {"response 200 application/json": {"id": 4}}


def test_a_page_of_a_named_schema() -> None:
    html = f"<!doctype html><html><body><h1>Song</h1>{viewer(level(0, row('id', 'integer')))}</body></html>"
    assert texts.table(texts.read(html, ".html"), "type") == {"schema Song id": "integer"}


@pytest.mark.parametrize("change", [markup.renamed, markup.wrapped, markup.with_navigation])
def test_markup_changes_nothing(change: Callable[[str], str]) -> None:
    html = page(heading("Query Parameters"), viewer(level(0, row("page", "integer", details=bounds("&gt;= 1")))),
                responses(["200"], heading("Body", extra=media("application/json")) + viewer(level(0, row("id", "integer")))))  # fmt: skip
    before, after = texts.read(html, ".html"), texts.read(change(html), ".html")
    assert before.facts.facts
    assert after.lines == before.lines
    assert after.facts.facts == before.facts.facts
