"""Mutants of a generated package, made by rule: each changes one expression or statement of one file."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==",
    ast.Is: "is not", ast.IsNot: "is", ast.In: "not in", ast.NotIn: "in",
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.FloorDiv: "*", ast.Mod: "*", ast.Pow: "*",
    ast.BitOr: "&", ast.BitAnd: "|",
}  # fmt: skip
UNTESTED = ("_tracing.py", "_enforce.py", "_webhooks.py", "_async_links.py", "_links.py")
"""Modules that do nothing unless a user asks for them: optional extras and helpers outside of calls."""


@dataclass(frozen=True)
class Mutant:
    """One change: the text from `start` to `end` of a file becomes `replacement`."""

    rule: str
    file: str
    line: int
    start: int
    end: int
    original: str
    replacement: str
    statement: int = 0
    """The line where the statement begins: coverage knows no others."""

    def apply(self, package: Path) -> None:
        """Change the file in a copy of the package."""
        path = package / self.file
        data = path.read_bytes()
        path.write_bytes(data[: self.start] + self.replacement.encode() + data[self.end :])

    def __str__(self) -> str:
        shown = [" ".join(text.split()) for text in (self.original, self.replacement)]
        texts = [text if len(text) <= 60 else text[:57] + "..." for text in shown]
        return f"{self.file}:{self.line}: `{texts[0]}` -> `{texts[1]}`"


@dataclass(frozen=True)
class _Change:
    """A possible change, before it is known which rules it belongs to."""

    operator: str
    file: str
    node: ast.AST
    replacement: str


def _in(*names: str) -> Callable[[_Change], bool]:
    return lambda change: change.file.rpartition("/")[2] in names


def _by(*operators: str) -> Callable[[_Change], bool]:
    return lambda change: change.operator in operators


def _is_generated(change: _Change) -> bool:
    return not change.file.startswith("_core/")


RULES: dict[str, Callable[[_Change], bool]] = {
    "operators": _by("comparison", "boolean", "arithmetic"),
    "constants": _by("number"),
    "names": lambda change: change.operator == "text" and _is_generated(change),
    "defaults": _by("default"),
    "falsy values": _by("falsy"),
    "auth": _in("_auth.py", "_sealed.py", "_redirects.py", "_client.py", "_base_client.py"),
    "status handling": _in("_response.py", "_errors.py", "_raw.py", "_body.py"),
    "dates": _in("_datetimes.py"),
    "retries": _in("_retry.py", "_flow.py", "_steps.py", "_call.py"),
    "pagination and waiting": _in("_pages.py", "_pagination.py", "_polling.py", "_listing.py"),
    "async twins": lambda change: "async" in change.file,
    "requests": _in("_params.py", "_request.py", "_media.py", "_operation.py"),
    "reading": _in("_decode.py", "_fallback.py", "_partial.py", "_fast_pass.py", "_lossless.py", "_model.py",
                   "_validate.py", "_enums.py", "_unknown.py"),
    "statements": _by("statement"),
}  # fmt: skip


def mutants(package: Path, seed: int, count: int) -> list[Mutant]:
    """Mutants of a package, the rules taking turns.

    Args:
        package: folder with the modules.
        seed: of the choice.
        count: number of mutants.
    """
    random = Random(seed)
    changes = [change for file in sorted(package.rglob("*.py")) for change in _changes(package, file)]
    pools = {rule: [change for change in changes if applies(change)] for rule, applies in RULES.items()}
    for pool in pools.values():
        random.shuffle(pool)
    chosen: list[Mutant] = []
    taken: set[tuple[str, int, int]] = set()
    names = list(RULES)
    random.shuffle(names)
    while len(chosen) < count:
        rule = names[len(chosen) % len(names)]
        while pools[rule]:
            mutant = _mutant(package, rule, pools[rule].pop())
            key = (mutant.file, mutant.start, mutant.end)
            if key not in taken:
                taken.add(key)
                chosen.append(mutant)
                break
        else:
            names.remove(rule)
    return chosen


def _mutant(package: Path, rule: str, change: _Change) -> Mutant:
    source = (package / change.file).read_text(encoding="utf-8")
    node = change.node
    assert isinstance(node, ast.expr | ast.stmt)
    lines = source.splitlines(keepends=True)

    def offset(line: int, column: int) -> int:
        return len("".join(lines[: line - 1]).encode()) + column

    start = offset(node.lineno, node.col_offset)
    end = offset(node.end_lineno or node.lineno, node.end_col_offset or 0)
    original = source.encode()[start:end].decode()
    statement = _statement(ast.parse(source), node.lineno)
    return Mutant(rule, change.file, node.lineno, start, end, original, change.replacement, statement)


def _statement(tree: ast.Module, line: int) -> int:
    """The line where the innermost statement around a line begins."""
    starts = [1]
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno):
            starts.append(node.lineno)
    return max(starts)


def _changes(package: Path, file: Path) -> Iterator[_Change]:
    name = file.relative_to(package).as_posix()
    if file.name in UNTESTED:
        return
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in _code(tree):
        for operator, replacement in _replacements(node):
            yield _Change(operator, name, node, replacement)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for default in (*node.args.defaults, *(each for each in node.args.kw_defaults if each is not None)):
                yield _Change("default", name, default, _other_default(default))


def _code(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes that run: no annotations, docstrings, overloads, or blocks for type checkers."""
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        for each in node.orelse:
            yield from _code(each)
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        if any("overload" in ast.unparse(each) for each in node.decorator_list) or node.name == "__repr__":
            return
        yield node
        for statement in node.body:
            yield from _code(statement)
        return
    yield node
    if isinstance(node, ast.JoinedStr):
        return
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "type_params", "decorator_list"):
            continue
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, ast.AST):
                yield from _code(each)


def _replacements(node: ast.AST) -> Iterator[tuple[str, str]]:
    match node:
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            first, second = ast.unparse(left), ast.unparse(right)
            yield "comparison", f"({first} {_COMPARISONS[type(operator)]} {second})"
            if second == "None" and isinstance(operator, ast.Is | ast.IsNot):
                yield "falsy", f"({'not ' if isinstance(operator, ast.Is) else 'bool'}({first}))"
        case ast.BoolOp(op=operator, values=[first_value, *rest]):
            word = " or " if isinstance(operator, ast.And) else " and "
            yield "boolean", "(" + word.join(f"({ast.unparse(each)})" for each in (first_value, *rest)) + ")"
            yield "boolean", f"({ast.unparse(first_value)})"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield "boolean", f"(bool({ast.unparse(operand)}))"
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _ARITHMETIC:
            yield "arithmetic", f"({ast.unparse(left)} {_ARITHMETIC[type(operator)]} {ast.unparse(right)})"
        case ast.Constant(value=bool(value)):
            yield "boolean", str(not value)
        case ast.Constant(value=int(number)):
            yield "number", str(number + 1)
        case ast.Constant(value=float(fraction)):
            yield "number", repr(fraction * 2 or 1.0)
        case ast.Constant(value=str(text)) if text:
            yield "text", repr(text + "x")
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) != "None":
            yield "statement", "return None"
        case ast.Expr() | ast.AugAssign() | ast.Raise():
            yield "statement", "pass"
        case ast.Break() | ast.Continue():
            yield "statement", "pass"
        case ast.Await(value=value):
            yield "await", ast.unparse(value)
        case ast.IfExp(body=body, orelse=orelse):
            yield "boolean", f"({ast.unparse(body)})"
            yield "boolean", f"({ast.unparse(orelse)})"
        case _:
            return


def _other_default(default: ast.expr) -> str:
    match default:
        case ast.Constant(value=bool(value)):
            return str(not value)
        case ast.Constant(value=None):
            return "''"
        case ast.Constant(value=int(value)):
            return str(value + 1)
        case _:
            return "None"
