"""The only ways for text of a document into generated files: literal, docstring, comment, TOML, Markdown.

A document is untrusted. Each function gives text that its target reads as data, whatever went in.
"""

from __future__ import annotations

import json
import math
import re
import textwrap
import unicodedata
from typing import Any

WIDTH = 118


def literal(value: Any) -> str:
    """A Python literal of JSON data: scalars, and tuples, lists and dicts of them; bytes too.

    Raises:
        TypeError: the value is not JSON data or bytes.
    """
    if isinstance(value, (list, tuple)):
        inner = ", ".join(literal(item) for item in value)
        return f"[{inner}]" if isinstance(value, list) else f"({inner}{',' if len(value) == 1 else ''})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{literal(key)}: {literal(item)}" for key, item in value.items()) + "}"
    if value is None or isinstance(value, (bool, int, str, bytes)):
        return ascii(value) if isinstance(value, str) and _has_odd_signs(value) else repr(value)
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else f"float({str(value)!r})"
    raise TypeError(f"no literal for {type(value).__name__}")


def data_literal(value: Any) -> str:
    """JSON data of the ir as a reader of Python knows it: its tuples are arrays."""
    return literal(_listed(value))


def _listed(value: Any) -> Any:
    return [_listed(item) for item in value] if isinstance(value, tuple) else value


def _has_odd_signs(text: str) -> bool:
    return any(unicodedata.category(sign) in ("Cf", "Cc", "Cs", "Co", "Cn", "Zl", "Zp") for sign in text)


def plain(text: str) -> str:
    """Text without control signs, and without those that change the direction in which a line is shown."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    return "".join(
        sign
        for sign in text
        if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    )


def one_line(text: str, limit: int = 200) -> str:
    """Text on one line, cut at a word."""
    return (
        textwrap.shorten(plain(text), limit, placeholder=" ...") if len(text) > limit else " ".join(plain(text).split())
    )


def wrapped(text: str, indent: int, width: int = WIDTH) -> list[str]:
    """Text in lines that fit beside an indent; paragraphs, lists and code blocks keep their lines.

    Args:
        text: the text.
        indent: the width of the indent, in characters.
        width: the width of a line with its indent, in characters.
    """
    lines: list[str] = []
    for line in plain(text).strip().split("\n"):
        room = max(30, width - indent)
        if len(line.rstrip()) <= room:
            lines.append(line.rstrip())
            continue
        lead = re.match(r"(\s*)([-*+] |\d+[.)] |)", line)
        # A list item hangs below its text, and an argument of an `Args` section by four.
        hang = " " * (len(lead[0]) + (4 if lead[1] and not lead[2] else 0)) if lead else ""
        lines += textwrap.wrap(line, room, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False) or [
            ""
        ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).split("\n")


def docstring(text: str, indent: int) -> str:
    """A docstring, quotes included, for a body that is indented by `indent` spaces."""
    lines = wrapped(text, indent)
    body = "\n".join(lines).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    stem = body.removesuffix('"')
    if stem != body and (len(stem) - len(stem.rstrip("\\"))) % 2 == 0:
        body = stem + '\\"'
    lines = body.split("\n")
    pad = " " * indent
    if len(lines) == 1:
        return f'"""{body}"""'
    return '"""' + "\n".join([lines[0], *(pad + line if line else "" for line in lines[1:]), f'{pad}"""'])


def comment(text: str) -> str:
    """Text after `# `, on one line."""
    return one_line(text)


def toml(text: str) -> str:
    """A TOML basic string; JSON's escapes are a part of TOML's."""
    return json.dumps(one_line(text, 400), ensure_ascii=False)


_NAME_IN_TEXT = re.compile(r"(?<!`)(`[\w./-]{1,60}`)(?!`)", re.ASCII)


def markdown(text: str, limit: int = 400) -> str:
    """Text on one line of Markdown without HTML and links, wherever it stands; of markup, only `names` are kept."""
    parts = _NAME_IN_TEXT.split(one_line(text, limit))
    line = "".join(part if place % 2 else _inert(part) for place, part in enumerate(parts))
    # What begins a line can begin a list, a rule or a heading.
    return re.sub(r"^([-+=])|^(\d{1,9})(?=[.)])", lambda match: f"\\{match[1]}" if match[1] else f"{match[2]}\\", line)


def address(text: str) -> str:
    """A link of Markdown to an address on the web; any other text is text."""
    url = plain(text).strip().replace(" ", "%20")
    return f"<{url}>" if re.fullmatch(r"https?://[^\s<>\\]+", url) else markdown(text)


def _inert(text: str) -> str:
    text = re.sub(r"([\\`*_{}\[\]<>#|~@])", r"\\\1", text)
    # Addresses become links by themselves.
    return re.sub(r"(?i)(?<=\bwww)\.", r"\\.", text).replace("://", r":\//")


def code_span(text: str, *, limit: int = 400, cell: bool = False) -> str:
    """Text on one line of Markdown as code; `cell`: of a table.

    Args:
        text: the text.
        limit: the most characters that are kept.
        cell: whether it is in a cell of a table.
    """
    line = one_line(text, limit)
    if cell:  # A backslash before a bar would be taken for the bar's own.
        line = line.replace("\\|", "\\ |").replace("|", "\\|")
    marks = "`" * (max(map(len, re.findall("`+", line)), default=0) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{marks}{pad}{line}{pad}{marks}" if line else ""
