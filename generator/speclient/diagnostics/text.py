"""Text from documents, file names and services, made safe to print."""

from __future__ import annotations

import re

# Controls (C0, DEL, C1), halves of surrogate pairs, line and paragraph separators, and characters that change the
# direction of text or are invisible: they steer a terminal, or make a line look like another one.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def printable(text: str) -> str:
    """The text with an escape sequence for each character that could steer a terminal; newlines and tabs stay."""
    return _UNSAFE.sub(_escape, text)


def one_line(text: str) -> str:
    """The same, on one line."""
    return printable(text).replace("\n", "\\n").replace("\t", "\\t")
