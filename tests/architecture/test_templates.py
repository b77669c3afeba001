"""Templates are the code: Python passes names, literals, annotations and documentation text, and no source.

Every value that reaches a template is replaced by a copy that prints itself between two markers, and so is the result
of every filter that writes Python. What stands between markers comes from Python; all else is text of a template.
"""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from speclient.config import Settings
from speclient.pipeline import generate
from speclient.render import environment
from speclient.render.environment import Renderer
from speclient.render.kinds import Annotation, Markdown, Name, Text
from tests_support import ROOT

FEATURES = sorted(path.parent for path in (ROOT / "tests" / "features").glob("*/openapi.yaml"))
KINDS = {"name": "\ue001", "annotation": "\ue002", "text": "\ue003", "markdown": "\ue004", "data": "\ue005",
         "literal": "\ue006", "docstring": "\ue007", "layout": "\ue008"}  # fmt: skip
END = "\ue000"
MARKS = re.compile("[\ue000-\ue008]")
SHARE = 0.10
"""The largest share of syntax characters, outside annotations and literals, that may come from Python."""


class Marked(str):
    """A value that equals the original and prints itself between markers."""

    kind: str

    __hash__ = str.__hash__

    def __str__(self) -> str:
        return f"{KINDS[self.kind]}{str.__str__(self)}{END}"


def marked(value: Any) -> Any:
    """The same view with marked text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: marked(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return dataclasses.replace(value, **fields)
    if isinstance(value, str):
        kinds: dict[type[str], str] = {Name: "name", Annotation: "annotation", Text: "text", Markdown: "markdown"}
        copy = Marked(value)
        copy.kind = kinds.get(type(value), "data")
        return copy
    if isinstance(value, Mapping):
        return {str.__str__(key): marked(item) for key, item in value.items()}
    return type(value)(marked(item) for item in value) if isinstance(value, (list, tuple)) else value


def marking(kind: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The filter with a marked result; it takes the text of marked values."""

    def apply(value: Any, *arguments: Any, **options: Any) -> str:
        plain = MARKS.sub("", value) if isinstance(value, str) else value
        texts = [MARKS.sub("", each) if isinstance(each, str) else each for each in arguments]
        return f"{KINDS[kind]}{function(plain, *texts, **options)}{END}"

    return apply


def chunks(text: str) -> list[tuple[str, str]]:
    """The text in pieces: the kind, or `template`, and the piece."""
    kinds = {mark: kind for kind, mark in KINDS.items()}
    pieces: list[tuple[str, str]] = []
    stack = ["template"]
    for piece in re.split("([\ue000-\ue008])", text):
        if piece == END:
            stack.pop()
        elif piece in kinds:
            stack.append(kinds[piece])
        elif piece:
            # A value within a layout is a part of it.
            pieces.append((stack[1] if len(stack) > 1 else "template", piece))
    assert stack == ["template"]
    return pieces


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[tuple[str, str]]]:
    """Template and number -> pieces of the file; it fills while packages are generated."""
    files: dict[str, list[tuple[str, str]]] = {}
    filters = {
        "literal": "literal", "docstring": "docstring", "code_span": "markdown", "laid_out": "layout",
    }  # fmt: skip
    for name, kind in filters.items():
        monkeypatch.setitem(environment.FILTERS, name, marking(kind, environment.FILTERS[name]))
    names_used = environment.names_used

    def names_in(source: str) -> frozenset[str]:
        return names_used(MARKS.sub("", source))

    monkeypatch.setitem(environment.FILTERS, "names_used", names_in)
    original = Renderer.render

    def render(self: Renderer, template: str, **views: Any) -> str:
        text = original(self, template, **{name: marked(view) for name, view in views.items()})
        files[f"{template} {len(files)}"] = chunks(text)
        return MARKS.sub("", text)

    monkeypatch.setattr(Renderer, "render", render)
    return files


def is_annotation(text: str) -> bool:
    """Whether a text is a type: names, subscripts, unions and constants.

    `Annotated[int, Field(ge=0)]` is a type too: a bound has no other form, and can stand deep inside of one.
    """
    allowed = (ast.Expression, ast.Name, ast.Attribute, ast.Subscript, ast.BinOp, ast.BitOr, ast.Constant, ast.Tuple,
               ast.List, ast.Load, ast.UnaryOp, ast.USub)  # fmt: skip
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError:
        return False
    return all(isinstance(node, allowed) or is_bound(node) for node in ast.walk(tree))


def is_bound(node: ast.AST) -> bool:
    """Whether a node belongs to `Field(ge=0)`: keywords with constants, and nothing else."""
    match node:
        case ast.Call(func=ast.Name(id="Field"), args=[], keywords=keywords):
            return all(is_literal(ast.unparse(keyword.value)) for keyword in keywords)
        case ast.keyword(arg=str()):
            return True
        case _:
            return False


def is_literal(text: str) -> bool:
    try:
        ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return bool(re.fullmatch(r"float\('(inf|-inf|nan)'\)", text))
    return True


def problem(kind: str, text: str) -> str | None:
    """Why a value may not come from Python."""
    match kind:
        case "name":
            fine = all(part.isidentifier() for part in re.split(r"[.-]", text))
        case "annotation":
            fine = is_annotation(text)
        case "literal":
            fine = is_literal(text)
        case "docstring":
            fine = text.startswith('"""') and is_literal(text)
        case _:
            fine = kind == "template"
    return None if fine else f"{kind}: {text[:80]!r}"


def generated(folder: Path, output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    generate(Path("openapi.yaml"), Settings(output=str(output)))


@pytest.mark.slow
def test_python_passes_no_source(
    rendered: dict[str, list[tuple[str, str]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in FEATURES:
        generated(folder, tmp_path / folder.name, monkeypatch)
    python = {name: pieces for name, pieces in rendered.items() if name.split()[0].endswith(".py.jinja")}
    assert {name.split()[0] for name in python} >= {"resource.py.jinja", "client.py.jinja", "models_module.py.jinja"}
    problems = {
        f"{name}: {why}" for name, pieces in python.items() for kind, text in pieces if (why := problem(kind, text))
    }
    assert sorted(problems) == []


def syntax(text: str) -> int:
    """How many characters of a text are syntax of Python."""
    return len(re.findall(r"[^\w\s]", text))


@pytest.mark.slow
def test_the_syntax_is_in_the_templates(
    rendered: dict[str, list[tuple[str, str]]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    for folder in FEATURES:
        generated(folder, tmp_path / folder.name, monkeypatch)
    pieces = [
        piece
        for name, found in rendered.items()
        if name.startswith(("resource.py.jinja", "operations.py.jinja"))
        for piece in found
    ]
    ours = sum(syntax(text) for kind, text in pieces if kind == "template")
    passed = sum(
        syntax(text) for kind, text in pieces if kind not in ("template", "annotation", "literal", "docstring")
    )
    share = passed / (ours + passed)
    record_property("share of syntax from Python", f"{share:.1%}")
    assert share <= SHARE
