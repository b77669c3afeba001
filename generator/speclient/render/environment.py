"""Renders templates: the project's own, and a user's that replace them."""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jinja2

from speclient.diagnostics import CODES, Diagnostic, FatalError, Location, Severity
from speclient.render.escape import code_span, docstring, literal
from speclient.render.layout import laid_out

_LATE = ("TypeAliasType", "recursive")
"""Functions whose arguments contain types as text."""


def names_used(source: str) -> frozenset[str]:
    """The names that Python source uses and does not define, which decide what it has to import."""
    try:
        tree, scope = ast.parse(source), symtable.symtable(source, "", "exec")
    except (SyntaxError, ValueError):  # Reported with its place when the package is formatted.
        return frozenset(re.findall(r"\w+", source))
    names = {symbol.get_name() for symbol in scope.get_symbols() if symbol.is_referenced() and not symbol.is_assigned()}
    scopes = scope.get_children()
    while scopes:
        inner = scopes.pop()
        scopes += inner.get_children()
        names.update(symbol.get_name() for symbol in inner.get_symbols() if _is_free(symbol, inner))
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=function), args=arguments) if function in _LATE:
                texts = [each.value for each in arguments if isinstance(each, ast.Constant)]
                names.update(word for text in texts if isinstance(text, str) for word in re.findall(r"\w+", text))
            case ast.Call(func=ast.Name(id="TypedDict"), args=[_, ast.Dict(values=values)]):
                texts = [each.value for value in values for each in ast.walk(value) if isinstance(each, ast.Constant)]
                names.update(name for text in texts if isinstance(text, str) for name in _names_in(text))
            case _:
                pass
    return frozenset(names)


def _names_in(annotation: str) -> Iterator[str]:
    yield from (node.id for node in ast.walk(ast.parse(annotation, mode="eval")) if isinstance(node, ast.Name))


def _is_free(symbol: symtable.Symbol, scope: symtable.SymbolTable) -> bool:
    # In a class body, a name can be that of the module before the class defines its own.
    return symbol.is_referenced() and (symbol.is_global() or scope.get_type() == "class")


FILTERS: dict[str, Callable[..., Any]] = {
    "code_span": code_span,
    "docstring": docstring,
    "laid_out": laid_out,
    "literal": literal,
    "names_used": names_used,
}
"""Filters of templates. `literal` and `docstring` make data and documentation text safe to write into Python."""


class Renderer:
    """Renders the templates of one package.

    Args:
        folder: a user's templates, which replace those of the same name.
    """

    def __init__(self, folder: Path | None = None) -> None:
        own = jinja2.PackageLoader("speclient", "templates/package")
        self._folder = folder
        self._environment = jinja2.Environment(
            loader=jinja2.ChoiceLoader([jinja2.FileSystemLoader(folder), own]) if folder is not None else own,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            autoescape=False,
        )
        self._environment.filters.update(FILTERS)

    def is_by_user(self, template: str) -> bool:
        """Whether a template, or a macro that any template may use, is the user's."""
        return self._folder is not None and (
            (self._folder / template).is_file() or any((self._folder / "macros").glob("*"))
        )

    def render(self, template: str, **views: Any) -> str:
        """The text of a file.

        Raises:
            FatalError: SC303, the template can't be rendered.
        """
        try:
            return self._environment.get_template(template).render(**views)
        except jinja2.TemplateError as problem:
            if isinstance(problem, jinja2.TemplateSyntaxError) and problem.name is not None:
                template = problem.name  # A macro that the template imports.
            raise FatalError(
                Diagnostic(
                    "SC303", Severity.ERROR, f"{template}: {problem}", self._location(template, problem),
                    CODES["SC303"].hint,
                )
            ) from None  # fmt: skip

    def _location(self, template: str, problem: jinja2.TemplateError) -> Location | None:
        if self._folder is None:
            return None
        return Location((self._folder / template).as_posix(), "", getattr(problem, "lineno", None))
