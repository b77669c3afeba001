"""Changes of the markup of a page that do not change what its reader sees."""

from __future__ import annotations

import re
import zlib

_GENERATED = re.compile(r"\b(sc-[A-Za-z]+|sl-[\w.-]+|[A-Za-z]+_[A-Za-z0-9]{4})\b")


def renamed(html: str) -> str:
    """The page of another build: names of classes that a tool generates are others."""

    def other(match: re.Match[str]) -> str:
        return match[1][:3] + format(zlib.crc32(match[1].encode()) % 100_000, "05d")

    return re.sub(r'class="[^"]*"', lambda match: _GENERATED.sub(other, match[0]), html)


def wrapped(html: str) -> str:
    """The page with a span around each piece of text in a paragraph or code."""
    return re.sub(r"<(p|code)>([^<]+)</\1>", r"<\1><span>\2</span></\1>", html)


def with_navigation(html: str) -> str:
    """The page with another menu, banner, footer and scripts."""
    navigation = '<nav class="menu"><ul><li><a href="/">Start</a></li><li><a href="/new">New page</a></li></ul></nav>'
    footer = "<footer><p>Copyright of the pages</p></footer><script>var drawn = '<b>GET /nothing</b>';</script>"
    html = re.sub(r"<body([^>]*)>", rf"<body\1><header><p>A banner</p></header>{navigation}", html, count=1)
    return html.replace("</body>", f"{footer}</body>")
