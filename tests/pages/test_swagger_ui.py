"""Pages drawn by Swagger UI."""

# ruff: noqa: E501 - HTML

from __future__ import annotations

from collections.abc import Callable

import pytest

from speclient.pages.readers import Reading

from . import markup, texts


def block(*parts: str, method: str = "GET", path: str = "/trees/{treeId}") -> str:
    return (
        f'<div class="opblock opblock-get is-open"><div class="opblock-summary"><span class="opblock-summary-method">{method}</span>'
        f'<span class="opblock-summary-path" data-path="{path}"><a><span>{path}</span></a></span><div>Trees</div></div>'
        f'<div class="opblock-body">{"".join(parts)}</div></div>'
    )


def page(*blocks: str) -> str:
    servers = (
        '<div class="schemes-server-container"><span>Servers</span><div class="servers"><select>'
        '<option value="https://api.example.test/v1">https://api.example.test/v1 - Main</option></select></div></div>'
    )
    return f'<!doctype html><html><body><div id="swagger-ui"><div class="swagger-ui">{servers}<main>{"".join(blocks)}</main></div></div></body></html>'


def read(*parts: str) -> Reading:
    return texts.read(page(block(*parts)), ".html")


def parameter(
    name: str, place: str, type_text: str, *details: str, required: bool = False, deprecated: bool = False
) -> str:
    star = "<span>&nbsp;*</span>" if required else ""
    return (
        f'<tr data-param-name="{name}" data-param-in="{place}"><td><div class="parameter__name{" required" if required else ""}">{name}{star}</div>'
        f'<div class="parameter__type">{type_text}</div><div class="parameter__deprecated">{"deprecated" if deprecated else ""}</div>'
        f'<div class="parameter__in">({place})</div></td><td>{"".join(details)}<input value="x"></td></tr>'
    )


def caption(name: str, text: str) -> str:
    return f'<div class="renderedMarkdown"><p><i>{name}</i> : {text}</p></div>'


def extension(text: str) -> str:
    return f'<div class="parameter__extension">{text}</div>'


def table(*rows: str) -> str:
    return f'<table class="parameters"><tbody>{"".join(rows)}</tbody></table>'


def model(content: str) -> str:
    return f'<span class="model"><span><button class="model-box-control"><span class="model-toggle"></span></button>{content}</span></span>'


def primitive(type_text: str, *keywords: str, form: str = "", enum: str = "") -> str:
    return model(
        f'<span class="prop"><span class="prop-type">{type_text}</span>'
        + (f'<span class="prop-format">(${form})</span>' if form else "")
        + "".join(f'<span class="property primitive"><br>{keyword}</span>' for keyword in keywords)
        + (f'<span class="prop-enum">Enum:<br><span>[ {enum} ]</span></span>' if enum else "")
        + "</span>"
    )


def array(inner: str, *keywords: str) -> str:
    return model(
        "[" + "".join(f'<span class="property"><br>{keyword}</span>' for keyword in keywords) + f"<span>{inner}</span>]"
    )


def prop(name: str, inner: str, *, required: bool = False) -> str:
    star = '<span class="star">*</span>' if required else ""
    return f'<tr class="property-row{" required" if required else ""}"><td>{name}{star}</td><td>{inner}</td></tr>'


def key(name: str, inner: str) -> str:
    return f"<tr><td>{name}</td><td>{inner}</td></tr>"


def obj(*rows: str) -> str:
    return model(
        f'<span class="brace-open object">{{</span><span class="inner-object"><table class="model"><tbody>{"".join(rows)}</tbody></table></span>'
        '<span class="brace-close">}</span>'
    )


def tabs(panel: str, name: str = "model") -> str:
    return (
        '<div class="model-example"><ul role="tablist"><li><button role="tab">Example Value</button></li><li><button role="tab">Schema</button></li></ul>'
        f'<div role="tabpanel" data-name="{name}Panel">{panel}</div></div>'
    )


def response(status: str, panel: str, *media: str) -> str:
    options = "".join(f'<option value="{name}">{name}</option>' for name in media)
    select = f'<select class="content-type">{options}</select>' if media else ""
    return f'<table><tr class="response" data-code="{status}"><td>{status}</td><td><div><p>Prose.</p></div>{select}{panel}</td></tr></table>'


def article(title: str, *parts: str, type_text: str = "object", constraints: str = "", flags: str = "") -> str:
    notes = "".join(
        f'<span class="json-schema-2020-12__constraint">{note}</span>' for note in constraints.split("|") if note
    )
    marks = "".join(f'<span class="json-schema-2020-12__attribute">{flag}</span>' for flag in flags.split("|") if flag)
    return (
        '<article data-json-schema-level="1" class="json-schema-2020-12"><div class="json-schema-2020-12-head">'
        f'<strong class="json-schema-2020-12__title">{title}</strong>{marks}'
        f'<strong class="json-schema-2020-12__attribute">{type_text}</strong>{notes}</div>'
        f'<div class="json-schema-2020-12-body">{"".join(parts)}</div></article>'
    )


def keyword(name: str, content: str) -> str:
    return f'<div class="json-schema-2020-12-keyword json-schema-2020-12-keyword--{name}">{content}</div>'


def properties(*articles: str) -> str:
    items = "".join(
        f'<li class="json-schema-2020-12-property{" json-schema-2020-12-property--required" if each.startswith("!") else ""}">{each.removeprefix("!")}</li>'
        for each in articles
    )
    return keyword("properties", f"<ul>{items}</ul>")


def viewer(name: str, value: str, children: str = "") -> str:
    shown = f'<span class="json-schema-2020-12-json-viewer__value">{value}</span>' if value else ""
    return f'<div class="json-schema-2020-12-json-viewer"><span class="json-schema-2020-12-json-viewer__name">{name}</span>{shown}{children}</div>'


def test_operations_and_servers() -> None:
    reading = texts.read(page(block(), block(method="POST", path="/trees")), ".html")
    assert reading.style == "swagger-ui"
    assert texts.operations(reading) == ["GET /trees/{treeId}", "POST /trees"]
    assert set(texts.table(reading, "server").values()) == {"https://api.example.test/v1"}


def test_parameters() -> None:
    reading = read(
        table(
            parameter("treeId", "path", 'string<span class="prop-format">($uuid)</span>', required=True),
            parameter("height", "query", "integer", caption("Default value", "3"), extension("minimum: 1"), extension("maximum: 9")),
            parameter("kinds", "query", "array&lt;string&gt;", caption("Available values", "oak, ash")),
            parameter("grove", "query", "string", caption("Example", "north"), extension("maxLength: 5"), extension("pattern: ^[a-z]+$"), deprecated=True),
        )
    )  # fmt: skip
    assert texts.table(reading, "required") == {
        "path treeId": True, "query height": False, "query kinds": False, "query grove": False,
    }  # fmt: skip
    assert texts.table(reading, "type") == {
        "path treeId": "string", "query height": "integer", "query kinds": "array", "query kinds []": "string", "query grove": "string",
    }  # fmt: skip
    assert texts.table(reading, "format") == {"path treeId": "uuid"}
    assert texts.table(reading, "default") == {"query height": 3}
    assert texts.table(reading, "minimum") == {"query height": 1}
    assert texts.table(reading, "maximum") == {"query height": 9}
    assert texts.table(reading, "enum") == {"query kinds []": ["oak", "ash"]}
    assert texts.table(reading, "example") == {"query grove": "north"}
    assert texts.table(reading, "max-length") == {"query grove": 5}
    assert texts.table(reading, "pattern") == {"query grove": "^[a-z]+$"}
    assert texts.table(reading, "deprecated") == {"query grove": True}


def test_models() -> None:
    schema = obj(
        key("description:", "<p>A tree.</p>"),
        prop("id", primitive("integer", "minimum: 1", "readOnly: true", "example: 4", form="int64"), required=True),
        prop(
            "height", primitive("number", "minimum: 0", "exclusiveMinimum: true", "multipleOf: 0.5", "nullable: true")
        ),
        prop("kind", primitive("string", "default: oak", enum="oak, ash")),
        prop("names", array(primitive("string", "maxLength: 8"), "minItems: 1", "uniqueItems: true")),
        prop("labels", obj(key("&lt; * &gt;:", primitive("boolean")))),
    )
    reading = read(response("200", tabs(schema), "application/json", "application/xml"), response("404", ""))
    prefix = "response 200 application/json"
    assert texts.table(reading, "status") == {"response 200": "200", "response 404": "404"}
    assert set(texts.table(reading, "media-type").values()) == {"application/json", "application/xml"}
    assert texts.table(reading, "type") == {
        prefix: "object", f"{prefix} id": "integer", f"{prefix} height": "number", f"{prefix} kind": "string",
        f"{prefix} names": "array", f"{prefix} names[]": "string", f"{prefix} labels": "object", f"{prefix} labels{{}}": "boolean",
    }  # fmt: skip
    assert texts.table(reading, "required")[f"{prefix} id"] is True
    assert texts.table(reading, "required")[f"{prefix} kind"] is False
    assert texts.table(reading, "format") == {f"{prefix} id": "int64"}
    assert texts.table(reading, "read-only") == {f"{prefix} id": True}
    assert texts.table(reading, "example") == {f"{prefix} id": 4}
    assert texts.table(reading, "minimum") == {f"{prefix} id": 1}
    assert texts.table(reading, "exclusive-minimum") == {f"{prefix} height": 0}
    assert texts.table(reading, "multiple-of") == {f"{prefix} height": 0.5}
    assert texts.table(reading, "nullable") == {f"{prefix} height": True}
    assert texts.table(reading, "default") == {f"{prefix} kind": "oak"}
    assert texts.table(reading, "enum") == {f"{prefix} kind": ["oak", "ash"]}
    assert texts.table(reading, "min-items") == {f"{prefix} names": 1}
    assert texts.table(reading, "unique-items") == {f"{prefix} names": True}
    assert texts.table(reading, "max-length") == {f"{prefix} names[]": 8}


def test_properties_of_a_variant_are_not_required_in_all() -> None:
    schema = model('<span class="brace-open">{</span><table><tbody>'
                   + key("oneOf -&gt;", obj(prop("leaves", primitive("integer"), required=True))) + "</tbody></table>")  # fmt: skip
    reading = read(response("200", tabs(schema), "application/json"))
    assert texts.table(reading, "field") == {"response 200 application/json leaves": "leaves"}
    assert not texts.table(reading, "required")


def test_articles_of_newer_documents() -> None:
    enum = (
        "<ul>"
        + "".join(f"<li>{viewer(f'#{index}', value)}</li>" for index, value in enumerate(('"oak"', '"ash"')))
        + "</ul>"
    )
    schema = article(
        "Tree",
        properties(
            "!" + article("id", type_text="integer", constraints="[1, 90]|int64", flags="read-only"),
            article("height", type_text="number | null", constraints="(0, 12.5]|multiple of 5/10"),
            article("kind", keyword("enum", enum), keyword("default", viewer("Default", '"oak"')), type_text="string"),
            article("names", keyword("items", article("Items", type_text="string", constraints="≤ 8 characters")),
                    type_text="array&lt;string&gt;", constraints="[1, 4] unique items"),
            article("code", type_text="string", constraints="matches ^[a-z]+$", flags="deprecated"),
            article("labels", keyword("additionalProperties", article("Additional properties", type_text="boolean"))),
        ),
    )  # fmt: skip
    reading = read(response("200", tabs(schema), "application/json"))
    prefix = "response 200 application/json"
    assert texts.table(reading, "required")[f"{prefix} id"] is True
    assert texts.table(reading, "required")[f"{prefix} height"] is False
    assert texts.table(reading, "type")[f"{prefix} labels{{}}"] == "boolean"
    assert texts.table(reading, "format") == {f"{prefix} id": "int64"}
    assert texts.table(reading, "read-only") == {f"{prefix} id": True}
    assert texts.table(reading, "minimum") == {f"{prefix} id": 1}
    assert texts.table(reading, "maximum") == {f"{prefix} id": 90, f"{prefix} height": 12.5}
    assert texts.table(reading, "exclusive-minimum") == {f"{prefix} height": 0}
    assert texts.table(reading, "multiple-of") == {f"{prefix} height": 0.5}
    assert texts.table(reading, "nullable") == {f"{prefix} height": True}
    assert texts.table(reading, "enum") == {f"{prefix} kind": ["oak", "ash"]}
    assert texts.table(reading, "default") == {f"{prefix} kind": "oak"}
    assert texts.table(reading, "max-items") == {f"{prefix} names": 4}
    assert texts.table(reading, "unique-items") == {f"{prefix} names": True}
    assert texts.table(reading, "max-length") == {f"{prefix} names[]": 8}
    assert texts.table(reading, "pattern") == {f"{prefix} code": "^[a-z]+$"}
    assert texts.table(reading, "deprecated") == {f"{prefix} code": True}


def test_a_required_body_and_a_form() -> None:
    row = (
        '<tr data-property-name="file"><td><div class="parameter__name required">file</div><div class="parameter__type">string'
        '<span class="prop-format">($binary)</span><div class="parameter__extension">maxLength: 9</div></div></td><td></td></tr>'
    )
    select = '<select class="content-type"><option value="multipart/form-data">multipart/form-data</option></select>'
    reading = read(
        f'<div class="opblock-section-request-body"><h4 class="required">Request body</h4>{select}<table>{row}</table></div>'
    )
    assert texts.table(reading, "required") == {"body": True, "body multipart/form-data file": True}
    assert texts.table(reading, "format") == {"body multipart/form-data file": "binary"}
    assert texts.table(reading, "max-length") == {"body multipart/form-data file": 9}


def test_an_example_and_response_headers() -> None:
    example = tabs('<pre><code>{\n  "id": 4\n}</code></pre>', "example")
    headers = '<table class="headers"><tbody><tr><td>X-Left</td><td>Calls.</td><td>integer</td></tr></tbody></table>'
    reading = read(response("200", example + headers, "application/json"))
    assert texts.table(reading, "example") == {"response 200 application/json": {"id": 4}}
    assert texts.table(reading, "type") == {"response 200 header X-Left": "integer"}


@pytest.mark.parametrize("change", [markup.renamed, markup.wrapped, markup.with_navigation])
def test_markup_changes_nothing(change: Callable[[str], str]) -> None:
    html = page(block(table(parameter("height", "query", "integer", extension("minimum: 1"))),
                      response("200", tabs(obj(prop("id", primitive("integer", "minimum: 1")))), "application/json")))  # fmt: skip
    before, after = texts.read(html, ".html"), texts.read(change(html), ".html")
    assert before.facts.facts
    assert after.lines == before.lines
    assert after.facts.facts == before.facts.facts
