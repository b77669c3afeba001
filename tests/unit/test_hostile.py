"""Documents that try to become code: hostile text in every place that takes text, and nothing of it runs."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from speclient.config import Settings
from speclient.pipeline import Outcome, generate
from speclient.render.allowlist import violations

MARKER = "SPECLIENT-WAS-HERE"
RUN = f"open('{MARKER}', 'w')"
PAYLOADS = {
    "quotes": f'"""\n{RUN}\n"""',
    "quotes_at_the_end": f'x"""+{RUN}+"""',
    "single_quotes": f"'+{RUN}+'",
    "double_quote": f'"+{RUN}+"',
    "backslash": f"\\\\\\\n{RUN}\n\\",
    "backslash_quote": f'\\"""\n{RUN}\n#\\',
    "lines": f"x\n{RUN}\n\r{RUN}\r\u2028{RUN}\u2029{RUN}\x85{RUN}\x0c{RUN}",
    "templates": f"{{{{ {RUN} }}}}{{% raise %}}{{{{ self.__init__.__globals__ }}}}",
    "formats": f"{{{RUN}}}%(x)s%s{{0.__class__}}",
    "directions": f"\u202e{RUN}\u2066\u2069\ufeff\u200b\x1b[2J\x07",
    "surrogates": f"\ud800{RUN}\udfff",
    "nul": f"\x00{RUN}\x00",
    "coding": f"# -*- coding: utf-7 -*-\n+ACIAIgAi-{RUN}",
    "toml": f'"\nname = "evil"\n[tool.hatch.build.hooks.custom]\npath = "{RUN}"\n',
    "markup": f"</code><script>{RUN}</script>`{RUN}`|x|\n# {RUN}\n```\n",
    "tildes": f"~~~\n# {RUN}\n~~~",
    "fences": f"```python\n{RUN}\n```\n# x\n```",
    "lists": f"- {RUN}\n1. {RUN}\n---\n===",
    "links": f"[x](https://evil.example/{RUN}) <https://evil.example> https://evil.example www.evil.example a@b.test",
    "pipes": f"\\|`|\\`\\\\|{RUN}|",
    "call": f"__import__('builtins').{RUN}",
    "astral": f"🙂𝒳{RUN}",
    "empty": "",
    "long": f"{RUN};" * 400,
}


def document(text: str) -> dict[str, Any]:
    """A document in which all that is free text, or a name, is this text."""
    # A path must begin with a slash, a media type have one and no more than signs; those are refused otherwise.
    path = "/a/{" + text.replace("/", "").replace("{", "").replace("}", "") + "}/" + text
    name = text.replace("/", "").replace("{", "").replace("}", "")
    said = {"title": text, "description": text, "x-evil": text, text: text, "$comment": text}
    scalar = {
        **said,
        "type": "string",
        "default": text,
        "example": text,
        "examples": [text],
        "pattern": text,
        "format": text,
    }
    schema = {
        **said,
        "type": "object",
        "x-speclient": {"name": text, "secret": True, "unit": text},
        "customTypePath": f"os.{RUN}",
        "customBasePath": f"os.{RUN}",
        "x-python-type": f"os.{RUN}",
        "x-python-import": {"module": "os", "name": RUN},
        "required": [text, "fixed"],
        "properties": {
            text: {**scalar, "x-speclient": {"unit": text}},
            "fixed": {
                "type": "string",
                "enum": [text, text + "2"],
                "x-enum-varnames": [text, text + "2"],
                "description": text,
            },
            "constant": {"const": text},
            "again": {"$ref": "#/components/schemas/Evil"},
            "union": {"oneOf": [{"type": "integer"}, {**scalar, "minLength": 1}, {"type": "array", "items": scalar}]},
            "tagged": {
                "oneOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}],
                "discriminator": {
                    "propertyName": text,
                    "mapping": {text: "A", text + "2": "#/components/schemas/B", "x": text},
                },
            },
        },
        "additionalProperties": {"type": "string", "enum": [text, "a"]},
        "patternProperties": {text: {"type": "string", "description": text}},
    }
    variant = {"type": "object", "properties": {text: {"type": "string"}}, "required": [text], "description": text}
    parameters = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": text,
            "schema": scalar,
            "x-speclient": {"name": text, "unit": text},
        },
        {
            "name": text,
            "in": "query",
            "description": text,
            "schema": {"type": "string", "enum": [text, "b"], "default": text},
            "example": text,
        },
        {"name": text, "in": "cookie", "description": text, "schema": scalar},
        {"name": "fine", "in": "header", "description": text, "schema": scalar, "examples": {text: {"value": text}}},
        {
            "name": text + "2",
            "in": "query",
            "style": text,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Evil"}}},
        },
    ]
    body = {
        "application/json": {
            "schema": {"$ref": "#/components/schemas/Evil"},
            "example": text,
            "examples": {text: {"value": text}},
        }
    }
    operation = {
        "operationId": text,
        "tags": [text],
        "summary": text,
        "description": text,
        "externalDocs": {"url": text, "description": text},
        "x-speclient": {"group": text, "method": text, "page": text, "pagination": text, "polling": {text: text}},
        "x-evil": text,
        "deprecated": True,
        "parameters": parameters,
        "requestBody": {"description": text, "content": {**body, f"text/{text}": {}, text: {}}},
        "responses": {
            "200": {
                "description": text,
                "headers": {text: {"description": text, "schema": scalar}},
                "content": body,
                "links": {text: {"description": text}},
            },
            "404": {"description": text, "content": {"application/json": {"schema": scalar}}},
            "4XX": {"description": text, "content": body},
            text: {"description": text},
            "default": {
                "description": text,
                "content": {
                    "application/json": {"schema": {"title": text, "type": "object", "properties": {text: scalar}}}
                },
            },
        },
        "security": [{text: [text]}, {"key": []}],
        "servers": [{"url": f"https://{text}", "description": text}],
        "callbacks": {text: {text: {"post": {"summary": text, "responses": {}}}}},
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": text,
            "version": text,
            "summary": text,
            "description": text,
            "termsOfService": text,
            "contact": {"name": text, "url": text},
            "license": {"name": text, "identifier": text},
            "x-evil": text,
        },
        "x-speclient": {"package": text, "client": text, "environment": text, "pages": [text]},
        "servers": [
            {"url": f"https://api.example.com/{text}", "description": text},
            {
                "url": f"https://{{{name}}}.example.com",
                "variables": {name: {"default": text, "enum": [text, "a"], "description": text}},
            },
        ],
        "tags": [{"name": text, "description": text, "externalDocs": {"url": text}}],
        "security": [{text: []}],
        "paths": {
            path: {
                "summary": text,
                "description": text,
                "get": operation,
                "post": {**operation, "operationId": text + "2"},
            },
            "/plain": {
                "get": {
                    "operationId": "plain",
                    "summary": text,
                    "responses": {"200": {"description": text, "content": body}},
                }
            },
        },
        "webhooks": {
            text: {
                "post": {
                    "operationId": text,
                    "summary": text,
                    "requestBody": {"content": body},
                    "responses": {"204": {"description": text}},
                }
            }
        },
        "components": {
            "schemas": {
                "Evil": schema,
                "A": variant,
                "B": variant,
                text: {**scalar, "enum": [text, text + "3", 1, None]},
                text + "4": scalar,
            },
            "securitySchemes": {
                text: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": text,
                    "bearerFormat": text,
                    "x-speclient": {"arguments": {"token": text}},
                },
                "key": {"type": "apiKey", "in": "query", "name": text, "description": text},
                "odd": {"type": text, "scheme": text},
            },
        },
    }


def make(folder: Path, content: dict[str, Any]) -> Outcome:
    spec = folder / "openapi.json"
    spec.write_text(json.dumps(content), encoding="utf-8")
    return generate(spec, Settings(output=str(folder / "out")))


_IMPORT_ALL = """
import importlib, pathlib, sys
root = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(root))
for path in sorted(root.rglob("*.py")):
    name = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
    module = importlib.import_module(name)
    for attribute in dir(module):
        repr(getattr(module, attribute))
        help_text = getattr(getattr(module, attribute), "__doc__", None)
"""


@pytest.mark.slow
@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_everywhere(payload: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = make(tmp_path, document(PAYLOADS[payload]))
    assert outcome.folder is not None
    assert [found for found in outcome.diagnostics if found.code.startswith("SC3")] == []
    assert outcome.folder.resolve().is_relative_to((tmp_path / "out").resolve())
    _inspect(outcome.folder)
    _inspect_pages(outcome.folder)
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT_ALL, str(outcome.folder)],
        cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert list(tmp_path.rglob(MARKER)) == []


def _inspect(folder: Path) -> None:
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(project) == {"build-system", "project", "tool"}
    assert project["project"]["name"] == folder.name
    assert set(project["tool"]["hatch"]["build"]) == {"targets"}
    tables = json.loads(next(folder.glob("*/_spec/operations.json")).read_text(encoding="utf-8"))
    assert tables["package"].isidentifier()
    groups = frozenset(
        node.name for path in folder.glob("*/resources/*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.ClassDef)
    )  # fmt: skip
    for path in folder.rglob("*"):
        assert path.relative_to(folder).as_posix().isprintable()
        if path.suffix not in (".py", ".toml", ".md") or "_core" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        odd = {sign for sign in text if sign != "\n" and unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
        assert odd == set(), path
        if path.suffix == ".py":
            assert violations(text, groups) == [], path
            # The marker may stand in strings, of course; it must not be a name.
            names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
            assert not {"open", "eval", "exec", "__import__"} & names, path


# What the programs of README and reference are made of.
_NODES = (
    ast.Module, ast.Import, ast.ImportFrom, ast.alias, ast.With, ast.AsyncWith, ast.withitem, ast.AsyncFunctionDef,
    ast.arguments, ast.For, ast.AsyncFor, ast.Assign, ast.Expr, ast.Try, ast.ExceptHandler, ast.Call, ast.keyword,
    ast.Await, ast.Attribute, ast.Name, ast.Constant, ast.List, ast.Dict, ast.Tuple, ast.UnaryOp, ast.USub, ast.Load,
    ast.Store,
)  # fmt: skip
_HEADINGS = {"Test your own code", "Install", "Use", "An example of each call", "Asynchronous", "Errors"}


def _inspect_pages(folder: Path) -> None:
    """Markdown that is what the templates made it, and programs that call operations and nothing else."""
    table = json.loads(next(folder.glob("*/_spec/operations.json")).read_text(encoding="utf-8"))
    calls = {f"client.{row['call']}" for row in table["operations"]}
    calls |= {f"client.{row[more]}" for row in table["operations"] for more in ("wait", "stream") if row[more]}
    groups = {call.rpartition(".")[0] for call in calls}
    for name, columns in (("README.md", 3), ("REFERENCE.md", 4)):
        text = (folder / name).read_text(encoding="utf-8")
        tokens = MarkdownIt("commonmark").enable("table").parse(text)
        inner = [token for outer in tokens for token in (outer, *(outer.children or ()))]
        assert not {token.type for token in inner} & {"html_block", "html_inline", "hr", "image", "blockquote_open"}
        titles = [
            tokens[place + 1].content for place, token in enumerate(tokens)
            if token.type == "heading_open" and token.tag != "h1"
        ]  # fmt: skip
        assert len(titles) == len(set(titles))
        assert {title.strip("`") for title in titles} <= calls | groups | (_HEADINGS if name == "README.md" else set())
        if name == "REFERENCE.md":
            assert len(titles) == len(groups) + len(table["operations"])
        targets = [str(token.attrs["href"]) for token in inner if token.type == "link_open"]
        assert [target for target in targets if not target.startswith("REFERENCE.md")] == []
        prose = re.sub(r"(?ms)^```.*?^```$", "", text)
        assert "://" not in re.sub(r"(`+).*?\1", "", re.sub(r"\\.", "", prose))
        rows = [line for line in prose.split("\n") if line.startswith("|")]
        assert {len(re.findall(r"(?:[^\\|]|\\.)*\|", row)) for row in rows} <= {columns + 1}
        fences = [token for token in tokens if token.type == "fence"]
        assert {fence.info for fence in fences} <= {"python", ""}
        assert sum(fence.info == "" for fence in fences) == (name == "README.md")
        assert any(fence.info == "python" for fence in fences)
        for fence in fences:
            if fence.info == "python":
                _inspect_program(fence.content, calls, table["client"])


def _inspect_program(program: str, calls: set[str], client: str) -> None:
    tree = ast.parse(program)
    for node in ast.walk(tree):
        assert isinstance(node, _NODES), program
        if isinstance(node, ast.Call):
            known = {client, f"Async{client}", "main", "asyncio.run", "print", "len"} | calls
            assert ast.unparse(node.func) in known, program


def test_payloads_would_be_seen(tmp_path: Path) -> None:
    """The test can fail: the same code, run on purpose, leaves the marker."""
    subprocess.run([sys.executable, "-c", RUN], cwd=tmp_path, check=True)
    assert (tmp_path / MARKER).exists()


@pytest.mark.parametrize(
    "key",
    [
        "../../evil",
        "/etc/evil",
        "..",
        ".",
        "con",
        "a\x00b",
        "__init__",
        "_client",
        "_core",
        "a/b",
        "resources",
        "x" * 500,
    ],
)
def test_no_name_leaves_the_folder(key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of files are made from names in the document: schemas, tags, the package."""
    monkeypatch.chdir(tmp_path)
    content = document("x")
    content["components"]["schemas"][key] = {"type": "object", "properties": {"a": {"type": "string"}}}
    content["paths"]["/plain"]["get"]["tags"] = [key]
    content["x-speclient"]["package"] = key
    outcome = make(tmp_path, content)
    assert outcome.folder is not None
    _inspect(outcome.folder)
    entries = sorted(path.name for path in tmp_path.iterdir())
    assert entries == ["openapi.json", "out"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == [outcome.folder.name]


def test_hostile_yaml_is_data(tmp_path: Path) -> None:
    spec = tmp_path / "openapi.yaml"
    spec.write_text(
        "openapi: 3.1.0\ninfo: {title: !!str T, version: '1'}\nx: !!binary aGk=\ny: !!timestamp 2024-05-01\n"
        "paths:\n  /a:\n    get: {operationId: a, responses: {'204': {description: none}}}\n",
        encoding="utf-8",
    )
    outcome = generate(spec, Settings(output=str(tmp_path / "out")))
    assert outcome.counts == (1, 0, 0)


def test_odd_numbers(tmp_path: Path) -> None:
    """Numbers that Python reads and JSON can't say, or that no float holds."""
    spec = tmp_path / "openapi.yaml"
    values = ["1e400", "-1e400", ".nan", ".inf", "-.inf", "9" * 400, "1e-400", "0.1"]
    properties = "".join(
        f"        a{n}: {{type: number, minimum: {v}, default: {v}, enum: [{v}, 1], multipleOf: {v}}}\n"
        f"        b{n}: {{type: integer, exclusiveMaximum: {v}, default: {v}}}\n"
        f"        c{n}: {{type: string, maxLength: {v}, const: {v}}}\n"
        for n, v in enumerate(values)
    )
    spec.write_text(
        "openapi: 3.1.0\ninfo: {title: Odd, version: '1'}\npaths:\n  /a:\n    get:\n      operationId: a\n"
        "      responses:\n        '200':\n          description: x\n          content:\n"
        "            application/json: {schema: {$ref: '#/components/schemas/T'}}\n"
        f"components:\n  schemas:\n    T:\n      type: object\n      properties:\n{properties}",
        encoding="utf-8",
    )
    outcome = generate(spec, Settings(output=str(tmp_path / "out")))
    assert outcome.folder is not None
    for path in outcome.folder.rglob("*.json"):
        json.loads(path.read_text(encoding="utf-8"), parse_constant=_no_constant)
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT_ALL, str(outcome.folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


def _no_constant(name: str) -> Callable[[], None]:
    raise AssertionError(f"{name} is no JSON")
