"""Text of a document stays data, whatever it is and wherever it goes."""

from __future__ import annotations

import ast
import math
import re
import tomllib
import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speclient.render.escape import comment, docstring, literal, markdown, one_line, plain, toml, wrapped

HOSTILE = [
    '"""', "'''", '"""\nimport os\n"""', "\\", "\\\\", '\\"""', '\\\\"""', 'ends with "', 'ends with \\',
    'ends with \\"', '""""""', 'a""', 'a"""', "{{ 7 * 7 }}", "{% raise %}", "{# x #}", "%s", "{0}", "{x!r}",
    "\n", "\r", "\r\n", "a\nimport os", "a\rimport os", "a\x0bimport os", "a\x0cimport os", "a\x1cimport os",
    "a\x85import os", "a\u2028import os", "a\u2029import os", "\x00", "a\x00b", "\ud800", "\udc00\ud800",
    "\u202eabc", "\u2066abc\u2069",
    "\ufeff", "\u200b", "\U000e0041", "# -*- coding: utf-7 -*-", "\x1b[31mred", "`rm -rf`", "<script>alert(1)</script>",
    "[x](javascript:alert(1))", "| a | b |", "---", "```", "\t\tx", "\\N{BULLET}", "\\u0041", "\\x41", "\\\n",
    "x" * 500, "x " * 500, " " * 200, "\\" * 300, '"' * 300, "é" * 200, "𝒳" * 200,
]  # fmt: skip
TEXT = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=60),
    st.text(alphabet="\"\\\n' #{}%|`<>[]\r\u2028\u202e\ud800\x00ax", max_size=60),
    st.builds("".join, st.lists(st.sampled_from(HOSTILE), max_size=4)),
)
JSON = st.recursive(
    st.one_of(TEXT, st.integers(), st.floats(), st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=6,
)
MANY = settings(max_examples=300, deadline=None)
ODD = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def same(left: Any, right: Any) -> bool:
    """Equal, with NaN equal to itself, and a number not to a boolean."""
    if isinstance(left, float) and isinstance(right, float) and math.isnan(left):
        return math.isnan(right)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return list(left) == list(right) and all(map(same, left.values(), right.values()))
    return type(left) is type(right) and left == right


def value_of(source: str) -> Any:
    """The value of a literal; `float('nan')` is the one call that literals make."""
    tree = ast.parse(source, mode="eval")
    allowed = (
        ast.Expression,
        ast.Constant,
        ast.List,
        ast.Dict,
        ast.Tuple,
        ast.UnaryOp,
        ast.USub,
        ast.Call,
        ast.Name,
        ast.Load,
    )
    for node in ast.walk(tree):
        assert isinstance(node, allowed), source
        if isinstance(node, ast.Name):
            assert node.id == "float"
        if isinstance(node, ast.Call):
            assert [type(item) for item in node.args] == [ast.Constant]
    return eval(compile(tree, "literal", "eval"), {"__builtins__": {"float": float}})


@given(JSON)
@MANY
def test_a_literal_has_the_value_and_nothing_else(value: Any) -> None:
    source = literal(value)
    assert same(value_of(source), value)
    assert "\n" not in source
    assert not any(unicodedata.category(sign) in ODD for sign in source)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_literal_of_hostile_text(text: str) -> None:
    assert value_of(literal(text)) == text
    assert literal(text).encode("utf-8").decode("utf-8") == literal(text)


@given(TEXT, st.sampled_from([0, 4, 8]))
@MANY
def test_a_docstring_is_one_string(text: str, indent: int) -> None:
    made = docstring(text, indent)
    pad = " " * indent
    source = f"{'class A:' if indent else ''}\n{pad}{made}\n{pad}x = 1\n"
    tree = ast.parse(source)
    body = tree.body
    if indent:
        assert isinstance(tree.body[0], ast.ClassDef)
        body = tree.body[0].body
    assert [type(statement) for statement in body] == [ast.Expr, ast.Assign]
    first = body[0]
    assert isinstance(first, ast.Expr)
    assert isinstance(first.value, ast.Constant)
    assert isinstance(first.value.value, str)
    assert first.value.value.split() == plain(text).split()
    assert not any(unicodedata.category(sign) in ODD for sign in made.replace("\n", ""))
    made.encode("utf-8")


@given(TEXT)
@MANY
def test_a_comment_is_one_line(text: str) -> None:
    made = comment(text)
    assert "\n" not in made
    tree = ast.parse(f"x = 1  # {made}\ny = 2\n")
    assert len(tree.body) == 2
    made.encode("utf-8")


@given(TEXT)
@MANY
def test_toml_is_one_string(text: str) -> None:
    made = toml(text)
    assert tomllib.loads(f"[project]\ndescription = {made}\nother = 1\n") == {
        "project": {"description": one_line(text, 400), "other": 1}
    }


@given(TEXT)
@MANY
def test_markdown_is_one_line_without_markup(text: str) -> None:
    made = markdown(text)
    assert "\n" not in made
    # Of markup, only names in backticks are kept, in which nothing else can stand.
    stripped = re.sub(r"(?<!`)`[A-Za-z0-9_./-]{1,60}`(?!`)", "", made.replace("\\\\", ""))
    for sign in "`*_{}[]<>#|":
        assert stripped.count(sign) == stripped.count(f"\\{sign}")


@given(TEXT)
@MANY
def test_text_without_what_steers_a_terminal(text: str) -> None:
    assert not any(unicodedata.category(sign) in ODD for sign in plain(text).replace("\n", ""))
    assert all("\n" not in line for line in wrapped(text, 4))
    assert "\n" not in one_line(text, 80)
    assert len(one_line(text, 80)) <= 80


def test_what_a_reader_wrote_stays_readable() -> None:
    text = "A list:\n\n- one\n- two\n\n    code = 'x'\n\nEnd."
    assert ast.literal_eval(docstring(text, 0)).strip() == text
    assert docstring("Short.", 4) == '"""Short."""'
    assert comment("  a\n b ") == "a b"
    assert literal("ünï") == "'ünï'"
