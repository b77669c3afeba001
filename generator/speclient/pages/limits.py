"""Limits for HTML that must hold before it is parsed.

The time of a parser grows with the square of the number of open elements and of the attributes of a tag, and unclosed
formatting elements are repeated in each paragraph. One pass over the tags finds such pages.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

SMALL: Final = 100_000
"""Shorter texts are parsed in any case."""
MAX_OPEN: Final = 3_000
MAX_UNCLEAR: Final = 100_000
MAX_ATTRIBUTES: Final = 3_000
MAX_REPEATED: Final = 5_000_000

_TAG = re.compile(
    r"""<!--|<(/?)([A-Za-z][^\s/>]*)((?:[\s/]++|[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?+)*+)>"""
)
_ATTRIBUTE = re.compile(r"""[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?+""")
_VOID: Final = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
})  # fmt: skip
_CLOSED_BY_OTHERS: Final = frozenset({
    "html", "head", "body", "p", "li", "dt", "dd", "td", "th", "tr", "thead", "tbody", "tfoot", "option", "optgroup",
    "colgroup", "rb", "rt", "rp", "rtc",
})  # fmt: skip
_FORMATTING: Final = frozenset({
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
})  # fmt: skip
_RAW: Final = frozenset({
    "script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "plaintext",
})  # fmt: skip


def exceeded(text: str) -> str | None:
    """Return which limit a text exceeds, if any."""
    if len(text) <= SMALL:
        return None
    opened: Counter[str] = Counter()
    open_elements = unclear = formatting = repeated = position = 0
    while (match := _TAG.search(text, position)) is not None:
        position = match.end()
        if match[2] is None:
            end = text.find("-->", position)
            if end < 0:
                break
            position = end + 3
            continue
        name = match[2].lower()
        if len(match[3]) > MAX_ATTRIBUTES and sum(1 for _ in _ATTRIBUTE.finditer(match[3])) > MAX_ATTRIBUTES:
            return "a tag has too many attributes"
        repeated += formatting
        if name in _VOID or name in _CLOSED_BY_OTHERS:
            pass
        elif match[1]:
            if opened[name]:
                opened[name] -= 1
                open_elements -= 1
                formatting -= name in _FORMATTING
        elif name in _RAW:
            end_tag = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(text, position)
            if end_tag is None:
                break
            position = end_tag.end()
        elif match[3].endswith("/") and (opened["svg"] or opened["math"]):
            # Closed in SVG, but open where an element of HTML has ended the SVG before.
            unclear += 1
        else:
            opened[name] += 1
            open_elements += 1
            formatting += name in _FORMATTING
        if open_elements > MAX_OPEN or unclear > MAX_UNCLEAR:
            return "it has too many levels"
        if repeated > MAX_REPEATED:
            return "it has too many formatting elements that are not closed"
    return None
