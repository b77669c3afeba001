"""Pages by ReadMe."""

from __future__ import annotations

from .texts import operations, read, residue, table


def parameter(name: str, kind: str, required: bool = False, text: str = "", options: tuple[str, ...] = ()) -> str:
    choice = "".join(f"<option>{option}</option>" for option in options)
    return (
        f'<div class="Param2Hl3"><div class="Param-left1x"><div class="Param-header3Yf">'
        f'<label class="Param-name1pO" for="{name}">{name}</label><div class="Param-type2W">{kind}</div>'
        + ('<div class="Param-required1S">required</div>' if required else "")
        + f'</div><div class="Param-description1T"><p>{text}</p></div></div>'
        + (f'<div class="Param-form3"><select>{choice}</select></div>' if options else "")
        + "</div>"
    )


PAGE = f"""<!doctype html><html><body>
<nav class="rm-Sidebar"><span class="rm-APIMethod APIMethod_put">put</span></nav>
<main class="rm-ReferenceMain"><header id="content-head"><h1>List runs</h1></header>
<div class="headline"><span class="rm-APIMethod APIMethod_get" data-testid="http-method">get</span>
<span>https://api.example.com/v1/runs/{{id}}</span></div>
<section><div class="APISectionHeader3LN"><h3>Path Params</h3></div>{parameter("id", "string", True)}</section>
<section><h3>Query Params</h3>
{parameter("limit", "int32", False, "How many. Defaults to 25.")}
{parameter("state", "string", False, "The state.", ("queued", "done"))}</section>
<section><h3>Responses</h3>
<div class="APIResponseSchemaPicker-option1x"><button class="APIResponseSchemaPicker-label3X">200 OK</button></div>
<h4>Response body</h4>{parameter("total", "integer", True)}
<button class="APIResponseSchemaPicker-label3X">404 Not found</button></section>
<pre><code>curl --request GET --url https://api.example.com/v1/runs/1 --header 'Authorization: Bearer x'</code></pre>
</main></body></html>"""
KEY = "GET /v1/runs/{id}"


def test_operation_and_parameters() -> None:
    reading = read(PAGE, ".html")
    assert reading.style == "readme"
    assert operations(reading) == ["GET /v1/runs/{id}"]
    assert table(reading, "server") == {KEY: "https://api.example.com"}
    assert table(reading, "authentication") == {KEY: "bearer"}
    assert set(table(reading, "parameter")) == {"path id", "query limit", "query state"}
    assert table(reading, "format") == {"query limit": "int32"}
    assert table(reading, "default") == {"query limit": 25}
    assert table(reading, "enum") == {"query state": ["queued", "done"]}
    required = table(reading, "required")
    assert (required["path id"], required["query limit"]) == (True, False)


def test_responses() -> None:
    reading = read(PAGE, ".html")
    assert set(table(reading, "status")) == {"response 200", "response 404"}
    assert table(reading, "type")["response 200 total"] == "integer"
    assert "The state." in residue(reading)


def test_class_names_of_another_build() -> None:
    changed = PAGE.replace("Param-name1pO", "Param-nameXyZ99").replace("Param-type2W", "Param-type__q_8")
    assert table(read(changed, ".html"), "type") == table(read(PAGE, ".html"), "type")
