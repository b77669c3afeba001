"""The allow-list over generated code finds what must not be there, and passes what generated code needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from speclient.render.allowlist import refuse_forbidden_tests, violations
from tests_support import GENERATED, PACKAGES

GROUPS = frozenset({"RunsResource"})

FORBIDDEN = {
    "import os.path": "import",
    "import subprocess": "import",
    "import sys": "import",
    "import a, os": "import",
    "from os import system": "import",
    "from os import environ, system": "import",
    "from importlib import import_module, reload": "import",
    "from builtins import eval": "import",
    "from subprocess import run": "import",
    "from ctypes import cdll": "import",
    "exec('1')": "call of exec",
    "eval('1')": "call of eval",
    "open('x')": "call of open",
    "compile('1', '', 'eval')": "call of compile",
    "__import__('os')": "__import__",
    "print(1)": "call of print",
    "os.system('x')": "call of os.system",
    "os.environ.get('x').join(1)": "call",
    "x()()": "call",
    "(lambda: 1)()": "call",
    "getattr(1, 'x')()": "call",
    "globals()['exec']('1')": "call",
    "import_module('os').system('x')": "call",
    "x.__class__": "__class__",
    "().__class__.__bases__[0].__subclasses__()": "__",
    "x.__globals__": "__globals__",
    "__builtins__": "__builtins__",
    "def __del__(self): pass": "__del__",
    "def __getattribute__(self): pass": "__getattribute__",
    "[x for x in y]": "ListComp",
    "{x: 1 for x in y}": "DictComp",
    "(x for x in y)": "GeneratorExp",
    "for x in y: pass": "For",
    "while True: pass": "While",
    "with x: pass": "With",
    "try: pass\nexcept: pass": "Try",
    "del x": "Del",
    "global x": "Global",
    "assert x": "Assert",
    "x += 1": "AugAssign",
    "(x := 1)": "NamedExpr",
    "async def __del__(self): pass": "__del__",
    "def f(): yield 1": "Yield",
    "match x:\n    case 1: pass": "Match",
    "x if y else z": "IfExp",
    "[*x]": "Starred",
    "@exec\ndef f(): pass": "decorator",
    "@x.y\ndef f(): pass": "decorator",
    "@staticmethod\ndef f(): pass": "decorator",
    "@exec\nclass A: pass": "decorator",
    "class A(metaclass=M): pass": "keywords",
    "class A(print(1)): pass": "call of print",
    "def f(x=print(1)): pass": "call of print",
    "def f() -> print(1): pass": "call of print",
    "x: print(1) = 1": "call of print",
    "f'{print(1)}'": "call of print",
    "x = 1 / 0": "Div",
    "x ** 9": "Pow",
    "x = = 1": "not Python",
    "x = 'a\x00b'": "not Python",
}


@pytest.mark.parametrize("source", FORBIDDEN)
def test_what_is_forbidden_is_found(source: str) -> None:
    found = violations(f"x: int = 1\n{source}\n", GROUPS)
    assert found
    assert any(FORBIDDEN[source] in what for what in found), found
    assert all(what.partition(":")[1] for what in found)


def test_it_is_found_below_anything() -> None:
    for around in (
        "class A:\n    {}",
        "def f():\n    {}",
        "if x:\n    {}",
        "x = [{}]",
        "x = {{1: {}}}",
        "f = lambda: {}",
    ):
        assert violations(around.format("exec('1')"), GROUPS)


@pytest.mark.parametrize("name", PACKAGES)
def test_generated_code_passes(name: str) -> None:
    """Groups are the only classes of its own that a package calls."""
    groups = frozenset(
        line.split("(")[0].removeprefix("        return ")
        for path in (GENERATED / f"{name}-client").glob("*/_client.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("        return ")
    )
    project = GENERATED / f"{name}-client"
    paths = [path for path in project.glob(f"{name}_client/**/*.py") if "_core" not in path.parts]
    assert len(paths) > 5
    tests = [(path.name, path.read_text(encoding="utf-8")) for path in project.glob("tests/*.py")]
    assert len(tests) > 1
    refuse_forbidden_tests(tests, f"{name}_client")
    for path in paths:
        assert violations(path.read_text(encoding="utf-8"), groups) == [], _short(path)


def _short(path: Path) -> str:
    return path.relative_to(GENERATED).as_posix()


def test_a_class_of_another_group_is_not_called() -> None:
    assert violations("RunsResource(1)", GROUPS) == []
    assert violations("OtherResource(1)", GROUPS) == ["1: a call of OtherResource"]
