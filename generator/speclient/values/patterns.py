"""Strings that match a regular expression.

Hypothesis can do this too, but not inside a test that hypothesis itself runs, as contract tests do.
"""

from __future__ import annotations

import functools
import importlib
import re
from collections.abc import Iterable
from random import Random
from typing import Any

import jsonschema_rs

from speclient.values.effort import LONGEST_TEXT, check_size
from speclient.values.facts import CannotMakeError

# The parser behind `re`: not public, but the same in every Python from 3.11 on, which a test verifies.
_parser: Any = importlib.import_module("re._parser")
_MOST = 6
_ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_ .,:;/+=!?@#$%&*()[]{}<>'\"\\|~^`"
_CLASSES = {
    "category_digit": "0123456789",
    "category_word": "abcdefghijklmnopqrstuvwxyz0123456789_",
    "category_space": " ",
}
_DIALECT = (
    (re.compile(r"\\p\{(?:L|Letter|Alpha|IsAlphabetic)\}"), "[A-Za-z]"),
    (re.compile(r"\\p\{(?:Ll|Lower)\}"), "[a-z]"),
    (re.compile(r"\\p\{(?:Lu|Upper)\}"), "[A-Z]"),
    (re.compile(r"\\p\{(?:N|Nd|Digit)\}"), "[0-9]"),
    (re.compile(r"\(\?<([A-Za-z_])"), r"(?P<\1"),
    (re.compile(r"\\/"), "/"),
    (re.compile(r"\\z|\\Z"), "$"),
)


def text_matching(pattern: str, rng: Random, least: int = 0, most: int | None = None) -> str:
    """A string in which the pattern matches, with a length within the bounds if possible.

    Raises:
        CannotMakeError: the pattern is not valid in Python, or has a feature that generation does not support.
    """
    translated = pattern
    for written, ours in _DIALECT:
        translated = written.sub(ours, translated)
    try:
        tree = _parser.parse(translated)
    except (re.error, OverflowError, RecursionError) as problem:
        raise CannotMakeError(f"the pattern {pattern!r} cannot be read: {problem}") from None
    best: str | None = None
    for attempt in range(40):
        # Longer repetitions when strings are too short, shorter ones when they are too long.
        writer = _Writer(rng, stretch=_stretch(attempt, least, most))
        made = writer.write(tree)
        if least <= len(made) and (most is None or len(made) <= most):
            return made
        best = made if best is None else best
    assert best is not None
    if len(best) < least and not translated.endswith("$"):
        return best + "a" * (least - len(best))
    if len(best) < least and not translated.startswith("^"):
        return "a" * (least - len(best)) + best
    raise CannotMakeError(f"no string of {least} to {most} characters was found for the pattern {pattern!r}")


def _stretch(attempt: int, least: int, most: int | None) -> int:
    if most is not None and attempt % 2:
        return max(0, min(_MOST, most) - attempt // 4)
    return max(_MOST, least if attempt > 3 else 0)


@functools.lru_cache(maxsize=1024)
def _matcher(pattern: str) -> jsonschema_rs.Draft202012Validator | None:
    try:
        return jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except (jsonschema_rs.ValidationError, ValueError):
        return None


def is_match(pattern: str, text: str) -> bool:
    """Whether the pattern matches, as in the validator; its engine, unlike `re`, limits backtracking.

    A pattern that cannot be used always matches.
    """
    matcher = _matcher(pattern)
    try:
        return matcher is None or matcher.is_valid(text)
    except ValueError:
        return False


class _Writer:
    def __init__(self, rng: Random, stretch: int) -> None:
        self._rng = rng
        self._stretch = stretch
        self._groups: dict[int, str] = {}
        self._written = 0

    def write(self, tree: Iterable[tuple[Any, Any]]) -> str:
        return "".join(self._one(str(code).lower(), argument) for code, argument in tree)

    def _one(self, code: str, argument: Any) -> str:
        match code:
            case "literal":
                return chr(argument)
            case "not_literal":
                return self._pick([c for c in _ALPHABET[:62] if c != chr(argument)])
            case "any":
                return self._pick(_ALPHABET[:62])
            case "in":
                return self._pick(_members(argument))
            case "at":
                return ""
            case "max_repeat" | "min_repeat" | "possessive_repeat":
                least, most, inner = argument
                most = min(
                    int(most), max(int(least), int(least) + self._stretch) if least < self._stretch else int(least) + 2
                )
                count = self._rng.randint(int(least), most)
                self._written += count
                check_size(self._written, LONGEST_TEXT // 10, "repetitions")
                return "".join(self.write(inner) for _ in range(count))
            case "subpattern":
                group, _, _, inner = argument
                made = self.write(inner)
                if group is not None:
                    self._groups[group] = made
                return made
            case "atomic_group":
                return self.write(argument)
            case "branch":
                return self.write(self._rng.choice(argument[1]))
            case "groupref":
                return self._groups.get(argument, "")
            case "groupref_exists":
                group, yes, no = argument
                return self.write(yes) if group in self._groups else self.write(no) if no else ""
            case "assert" | "assert_not":
                # Ignored; the caller validates the string, and retries with another seed.
                return ""
            case _:
                raise CannotMakeError(f"the pattern uses {code}, for which no string can be generated")

    def _pick(self, characters: Iterable[str]) -> str:
        listed = list(characters)
        if not listed:
            raise CannotMakeError("the pattern has an empty character set")
        return self._rng.choice(listed)


def _members(items: Iterable[tuple[Any, Any]]) -> list[str]:
    """Characters of a set, those on a keyboard first."""
    listed = [(str(code).lower(), argument) for code, argument in items]
    negated = bool(listed) and listed[0][0] == "negate"
    if negated:
        return [c for c in _ALPHABET if not any(_is_in(c, code, argument) for code, argument in listed[1:])]
    usual = [c for c in _ALPHABET if any(_is_in(c, code, argument) for code, argument in listed)]
    if usual:
        return usual
    return [
        chr(argument) if code == "literal" else chr(argument[0])
        for code, argument in listed
        if code in ("literal", "range")
    ]


def _is_in(character: str, code: str, argument: Any) -> bool:
    if code == "literal":
        return bool(ord(character) == argument)
    if code == "range":
        return bool(argument[0] <= ord(character) <= argument[1])
    name = str(argument).lower()
    if name.startswith("category_not_"):
        return character not in _CLASSES.get(name.replace("not_", ""), "")
    if name == "category_word" and character.isascii() and character.isupper():
        return True
    return character in _CLASSES.get(name, "")
