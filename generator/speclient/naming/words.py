"""Text from a document to words, and words to identifiers in the three cases that Python uses."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata

# Signs that are the whole name: `+1`, `<=`, `*`.
_SIGNS = {
    "+": "plus", "-": "minus", "<": "less", ">": "greater", "=": "equal", "*": "star", "/": "slash", "%": "percent",
    "&": "and", "|": "or", "@": "at", "#": "hash", "$": "dollar", "!": "not", "?": "question", "~": "tilde",
    "^": "caret", ".": "dot", ",": "comma", ":": "colon", ";": "semicolon", " ": "space", "_": "underscore",
    "\\": "backslash", "'": "quote", '"': "double_quote", "(": "open", ")": "close", "[": "left", "]": "right",
}  # fmt: skip
# Word boundaries in `myTaskID`, `HTTPServer`; the `s` of `runIDs` is the plural of the acronym.
_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z](?!s(?:$|[A-Z]))[a-z])")
_LIMIT = 60

KEYWORDS = frozenset(keyword.kwlist) | {"None", "True", "False"}
BUILTINS = frozenset(dir(builtins))
# File names that Windows reserves, whatever follows a dot: such a module could not be checked out there.
WINDOWS_DEVICES = frozenset(
    {"aux", "con", "nul", "prn", "clock$", "conin$", "conout$"}
    | {f"{port}{n}" for port in ("com", "lpt") for n in range(10)}
)


def words(text: str) -> list[str]:
    """The words of a name in any case: `myTaskID` gives my, Task, ID; `query-runs` gives query, runs."""
    plain = unicodedata.normalize("NFKC", text)
    parts: list[str] = []
    for part in re.split(r"[\W_]+", plain, flags=re.UNICODE):
        parts.extend(word for word in _BORDER.split(part) if word)
    if not parts or (parts[0][0].isdigit() and plain[:1] in "+-<>"):
        signs = [_SIGNS[sign] for sign in plain if sign in _SIGNS] if not parts else [_SIGNS[plain[0]]]
        parts = [*signs[:4], *parts]
    kept: list[str] = []
    length = 0
    for word in parts:
        length += len(word)
        if kept and length > _LIMIT:
            break
        kept.append(word[:_LIMIT])
    return kept


def snake(text: str, prefix: str = "field") -> str:
    """`snake_case`; `prefix` goes before a digit, and is the name where the text has no word."""
    name = "_".join(word.lower() for word in words(text.replace("OAuth", "Oauth")))
    return _identifier(name, prefix, "_")


def pascal(*texts: str, prefix: str = "Model") -> str:
    """`PascalCase` of all the texts together."""
    name = "".join(word[0].upper() + word[1:] for text in texts for word in words(text))
    return _identifier(name[: 2 * _LIMIT], prefix, "")


def constant(text: str, prefix: str = "VALUE") -> str:
    """`UPPER_CASE`, for the members of an enumeration."""
    name = "_".join(word.upper() for word in words(text))
    return _identifier(name, prefix, "_")


def _identifier(name: str, prefix: str, joiner: str) -> str:
    name = unicodedata.normalize("NFKC", name)
    if not name:
        return prefix
    if not name.isidentifier():
        name = f"{prefix}{joiner}{name}"
    if not name.isidentifier():  # A sign that counts as a letter for `re`, but not for Python.
        name = "".join(sign if f"a{sign}".isidentifier() else "_" for sign in name).strip("_") or prefix
    return name + "_" if name in KEYWORDS else name


def singular(word: str) -> str:
    """A word without its English plural ending; equal for both numbers, and only used to compare words."""
    for ending, replacement in (
        ("ies", "y"),
        ("sses", "ss"),
        ("xes", "x"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("ses", "se"),
    ):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word[: -len(ending)] + replacement
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 2:
        return word[:-1]
    return word
