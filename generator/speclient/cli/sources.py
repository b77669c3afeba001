"""The documents of a run: files, folders, URLs, and standard input."""

from __future__ import annotations

import hashlib
import json
import re
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from speclient.cli.output import write
from speclient.diagnostics import CODES, Diagnostic, FatalError, Location, Severity
from speclient.files import MAX_BYTES, read_record, replace_file

CACHE: Final = Path(".speclient/specs")
"""Folder of downloaded documents, in the current folder."""
SUFFIXES: Final = (".yaml", ".yml", ".json")
_MANIFEST: Final = "pages.yaml"
_SECONDS: Final = 60.0
_REDIRECTS: Final = 5


def documents(names: Iterable[str]) -> tuple[str, ...]:
    """The files of the documents that a user names, each once.

    A folder means the documents in it, a URL is downloaded to `.speclient/specs`, and `-` is standard input.

    Raises:
        FatalError: SC001, a URL cannot be downloaded and there is no earlier copy; SC006, it is too large.
    """
    return tuple(dict.fromkeys(file for name in names for file in _files(name)))


def _files(name: str) -> Iterator[str]:
    if name == "-":
        yield _standard_input().as_posix()
    elif name.startswith(("http://", "https://")):
        yield _downloaded(name).as_posix()
    elif Path(name).is_dir():
        found = [path for path in sorted(Path(name).iterdir()) if path.suffix in SUFFIXES and path.is_file()]
        documents = [path for path in found if path.name != _MANIFEST and not path.name.startswith(".")]
        # Without a document, the message is that of a folder in place of a file.
        yield from (path.as_posix() for path in documents or [Path(name)])
    else:
        yield name


def _standard_input() -> Path:
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise _problem("SC006", f"more than the limit of {MAX_BYTES:,} bytes", "standard input")
    path = CACHE / f"stdin{_suffix(data)}"
    replace_file(path, data)
    return path


def _downloaded(url: str) -> Path:
    """The file of a URL. An unchanged document is not sent again; without a network, the last copy is used."""
    import httpx2

    try:
        parts = urlsplit(url)
    except ValueError:
        raise _problem("SC001", "not a valid URL", url) from None
    name = re.sub(r"[^A-Za-z0-9]+", "-", parts.netloc + parts.path).strip("-")[:60]
    stem = f"{name}-{hashlib.sha256(url.encode()).hexdigest()[:8]}"
    record = CACHE / f"{stem}.meta"
    known = read_record(record)
    path: Path | None = CACHE / str(known["file"]) if known.get("file") else None
    headers: dict[str, str] = {}
    if path is not None and path.is_file():
        headers |= {"If-None-Match": known["etag"]} if known.get("etag") else {}
        headers |= {"If-Modified-Since": known["modified"]} if known.get("modified") else {}
    else:
        path = None
    try:
        status, received, data = _get(httpx2, url, headers)
    except (httpx2.HTTPError, httpx2.InvalidURL) as problem:
        if path is None:
            raise _problem("SC001", f"no response ({type(problem).__name__})", url) from None
        write(f"{url}: no response; using the copy of {known.get('date', 'an earlier run')}", file=sys.stderr)
        return path
    if status == 304 and path is not None:
        return path
    if status != 200:
        raise _problem("SC001", f"the server returned {status}", url)
    path = CACHE / f"{stem}{_suffix(data)}"
    replace_file(path, data)
    entry = {
        "url": url,
        "file": path.name,
        "etag": received.get("etag"),
        "modified": received.get("last-modified"),
        "date": received.get("date"),
    }
    replace_file(record, (json.dumps(entry, indent=1) + "\n").encode())
    return path


def _get(httpx2: Any, url: str, headers: dict[str, str]) -> tuple[int, Any, bytes]:
    with httpx2.Client(timeout=_SECONDS, follow_redirects=True, max_redirects=_REDIRECTS) as client:
        body = bytearray()
        end = time.monotonic() + _SECONDS
        with client.stream("GET", url, headers=headers) as response:
            for chunk in response.iter_bytes():
                body += chunk
                if time.monotonic() > end:
                    raise _problem("SC001", f"the download took more than {_SECONDS:.0f} seconds", url)
                if len(body) > MAX_BYTES:
                    raise _problem("SC006", f"more than the limit of {MAX_BYTES:,} bytes", url)
            return response.status_code, response.headers, bytes(body)


def _suffix(data: bytes) -> str:
    return ".json" if data.lstrip()[:1] == b"{" else ".yaml"


def _problem(code: str, message: str, name: str) -> FatalError:
    return FatalError(Diagnostic(code, Severity.ERROR, message, Location(name), CODES[code].hint))
