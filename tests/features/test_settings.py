"""What a run can be asked for: overlays, a selection, templates of one's own, names that stay."""

from __future__ import annotations

import json
import textwrap
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from speclient.cli import main
from speclient.config import Settings
from speclient.diagnostics import FatalError
from speclient.pipeline import Outcome, generate, inspect

SPEC = """\
openapi: 3.1.0
info: {title: Shop, version: '1'}
servers: [{url: 'https://shop.example.com'}]
paths:
  /items:
    get:
      operationId: listItems
      tags: [items]
      responses:
        '200': {description: All., content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}}
  /orders:
    get:
      operationId: listOrders
      tags: [orders]
      responses:
        '200': {description: All., content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}
components:
  schemas:
    Item: {type: object, properties: {fooBar: {type: string}, kind: {type: string, enum: [a, b]}}}
    Order: {type: object, properties: {item: {$ref: '#/components/schemas/Item'}}}
    Unused: {type: object, properties: {a: {type: string}}}
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "shop.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


def run(spec: Path, **settings: Any) -> Outcome:
    return generate(spec, Settings(output=str(spec.parent / "out"), **settings))


def methods(outcome: Outcome) -> set[str]:
    assert outcome.folder is not None
    table = json.loads(next(outcome.folder.glob("*/_spec/operations.json")).read_text(encoding="utf-8"))
    return {row["call"] for row in table["operations"]}


def classes(outcome: Outcome) -> set[str]:
    assert outcome.folder is not None
    text = next(outcome.folder.glob("*/models/__init__.py")).read_text(encoding="utf-8")
    return {line.split('"')[1] for line in text.splitlines() if line.startswith('    "')}


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        ({"include": ("tag:items",)}, {"items.list"}),
        ({"include": ("operation:list*",), "exclude": ("path:/or*",)}, {"items.list"}),
        ({"exclude": ("tag:items",)}, {"orders.list"}),
        ({}, {"items.list", "orders.list"}),
    ],
)
def test_a_selection_drops_operations_and_unused_schemas(
    spec: Path, settings: dict[str, tuple[str, ...]], kept: set[str]
) -> None:
    outcome = run(spec, **settings)
    assert methods(outcome) == kept
    assert ("Unused" in classes(outcome)) == (not settings)
    assert ("Order" in classes(outcome)) == ("orders.list" in kept)


def test_a_selection_of_nothing_says_so(spec: Path) -> None:
    outcome = run(spec, include=("tag:nothing",))
    assert outcome.folder is None
    assert [found.code for found in outcome.diagnostics] == ["SC502"]


def overlay(spec: Path, text: str) -> str:
    path = spec.parent / "overlay.yaml"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return str(path)


def test_an_overlay_updates_and_removes(spec: Path) -> None:
    path = overlay(
        spec,
        """
        overlay: 1.0.0
        info: {title: Corrections, version: '1'}
        actions:
          - target: $.paths['/items'].get
            update: {x-speclient: {method: all}, parameters: [{name: size, in: query, schema: {type: integer}}]}
          - target: $.components.schemas.Item.properties.kind.enum
            update: c
          - target: $.paths['/orders']
            remove: true
          - target: $.components.schemas[?@.properties.a]
            remove: true
        """,
    )
    outcome = run(spec, overlays=(path,))
    assert methods(outcome) == {"items.all"}
    assert "Unused" not in classes(outcome)
    assert outcome.folder is not None
    text = "".join(path.read_text(encoding="utf-8") for path in outcome.folder.glob("*/models/*.py"))
    assert 'C = "c"' in text
    assert run(spec, overlays=(path,)).unchanged
    Path(path).write_text(
        Path(path).read_text(encoding="utf-8").replace("method: all", "method: every"), encoding="utf-8"
    )
    assert methods(run(spec, overlays=(path,))) == {"items.every"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("overlay: 1.0.0\nactions: 5\n", "SC014"),
        ("actions: []\n", "SC014"),
        ("overlay: 1.0.0\nactions: [{update: {}}]\n", "SC014"),
        ("overlay: 1.0.0\nactions: [{target: '$$', update: {}}]\n", "SC014"),
        ("overlay: 1.0.0\nactions: [{target: '$', remove: true}]\n", "SC014"),
        ("a: [\n", "SC002"),
    ],
)
def test_a_wrong_overlay_is_refused(spec: Path, text: str, code: str) -> None:
    with pytest.raises(FatalError) as caught:
        run(spec, overlays=(overlay(spec, text),))
    assert caught.value.diagnostic.code == code
    assert not (spec.parent / "out").exists()


def test_an_overlay_that_matches_nothing_warns(spec: Path) -> None:
    outcome = run(
        spec, overlays=(overlay(spec, "overlay: 1.0.0\nactions: [{target: $.paths.nowhere, remove: true}]\n"),)
    )
    assert [found.code for found in outcome.diagnostics] == ["SC015"]


def test_a_template_of_ones_own(spec: Path) -> None:
    folder = spec.parent / "templates"
    folder.mkdir()
    (folder / "README.md.jinja").write_text("# {{ client.name }} of ours\n", encoding="utf-8")
    (folder / "errors.py.jinja").write_text("import subprocess\n", encoding="utf-8")
    outcome = run(spec, templates=str(folder))
    assert outcome.folder is not None
    assert (outcome.folder / "README.md").read_text(encoding="utf-8") == "# Shop of ours\n"
    (folder / "README.md.jinja").write_text("{{ nothing_like_that }}\n", encoding="utf-8")
    with pytest.raises(FatalError) as caught:
        run(spec, templates=str(folder))
    assert caught.value.diagnostic.code == "SC303"


@pytest.mark.parametrize(
    ("name", "meant"),
    [("readme.md.jinja", "README.md.jinja"), ("signature.py.jinja", "macros/signature.py.jinja")],
)
def test_a_template_with_an_unknown_name_is_an_error(
    spec: Path, capsys: pytest.CaptureFixture[str], name: str, meant: str
) -> None:
    folder = spec.parent / "templates"
    folder.mkdir()
    (folder / "_parts.jinja").write_text("", encoding="utf-8")
    assert run(spec, templates=str(folder)).folder is not None
    (folder / name).write_text("", encoding="utf-8")
    output = spec.parent / "out2"
    assert main(["generate", str(spec), "--output", str(output), "--templates", str(folder)]) == 2
    assert f"did you mean {meant!r}" in capsys.readouterr().err
    assert not output.exists()


def test_the_stages_are_timed(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", str(spec), "--output", str(spec.parent / "timed"), "--timings"]) == 0
    lines = capsys.readouterr().err.splitlines()
    names = [line.rsplit(maxsplit=2)[0].strip() for line in lines if line.endswith(" ms")]
    assert names == [
        "compare input", "load", "build", "names", "claim folder", "models", "examples", "bundle", "render", "format",
        "verify", "publish",
    ]  # fmt: skip


def test_a_macro_of_ones_own(spec: Path) -> None:
    folder = spec.parent / "templates" / "macros"
    folder.mkdir(parents=True)
    text = "{% macro signature(arguments, options, asynchronous) %}self, *values: Any, **options: Any{% endmacro %}\n"
    (folder / "signature.py.jinja").write_text(text, encoding="utf-8")
    outcome = run(spec, templates=str(folder.parent))
    assert outcome.folder is not None
    sources = [path.read_text(encoding="utf-8") for path in outcome.folder.rglob("resources/*.py")]
    assert any("(self, *values: Any, **options: Any)" in source for source in sources)


def test_names_stay_when_something_comes_before(spec: Path) -> None:
    first = run(spec)
    before = classes(first)
    text = SPEC.replace(
        "paths:\n",
        "paths:\n  /first:\n    get:\n      operationId: list_items\n      tags: [items]\n"
        "      parameters: [{name: kind, in: query, schema: {type: string, enum: [x, y]}}]\n"
        "      responses: {'204': {description: Done.}}\n",
    ).replace("    Item:", "    item: {type: object, properties: {b: {type: string}}}\n    Item:")
    text = text.replace("properties: {fooBar:", "properties: {foo_bar: {type: integer}, fooBar:")
    spec.write_text(text, encoding="utf-8")
    second = run(spec)
    assert before < classes(second)
    assert methods(second) == {"items.list", "items.list_items", "orders.list"} or methods(second) == {
        "items.list", "items.list_items_", "orders.list",
    }  # fmt: skip
    assert second.folder is not None
    table = json.loads(next(second.folder.glob("*/_spec/operations.json")).read_text(encoding="utf-8"))
    assert {row["path"]: row["call"] for row in table["operations"]}["/items"] == "items.list"
    models = "".join(path.read_text(encoding="utf-8") for path in second.folder.glob("*/models/*.py"))
    # An attribute keeps its name, but for that of another property: constructors accept both.
    assert 'foo_bar_: Annotated[Omittable[str], Field(alias="fooBar")]' in models
    assert "foo_bar: Omittable[int]" in models


def test_removing_and_adding_back_gives_the_same_names(spec: Path) -> None:
    text = SPEC.replace("    Item:", "    item: {type: object, properties: {b: {type: string}}}\n    Item:")
    spec.write_text(text, encoding="utf-8")
    first = run(spec)
    assert first.folder is not None
    tree = {path.name: path.read_bytes() for path in first.folder.rglob("*.py")}
    spec.write_text(SPEC, encoding="utf-8")
    run(spec)
    spec.write_text(text, encoding="utf-8")
    again = run(spec)
    assert again.folder is not None
    assert {path.name: path.read_bytes() for path in again.folder.rglob("*.py")} == tree


def test_response_by_without_a_body_to_choose(spec: Path) -> None:
    """Found by the fuzz tests: it ended in a traceback."""
    text = SPEC.replace(
        "      operationId: listItems\n",
        "      operationId: listItems\n      parameters: [{name: full, in: query, schema: {type: boolean}}]\n"
        "      x-speclient: {response-by: {parameter: full, schemas: {'true': '#/components/schemas/Item'}}}\n",
    )
    spec.write_text(
        text.replace("'200': {description: All., content:", "'200': {description: All., x-content:"), encoding="utf-8"
    )
    assert "SC121" in [found.code for found in run(spec).diagnostics]


def test_a_reference_to_a_url(spec: Path) -> None:
    """Refused, unless allowed; relative references in what came are relative to its URL."""
    shared = "Item: {$ref: 'deep/more.yaml#/Real'}\n"
    more = "Real: {type: object, required: [far], properties: {far: {type: string}}}\n"

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            text = {"/shared.yaml": shared, "/deep/more.yaml": more}.get(self.path)
            self.send_response(200 if text else 404)
            self.end_headers()
            self.wfile.write((text or "").encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_address[1]}/shared.yaml#/Item"
        spec.write_text(SPEC.replace("'#/components/schemas/Item'}}}}", f"'{url}'}}}}}}}}"), encoding="utf-8")
        refused = run(spec)
        assert "SC012" in [found.code for found in refused.diagnostics]
        assert refused.counts == (1, 1, 0)
        allowed = run(spec, allow_urls=True)
        assert allowed.counts == (2, 0, 0)
        assert "Real" in classes(allowed)
        spec.write_text(spec.read_text(encoding="utf-8").replace("shared.yaml", "gone.yaml"), encoding="utf-8")
        gone = run(spec, allow_urls=True)
        assert "SC010" in [found.code for found in gone.diagnostics]
    finally:
        server.shutdown()
        server.server_close()


def test_inspect(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert inspect(spec, Settings(), "report")["operations"] == {"emitted": 2, "degraded": 0, "refused": 0}
    assert main(["inspect", str(spec), "--what", "ir"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert [operation["key"] for operation in shown["operations"]] == ["GET /items", "GET /orders"]


PAGED = """\
openapi: 3.1.0
info: {title: Shop, version: '1'}
servers: [{url: 'https://shop.example.com'}]
paths:
  /items:
    get:
      operationId: listItems
      tags: [items]
      parameters:
        - {name: offset, in: query, schema: {type: integer}}
        - {name: limit, in: query, schema: {type: integer}}
      responses:
        '200': {description: All., content: {application/json: {schema: {type: array, items: {type: object}}}}}
"""


def test_paging_is_inferred_unless_somebody_says_no(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec.write_text(PAGED, encoding="utf-8")
    output = str(spec.parent / "out")
    call = ["generate", str(spec), "--output", output, "--strict"]

    def paged() -> bool:
        return "Paginator[" in (spec.parent / "out/shop-client/shop_client/resources/items.py").read_text(
            encoding="utf-8"
        )

    assert main(call) == 0
    shown = capsys.readouterr()
    assert "pagination inferred for 1 operation (offset 1); evidence: speclient inspect --what pagination" in shown.out
    assert shown.err == ""
    assert paged()
    assert main([*call, "--verbose", "--again"]) == 0
    assert "note[SC208]: GET /items: offset pagination" in capsys.readouterr().err
    assert main([*call, "--no-infer-pagination"]) == 0
    assert "pages inferred" not in capsys.readouterr().out
    assert not paged()
    assert main(call) == 0
    assert paged()
    off = overlay(
        spec,
        """
        overlay: 1.0.0
        info: {title: Corrections, version: '1'}
        actions: [{target: "$.paths['/items'].get", update: {x-speclient: {pagination: false}}}]
        """,
    )
    assert main([*call, "--overlay", off]) == 0
    assert not paged()
    assert main(call) == 0
    assert paged()
    spec.write_text(f"{PAGED}x-speclient: {{infer-pagination: false}}\n", encoding="utf-8")
    assert main(call) == 0
    assert not paged()


def test_what_was_inferred_can_be_looked_at(spec: Path) -> None:
    spec.write_text(PAGED, encoding="utf-8")
    evidence = ["parameters 'offset' from 0, and 'limit'", "items at the body itself"]
    shown = [{"operation": "GET /items", "kind": "offset", "inferred": True, "evidence": evidence}]
    assert inspect(spec, Settings(), "pagination") == shown
    assert inspect(spec, Settings(), "report")["pagination"] == shown
    assert inspect(spec, Settings(infer_pagination=False), "pagination") == []
    assert "pagination" not in inspect(spec, Settings(infer_pagination=False), "report")


def test_an_error_in_a_macro_names_its_file(spec: Path) -> None:
    macro = spec.parent / "templates" / "macros" / "model.py.jinja"
    macro.parent.mkdir(parents=True)
    macro.write_text("{% macro x( %}", encoding="utf-8")
    with pytest.raises(FatalError) as caught:
        run(spec, templates=str(macro.parent.parent))
    location = caught.value.diagnostic.location
    assert location is not None
    assert location.file.endswith("macros/model.py.jinja")
    assert location.line == 1
