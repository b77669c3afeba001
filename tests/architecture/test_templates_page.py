"""docs/reference/templates.md documents every view object; `SPECLIENT_UPDATE=1` writes its list anew."""

from __future__ import annotations

import ast
import os
import textwrap
from collections.abc import Iterator
from pathlib import Path

from speclient.render.environment import FILTERS
from speclient.render.template_folder import known_templates
from tests_support import ROOT

RENDER = ROOT / "generator" / "speclient" / "render"
PAGE = ROOT / "docs" / "reference" / "templates.md"
BEGIN = "<!-- the rest is written by tests/architecture/test_templates_page.py -->\n"
WIDTH = 120


def view_classes(path: Path) -> Iterator[ast.ClassDef]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef) and node.name.endswith("View"):
            yield node


def fields(view: ast.ClassDef) -> Iterator[tuple[str, str, str]]:
    """Name, type and description of each attribute."""
    for number, node in enumerate(view.body):
        match node:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation):
                doc = view.body[number + 1] if number + 1 < len(view.body) else None
                match doc:
                    case ast.Expr(value=ast.Constant(value=str(text))):
                        yield name, ast.unparse(annotation), " ".join(text.split())
                    case _:
                        yield name, ast.unparse(annotation), ""
            case ast.FunctionDef(name=name, returns=ast.expr() as returns):
                yield name, ast.unparse(returns), " ".join((ast.get_docstring(node) or "").split())
            case _:
                pass


def listing() -> str:
    lines: list[str] = []
    for path in sorted(RENDER.glob("*.py")):
        views = list(view_classes(path))
        if views:
            summary = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n\n")[0]
            lines += ["", f"## {path.stem}", "", *textwrap.wrap(summary, WIDTH)]
        for view in views:
            doc = " ".join((ast.get_docstring(view) or "").split())
            lines += ["", f"### {view.name}", "", *textwrap.wrap(doc, WIDTH), ""]
            for name, kind, text in fields(view):
                lines += textwrap.wrap(f"- `{name}` (`{kind}`): {text}", WIDTH, subsequent_indent="  ")
    return "\n".join([*lines, ""])


def test_the_page_documents_every_view() -> None:
    page = PAGE.read_text(encoding="utf-8")
    written = page.partition(BEGIN)[0] + BEGIN + listing()
    if os.environ.get("SPECLIENT_UPDATE") == "1":
        PAGE.write_text(written, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == written


def test_every_attribute_has_a_description() -> None:
    silent = [
        f"{view.name}.{name}"
        for path in sorted(RENDER.glob("*.py"))
        for view in view_classes(path)
        for name, _, text in fields(view)
        if not text
    ]
    assert silent == []


def test_the_page_names_templates_and_filters() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [name for name in known_templates() if f"`{name}`" not in page] == []
    assert [name for name in FILTERS if f"`{name}`" not in page] == []
