"""Which public symbols of a package change when it is generated again."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from speclient.render import GeneratedFile

_PRIVATE_FOLDERS = ("_core/", "_operations/", "_spec/", "async_resources/")


@dataclass(frozen=True, slots=True)
class SymbolChanges:
    """Public symbols by what happened to them.

    Attributes:
        added: symbols that are new.
        removed: symbols that no longer exist.
        changed: symbol, old and new signature or value.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[tuple[str, str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)

    def lines(self) -> Iterator[str]:
        """One line per symbol: `+` added, `-` removed, `~` changed."""
        yield from (f"- {name}" for name in self.removed)
        yield from (f"~ {name}: {old} -> {new}" for name, old, new in self.changed)
        yield from (f"+ {name}" for name in self.added)


def symbol_changes(old: Mapping[str, str], new: Mapping[str, str]) -> SymbolChanges:
    """Compare the public symbols of two states of a package.

    The asynchronous client has the same methods as the synchronous one; they are listed once.

    Args:
        old: path in the package folder -> source, of the files that change.
        new: the same for the new state.
    """
    before, after = _symbols(old), _symbols(new)
    removed = [name for name in before if name not in after]
    added = [name for name in after if name not in before]
    return SymbolChanges(
        tuple(_outermost(added)),
        tuple(_outermost(removed)),
        tuple((name, before[name], after[name]) for name in after if before.get(name, after[name]) != after[name]),
    )


def read_sources(folder: Path) -> dict[str, str]:
    """The Python files of a generated package, by path in its folder."""
    sources: dict[str, str] = {}
    for path in folder.glob("*/**/*.py") if folder.is_dir() else ():
        name = path.relative_to(folder).as_posix()
        if "/_core/" not in name:
            with contextlib.suppress(OSError, UnicodeDecodeError):
                sources[name] = path.read_text(encoding="utf-8")
    return sources


def changed_sources(old: Mapping[str, str], files: Iterable[GeneratedFile]) -> tuple[dict[str, str], dict[str, str]]:
    """The sources that differ between a package on disk and a new one, before and after."""
    new = {
        file.path: file.content.decode() for file in files if file.path.endswith(".py") and "/_core/" not in file.path
    }
    return (
        {path: text for path, text in old.items() if new.get(path) != text},
        {path: text for path, text in new.items() if old.get(path) != text},
    )


def _outermost(names: list[str]) -> Iterator[str]:
    """Without the parameters of a method, and the attributes of a class, that is in the list itself."""
    known = set(names)
    for name in names:
        owner = name.partition("(")[0] if name.endswith("=)") else name.rpartition(".")[0]
        if owner not in known:
            yield name


def _symbols(sources: Mapping[str, str]) -> dict[str, str]:
    symbols: dict[str, str] = {}
    for path, source in sorted(sources.items()):
        _, _, inner = path.partition("/")
        if not path.endswith(".py") or inner.startswith(_PRIVATE_FOLDERS) or inner == "_async_client.py":
            continue
        folder, _, file = inner.rpartition("/")
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError):  # The old file can have been edited.
            continue
        for node in tree.body:
            if not isinstance(node, ast.ClassDef) or node.name.startswith("_"):
                continue
            if folder.startswith("resources"):
                steps = [*folder.split("/")[1:], file.removesuffix(".py")]
                _add_methods(".".join(("client", *(step for step in steps if step != "__init__"))), node, symbols)
            elif inner == "_client.py":
                _add_constructor(node, symbols)
            else:
                _add_class(node, symbols)
    return symbols


def _add_methods(group: str, node: ast.ClassDef, symbols: dict[str, str]) -> None:
    for method in node.body:
        if not isinstance(method, (ast.FunctionDef, ast.AsyncFunctionDef)) or method.name.startswith("_"):
            continue
        name = f"{group}.{method.name}"
        overloaded = any(isinstance(found, ast.Name) and found.id == "overload" for found in method.decorator_list)
        if overloaded or name not in symbols:
            _extend(symbols, name, ast.unparse(method.returns) if method.returns else "None")
            _add_parameters(name, method.args, symbols)


def _add_constructor(node: ast.ClassDef, symbols: dict[str, str]) -> None:
    symbols[node.name] = "class"
    for method in node.body:
        if isinstance(method, ast.FunctionDef) and method.name == "__init__":
            _add_parameters(node.name, method.args, symbols)


def _add_parameters(owner: str, arguments: ast.arguments, symbols: dict[str, str]) -> None:
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(positional) - len(arguments.defaults)) + list(arguments.defaults)
    pairs = [*zip(positional, defaults, strict=True), *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    for argument, default in pairs:
        if argument.arg == "self":
            continue
        kind = ast.unparse(argument.annotation) if argument.annotation else ""
        _extend(symbols, f"{owner}({argument.arg}=)", kind if default is not None else f"{kind}, required")


def _add_class(node: ast.ClassDef, symbols: dict[str, str]) -> None:
    symbols[node.name] = "class"
    for item in node.body:
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name) and not item.target.id.startswith("_"):
            symbols[f"{node.name}.{item.target.id}"] = _type(item.annotation)
        elif isinstance(item, ast.Assign):
            for target in item.targets:
                if isinstance(target, ast.Name) and not target.id.startswith("_"):
                    symbols[f"{node.name}.{target.id}"] = ast.unparse(item.value)


def _type(annotation: ast.expr) -> str:
    """The type of a field, without what describes its form on the wire."""
    match annotation:
        case ast.Subscript(value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[kind, *_])):
            return _type(kind)
        case _:
            return ast.unparse(annotation)


def _extend(symbols: dict[str, str], name: str, text: str) -> None:
    """Add the signature of one overload."""
    known = symbols.get(name)
    if known is None:
        symbols[name] = text
    elif text not in known.split(" or "):
        symbols[name] = f"{known} or {text}"
