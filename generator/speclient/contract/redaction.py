"""Removal of secrets from text that comes from services, however the text spells them."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from urllib.parse import quote

REDACTED = "[redacted]"
_NEVER = 4
"""Shorter secrets are not searched for: they are part of ordinary words."""
_WORDS = 8
"""Shorter secrets are searched for as whole words only."""
_LEAST_PIECE = 4
"""Length from which the piece of a secret next to an ellipsis is taken for the secret."""
_ELLIPSIS = re.compile(r"\.\.\.|…")
_WORD_START = r"(?:(?<![A-Za-z0-9_])|(?<=%[0-9A-Fa-f]{2}))"
_WORD_END = r"(?![A-Za-z0-9_])"


class Redactor:
    """Finds secrets in any letter case, percent-encoded, in base64 or hexadecimal, and with JSON or HTML escapes.

    Also finds a secret of which only the beginning or the end is left where another program truncated the text.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = sorted({secret for secret in secrets if len(secret) >= _NEVER}, key=len, reverse=True)

    def redact(self, text: str) -> str:
        """`text` with every secret replaced by `[redacted]`."""
        if not self._secrets:
            return text
        return self._without_pieces(self._pattern.sub(REDACTED, text))

    def shows(self, text: str) -> bool:
        """Whether a secret can be read in `text`."""
        return self.redact(text) != text

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        patterns = [pattern for secret in self._secrets for pattern in _patterns(secret)]
        return re.compile("|".join(patterns), re.IGNORECASE)

    @cached_property
    def _pieces(self) -> tuple[str, ...]:
        spelled = {form.casefold() for secret in self._secrets if len(secret) >= _WORDS for form in _forms(secret)}
        return tuple(sorted(spelled, key=len, reverse=True))

    def _without_pieces(self, text: str) -> str:
        position = 0
        while self._pieces and (cut := _ELLIPSIS.search(text, position)) is not None:
            before, after = text[: cut.start()], text[cut.end() :]
            # A quotation mark may stand between the piece and the ellipsis.
            head, mark = (before[:-1], before[-1:]) if before[-1:] in ("'", '"') else (before, "")
            size = max((_common_end(head, form) for form in self._pieces), default=0)
            if size:
                before = head[:-size] + REDACTED + mark
            size = max((_common_start(after, form) for form in self._pieces), default=0)
            if size:
                after = REDACTED + after[size:]
            position = len(before) + len(cut.group())
            text = before + cut.group() + after
        return text


def shortened(text: str, limit: int) -> str:
    """`text` with at most `limit` characters. Redact before, or a piece of a secret stays."""
    return text if len(text) <= limit else text[: limit - 3] + "..."


def _common_end(text: str, form: str) -> int:
    """How many characters at the end of `text` are the beginning of `form`."""
    tail = text[-len(form) :].casefold()
    return next((size for size in range(len(tail), _LEAST_PIECE - 1, -1) if tail.endswith(form[:size])), 0)


def _common_start(text: str, form: str) -> int:
    """How many characters at the beginning of `text` are the end of `form`."""
    head = text[: len(form)].casefold()
    return next((size for size in range(len(head), _LEAST_PIECE - 1, -1) if head.startswith(form[-size:])), 0)


def _forms(secret: str) -> Iterator[str]:
    yield secret
    yield quote(secret, safe="", errors="replace")
    yield json.dumps(secret)[1:-1]
    yield base64.b64encode(_bytes(secret)).decode().rstrip("=")


def _patterns(secret: str) -> Iterator[str]:
    spelled = "".join(_spellings(char) for char in secret)
    if len(secret) < _WORDS:
        yield f"{_WORD_START}{spelled}{_WORD_END}"
        return
    yield spelled
    data = _bytes(secret)
    yield data.hex()
    for offset in range(3):
        # Within a longer text in base64: the characters that the secret alone determines.
        encoded = base64.b64encode(b"\0" * offset + data).decode()
        inner = encoded[(0, 2, 3)[offset] : (offset + len(data)) * 8 // 6]
        yield "".join({"+": r"(?:[+\-]|%2b)", "/": r"(?:\\*/|_|%2f)"}.get(char, re.escape(char)) for char in inner)


def _spellings(char: str) -> str:
    """A pattern for one character, as itself or escaped."""
    code, utf8, utf16 = ord(char), _bytes(char), char.encode("utf-16-be", "surrogatepass")
    units = [utf16[start : start + 2].hex() for start in range(0, len(utf16), 2)]
    forms = [
        r"(?:\s+|\+)" if char == " " else r"\\+" if char == "\\" else r"\\*" + re.escape(char),
        "".join(f"%(?:25)*{byte:02x}" for byte in utf8),
        "".join(rf"\\+u{unit}" for unit in units),
        "".join(rf"\\+x{byte:02x}" for byte in utf8),
        rf"&(?:amp;)*#0*{code};",
        rf"&(?:amp;)*#x0*{code:x};",
    ]
    if code < 0x100:
        forms.append(rf"\\+x{code:02x}")
    if code >= 0x80:
        # UTF-8 read as Latin-1.
        forms.append(re.escape(utf8.decode("latin-1")))
    if (escaped := html.escape(char)) != char:
        forms.append(re.escape(escaped))
    return f"(?:{'|'.join(forms)})"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
