"""Removal of secrets from text that comes from services, however the text spells them."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import groupby
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
    def _beginnings(self) -> _Pieces:
        return _Pieces(form for secret in self._secrets if len(secret) >= _WORDS for form in _forms(secret))

    @cached_property
    def _ends(self) -> _Pieces:
        return _Pieces(form[::-1] for secret in self._secrets if len(secret) >= _WORDS for form in _forms(secret))

    def _without_pieces(self, text: str) -> str:
        parts: list[str] = []
        done = 0
        for ellipsis in _ELLIPSIS.finditer(text):
            # A quotation mark may stand between the piece and the ellipsis.
            end = ellipsis.start() - (text[ellipsis.start() - 1 : ellipsis.start()] in ("'", '"'))
            if size := self._beginnings.before(text, done, end):
                parts += text[done : end - size], REDACTED
                done = end
            if size := self._ends.before(text[ellipsis.end() : ellipsis.end() + self._ends.longest][::-1]):
                parts += text[done : ellipsis.end()], REDACTED
                done = ellipsis.end() + size
        return "".join((*parts, text[done:]))


class _Pieces:
    """The beginnings of secrets, found at the end of a text."""

    def __init__(self, forms: Iterable[str]) -> None:
        folded = [[char.casefold() for char in form] for form in forms]
        self.longest = max(map(len, folded), default=0)
        # The last characters of each beginning, so that one look-up tells that a text ends in none.
        self._by_end: dict[tuple[str, ...], list[tuple[int, list[str]]]] = {}
        for form in folded:
            for size in range(len(form), _LEAST_PIECE - 1, -1):
                self._by_end.setdefault(tuple(form[size - _LEAST_PIECE : size]), []).append((size, form))

    def before(self, text: str, start: int = 0, end: int | None = None) -> int:
        """How many characters of `text[start:end]` at its end are the beginning of a secret."""
        end = len(text) if end is None else end
        last = tuple(char.casefold() for char in text[max(start, end - _LEAST_PIECE) : end])
        for size, form in sorted(self._by_end.get(last, ()), key=_size, reverse=True):
            if size <= end - start and [char.casefold() for char in text[end - size : end]] == form[:size]:
                return size
        return 0


def _size(piece: tuple[int, list[str]]) -> int:
    return piece[0]


def shortened(text: str, limit: int) -> str:
    """`text` with at most `limit` characters. Redact before, or a piece of a secret stays."""
    return text if len(text) <= limit else text[: limit - 3] + "..."


def _forms(secret: str) -> Iterator[str]:
    yield secret
    yield quote(secret, safe="", errors="replace")
    yield json.dumps(secret)[1:-1]
    yield base64.b64encode(_bytes(secret)).decode().rstrip("=")


def _patterns(secret: str) -> Iterator[str]:
    spelled = "".join(_spellings(char, len(list(run))) for char, run in groupby(secret))
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
        yield "".join({"+": r"(?:[+\-]|%2b)", "/": r"(?:\\{0,8}/|_|%2f)"}.get(char, re.escape(char)) for char in inner)


def _spellings(char: str, count: int) -> str:
    """A pattern for a character that stands `count` times in a row, as itself or escaped.

    All repetitions have a limit: the text comes from a service that may want the search to take long.
    """
    code, utf8, utf16 = ord(char), _bytes(char), char.encode("utf-16-be", "surrogatepass")
    units = [utf16[start : start + 2].hex() for start in range(0, len(utf16), 2)]
    forms = [
        "".join(f"%(?:25){{0,4}}{byte:02x}" for byte in utf8),
        "".join(rf"\\{{1,8}}u{unit}" for unit in units),
        "".join(rf"\\{{1,8}}x{byte:02x}" for byte in utf8),
        rf"&(?:amp;){{0,4}}#0{{0,6}}{code};",
        rf"&(?:amp;){{0,4}}#x0{{0,6}}{code:x};",
    ]
    if code < 0x100:
        forms.append(rf"\\{{1,8}}x{code:02x}")
    if code >= 0x80:
        # UTF-8 read as Latin-1.
        forms.append(re.escape(utf8.decode("latin-1")))
    if (escaped := html.escape(char)) != char:
        forms.append(re.escape(escaped))
    if char in " \\":
        # White space may be folded, and backslashes doubled.
        forms.insert(0, r"\s|\+" if char == " " else r"\\")
        return f"(?:{'|'.join(forms)}){{1,{8 * count}}}"
    forms.insert(0, r"\\{0,8}" + re.escape(char))
    return f"(?:{'|'.join(forms)})" + (f"{{{count}}}" if count > 1 else "")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
