"""Generate docs/reference/diagnostics.md from the registry of codes and the docstrings of the rules.

`python -m speclient.lint.reference > docs/reference/diagnostics.md` writes it; a test compares it with the registry.
"""

from __future__ import annotations

import inspect

from speclient.diagnostics import CODES, Code
from speclient.lint.rules import RULES

_FAMILIES = (
    ("SC0", "Reading a document"),
    ("SC1", "The OpenAPI rules and lint"),
    ("SC2", "Operations and schemas"),
    ("SC3", "Models"),
    ("SC4", "Publishing"),
    ("SC5", "Settings and the call itself"),
    ("SC7", "Docs pages"),
    ("SC8", "Services"),
)
_INTRODUCTION = """\
# Diagnostics

Each finding has a code, a severity, a place (file, line, JSON pointer), a message and a next step. A code never changes
its meaning, and a retired one is not used again. An error stops something, a warning loses something or points at a
likely mistake, a note informs.

Made from the registry by `python -m speclient.lint.reference`; do not edit by hand.
"""


def diagnostics_page() -> str:
    """The page as Markdown: every code with severity, reason and next step, and the docstrings of lint rules."""
    parts = [_INTRODUCTION]
    for prefix, title in _FAMILIES:
        entries = [entry for code, entry in sorted(CODES.items()) if code.startswith(prefix)]
        if entries:
            parts.append(f"## {title}\n")
            parts.extend(_entry(entry) for entry in entries)
    return "\n".join(parts)


def _entry(entry: Code) -> str:
    lines = [f"### {entry.code}: {entry.title}\n", f"*{entry.severity}.* {entry.why}\n", f"Next step: {entry.hint}.\n"]
    lines.extend(_rule(rule.__doc__ or "") for rule in RULES if rule.code == entry.code)
    return "\n".join(lines)


def _rule(docstring: str) -> str:
    text, _, example = inspect.cleandoc(docstring).partition("\n\nBad::\n\n")
    if not example:
        return text + "\n"
    return f"{text}\n\nBad:\n\n```yaml\n{inspect.cleandoc(example)}\n```\n"


if __name__ == "__main__":
    print(diagnostics_page(), end="")
