"""Media types (RFC 9110, section 8.3): which documented one fits, and text by its charset."""

from __future__ import annotations

import codecs
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


def codec_of(charset: str) -> str | None:
    """Python's codec of a charset for text; None for one that is not known or not for text in messages.

    Some codecs of Python are slow on purpose-made input (`punycode`) or are not charsets at all (`rot13`).
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
    """A body of text, in the charset of its media type.

    Raises:
        RequestError: the charset is not known, or can't express the text.
    """
    charset = charset_of(media)
    codec = codec_of(charset)
    try:
        if codec is not None:
            return text.encode(codec)
    except UnicodeError:
        pass
    raise RequestError(f"body: the text can't be sent in the charset {charset[:40]!r}")


def shown_type(content_type: str, documented: Sequence[Media]) -> str:
    """A media type for a message: only well-known ones, since a service can put any text there."""
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
