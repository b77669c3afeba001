"""Media types (RFC 9110, section 8.3): selection of the documented one, and text by charset."""

from __future__ import annotations

import codecs
from collections.abc import Sequence

from ._errors import RequestError
from ._operation import Media


def matching(content_type: str, documented: Sequence[Media]) -> Media | None:
    """Return the documented media type of a response: the most specific match, else JSON for JSON.

    Parameters distinguish otherwise equal types (`application/json; version=2`). A range of JSON matches only JSON.
    A documented binary type stands for any other binary type.
    """
    essence, parameters = _parts(content_type)
    if not essence:
        return documented[0]
    selected: Media | None = None
    best, rank = _ranked(0), _ranked(0)
    for media in documented:
        name, own = _parts(media.name)
        if name == essence:
            rank = _ranked(3, len(own & parameters), -len(own))
        elif name.endswith("/*") and (media.kind != "json" or _is_json(essence)):
            # Services often document `application/*` for any response.
            rank = _ranked(2 if essence.startswith(name[:-1]) else 1 if name in _ANYTHING else 0)
        else:
            continue
        if rank > best:
            selected, best = media, rank
    if selected is None and (kind := "json" if _is_json(essence) else "bytes" if _is_binary(essence) else None):
        return next((media for media in documented if media.kind == kind), None)
    return selected


def charset_of(content_type: str) -> str:
    """Return the charset of a media type in lower case. The default is UTF-8."""
    return next((value for name, value in _parts(content_type)[1] if name == "charset"), "utf-8")


def codec_of(charset: str) -> str | None:
    """Return Python's codec of a charset, or None if it is unknown or not a charset for messages.

    Some codecs of Python are slow for crafted input (`punycode`) or are not charsets (`rot13`).
    """
    try:
        name = codecs.lookup(charset).name
    except (LookupError, ValueError):
        return None
    return name if name in _CODECS or name.startswith(("iso8859-", "cp125")) else None


_CODECS = frozenset({
    "utf-8", "utf-8-sig", "ascii", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "koi8-r",
    "koi8-u", "shift_jis", "cp932", "euc_jp", "iso2022_jp", "gb2312", "gbk", "gb18030", "big5", "euc_kr", "cp949",
    "mac-roman", "cp437", "cp850", "cp866", "cp874", "tis-620",
})  # fmt: skip


def text_bytes(text: str, media: str) -> bytes:
    """Encode text in the charset of its media type.

    Raises:
        RequestError: the charset is unknown or cannot encode the text.
    """
    charset = charset_of(media)
    codec = codec_of(charset)
    try:
        if codec is not None:
            return text.encode(codec)
    except UnicodeError:
        pass
    raise RequestError(f"body: the text cannot be encoded in the charset {charset[:40]!r}")


def shown_type(content_type: str, documented: Sequence[Media]) -> str:
    """Return a media type for a message: only well-known ones, since a service can send any text."""
    essence, _ = _parts(content_type)
    if not content_type:
        return "no content type"
    if essence in _SHOWN or any(_parts(media.name)[0] == essence for media in documented):
        return repr(essence)
    return "an unexpected content type (see the headers)"


_SHOWN = frozenset({
    "text/html", "text/plain", "text/xml", "text/csv", "text/event-stream", "text/css", "text/javascript",
    "application/json", "application/problem+json", "application/hal+json", "application/xml", "application/xhtml+xml",
    "application/octet-stream", "application/pdf", "application/zip", "application/gzip", "application/javascript",
    "application/x-www-form-urlencoded", "application/x-ndjson", "multipart/form-data", "multipart/mixed",
    "image/png", "image/jpeg", "image/gif", "image/svg+xml", "audio/mpeg", "video/mp4",
})  # fmt: skip


def narrowed(kind: str, body: object) -> str:
    """Return the content type to send for a range."""
    if kind == "json" and not isinstance(body, bytes):
        return "application/json"
    if kind == "text":
        return "text/plain; charset=utf-8" if isinstance(body, str) else "text/plain"
    return "application/octet-stream"


_ANYTHING = ("*/*", "application/*")


def _ranked(kind: int, same: int = 0, fewer: int = 0) -> tuple[int, int, int]:
    """Return how well a media type matches: its kind, then its parameters."""
    return kind, same, fewer


def _is_json(essence: str) -> bool:
    return essence.endswith(("/json", "+json"))


def _is_binary(essence: str) -> bool:
    """Return whether a media type is neither text, nor structured data, nor several parts."""
    main, _, subtype = essence.partition("/")
    if main == "application":
        return subtype not in _NOT_BINARY and not subtype.endswith("+xml")
    return main in ("image", "audio", "video", "font", "model")


_NOT_BINARY = frozenset({"xml", "javascript", "x-www-form-urlencoded"})


def _parts(content_type: str) -> tuple[str, set[tuple[str, str]]]:
    """Return the media type without parameters, and the parameters."""
    essence, *pairs_text = content_type.lower().split(";")
    pairs = (part.partition("=") for part in pairs_text if "=" in part)
    return essence.strip(), {(name.strip(), value.strip().strip("\"'")) for name, _, value in pairs}
