"""The last line of defence: all generated Python is parsed, and holds nothing but what generated code needs.

The encoders make injection impossible by construction; this check makes a mistake in them visible, in every run. The
runtime in `_core` is our own source and is not judged.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from speclient.diagnostics import FatalError, Sink
from speclient.naming.reserved import CLIENT_CALLS, MODEL_CALLS

_IMPORTS = {
    "__future__", "builtins", "collections.abc", "datetime", "decimal", "functools", "importlib", "os", "pathlib",
    "typing", "uuid", "pydantic", "typing_extensions", "httpx2",
}  # fmt: skip
_NODES = (
    ast.Module, ast.Expr, ast.Constant, ast.Import, ast.ImportFrom, ast.alias, ast.If, ast.Pass, ast.ClassDef,
    ast.FunctionDef, ast.AsyncFunctionDef, ast.Await,
    ast.arguments, ast.arg, ast.AnnAssign, ast.Assign, ast.Name, ast.Attribute, ast.Subscript,
    ast.Tuple, ast.List, ast.Dict, ast.Call, ast.keyword, ast.Lambda, ast.Return, ast.Raise, ast.BinOp, ast.BitOr,
    ast.Add, ast.BoolOp, ast.Or, ast.Compare, ast.Eq, ast.Is, ast.IsNot,
    ast.In, ast.UnaryOp, ast.USub, ast.Not, ast.JoinedStr,
    ast.FormattedValue, ast.Load, ast.Store,
)  # fmt: skip
_CALLS = MODEL_CALLS | CLIENT_CALLS | {
    "AttributeError", "Listing", "TypedDict", "deprecated", "float", "from_epoch", "getattr", "globals",
    "import_module", "settings", "sorted", "super", "super.__init__", "_parse", "_MODULES.get", "_PLACES.get",
    "_auth.basic", "_auth.bearer", "_auth.chosen", "_auth.given", "_auth.key", "_auth.setting", "_oauth2.oauth2",
    "os.environ.get", "self._client.call", "url.rstrip",
}  # fmt: skip
_DUNDER = {
    "__init__",
    "__getattr__",
    "__dir__",
    "__all__",
    "__spec_version__",
    "__version__",
    "__slots__",
    "__name__",
    "__pydantic_extra__",
}
# Decorators are called without a call standing there.
_DECORATORS = {"overload", "cached_property", "deprecated", "property"}


def violations(source: str, groups: frozenset[str]) -> list[str]:
    """What a generated module holds and may not, as `line: what`; `groups` are classes that it may call."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as problem:
        return [f"{getattr(problem, 'lineno', 0)}: not Python: {getattr(problem, 'msg', problem)}"]
    violating: list[str] = []
    for node in ast.walk(tree):
        what = _judge(node, groups)
        if what is not None:
            violating.append(f"{getattr(node, 'lineno', 0)}: {what}")
    return violating


def _judge(node: ast.AST, groups: frozenset[str]) -> str | None:
    if not isinstance(node, _NODES):
        return f"{type(node).__name__} is not allowed"
    match node:
        case ast.Import(names=names):
            odd = [alias.name for alias in names if alias.name not in _IMPORTS]
            return f"import of {odd[0]}" if odd else None
        case ast.ImportFrom(level=0, module=module) if module not in _IMPORTS:
            return f"import from {module}"
        case ast.ImportFrom(level=0, module="os" | "builtins" | "importlib", names=names) if [
            alias.name for alias in names
        ] != ["import_module"]:
            return "import of parts of a system module"
        case ast.Name(id=name) if name.startswith("__") and name not in _DUNDER:
            return f"the name {name}"
        case ast.Attribute(attr=name) if name.startswith("__") and name not in _DUNDER:
            return f"the attribute {name}"
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if (
            name.startswith("__") and name not in _DUNDER
        ):
            return f"the function {name}"
        case ast.FunctionDef(decorator_list=decorators) | ast.AsyncFunctionDef(decorator_list=decorators) if (
            not {_dotted(item.func if isinstance(item, ast.Call) else item) for item in decorators} <= _DECORATORS
        ):
            return "a decorator"
        case ast.ClassDef(decorator_list=[_, *_]) | ast.ClassDef(keywords=[_, *_]):
            return "a class with a decorator or keywords"
        case ast.Call(func=ast.Name(id="recursive"), args=[text, _]):
            # The runtime evaluates it.
            source = text.value if isinstance(text, ast.Constant) else None
            inner = violations(source, groups) if isinstance(source, str) else ["not a constant"]
            return f"in an alias: {inner[0]}" if inner else None
        case ast.Call(func=function):
            name = _dotted(function)
            return (
                None
                if name in _CALLS or name in groups or name.removeprefix("Async") in groups
                else f"a call of {name}"
            )
        case _:
            return None


def _dotted(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{_dotted(value)}.{name}"
        case ast.Call(func=ast.Name(id="super"), args=[]):
            return "super"
        case _:
            return type(node).__name__


def refuse_forbidden(sources: Iterable[tuple[str, str]], groups: frozenset[str]) -> None:
    """Check generated modules, as (path, source).

    Raises:
        FatalError: SC302, a module contains something that is not allowed.
    """
    for path, source in sources:
        for violation in violations(source, groups):
            raise FatalError(Sink().report("SC302", f"{path}:{violation}"))


_TEST_IMPORTS = {"__future__", "asyncio", "pytest", "speclient.mock.packages"}
_TEST_CALLS = {"PackageMock", "isinstance", "len", "list", "repr", "call"}
"""Functions that tests call by their names alone. All others are attributes of a client, a mock or pytest."""


def refuse_forbidden_tests(sources: Iterable[tuple[str, str]], package: str) -> None:
    """Check the generated tests of a package, as (path, source).

    Raises:
        FatalError: SC302, a module contains something that is not allowed.
    """
    for path, source in sources:
        for node in ast.walk(ast.parse(source)):
            if (violation := _judge_test(node, package)) is not None:
                raise FatalError(Sink().report("SC302", f"{path}:{getattr(node, 'lineno', 0)}: {violation}"))


def _judge_test(node: ast.AST, package: str) -> str | None:
    match node:
        case ast.Import(names=names):
            odd = [alias.name for alias in names if alias.name not in _TEST_IMPORTS]
            return f"import of {odd[0]}" if odd else None
        case ast.ImportFrom(level=level, module=module):
            allowed = level == 0 and (module in _TEST_IMPORTS or module in (package, f"{package}.errors"))
            return None if allowed else f"import from {module}"
        case ast.Name(id=name) | ast.Attribute(attr=name) if name.startswith("__"):
            return f"the name {name}"
        case ast.Call(func=ast.Name(id=name)) if name not in _TEST_CALLS:
            return f"a call of {name}"
        case ast.Call(func=ast.Attribute() as function) if _dotted(function).partition(".")[0] not in (
            "asyncio", "client", "mock", "pytest", "Call",
        ):  # fmt: skip
            return f"a call of {_dotted(function)}"
        case ast.ClassDef() | ast.Lambda() | ast.Global() | ast.Delete():
            return f"{type(node).__name__} is not allowed"
        case _:
            return None
