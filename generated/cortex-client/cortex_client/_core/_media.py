"""Media types (RFC 9110, section 8.3): which documented one fits, and text by its charset."""

from __future__ import annotations

from collections.abc import Sequence

from ._errors import RequestError
from ._operation import Media


def matching(content_type: str, documented: Sequence[Media]) -> Media | None:
    """The documented media type of an answer: the most specific that fits, else JSON for JSON.

    Parameters tell apart what is otherwise equal (`application/json; version=2`). A range of JSON holds only JSON.
    """
    essence, said = _parts(content_type)
    if not essence:
        return documented[0]
    found: Media | None = None
    best, rank = _ranked(0), _ranked(0)
    for media in documented:
        name, own = _parts(media.name)
        if name == essence:
            rank = _ranked(3, len(own & said), -len(own))
        elif name.endswith("/*") and (media.kind != "json" or _is_json(essence)):
            # Services that answer anything often say `application/*`.
            rank = _ranked(2 if essence.startswith(name[:-1]) else 1 if name in _ANYTHING else 0)
        else:
            continue
        if rank > best:
            found, best = media, rank
    if found is None and _is_json(essence):
        return next((media for media in documented if media.kind == "json"), None)
    return found


def charset_of(content_type: str) -> str:
    """The charset that a media type names, in lower case; UTF-8 where it names none."""
    return next((value for name, value in _parts(content_type)[1] if name == "charset"), "utf-8")


def text_bytes(text: str, media: str) -> bytes:
    """A body of text, in the charset of its media type.

    Raises:
        RequestError: the charset is none, or has no form for the text.
    """
    charset = charset_of(media)
    try:
        return text.encode(charset)
    except (LookupError, UnicodeError):
        raise RequestError(f"body: the text has no form in {charset[:40]!r}") from None


def narrowed(kind: str, body: object) -> str:
    """What is sent for a range, which is no type to send."""
    if kind == "json" and not isinstance(body, bytes):
        return "application/json"
    if kind == "text":
        return "text/plain; charset=utf-8" if isinstance(body, str) else "text/plain"
    return "application/octet-stream"


_ANYTHING = ("*/*", "application/*")


def _ranked(kind: int, same: int = 0, fewer: int = 0) -> tuple[int, int, int]:
    """How well a media type fits: its kind, then its parameters."""
    return kind, same, fewer


def _is_json(essence: str) -> bool:
    return essence.endswith(("/json", "+json"))


def _parts(content_type: str) -> tuple[str, set[tuple[str, str]]]:
    """What stands before the parameters, and those."""
    essence, *given = content_type.lower().split(";")
    pairs = (part.partition("=") for part in given if "=" in part)
    return essence.strip(), {(name.strip(), value.strip().strip("\"'")) for name, _, value in pairs}
