"""Reading of regular files, up to a size limit, and replacing files at once."""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

MAX_BYTES = 64 * 1024 * 1024

_KINDS = (
    (stat.S_ISDIR, "this is a folder, not a file"),
    (stat.S_ISFIFO, "this is a named pipe, not a regular file"),
    (stat.S_ISSOCK, "this is a socket, not a regular file"),
    (stat.S_ISCHR, "this is a device, not a regular file"),
    (stat.S_ISBLK, "this is a device, not a regular file"),
)


class FileTooLarge(OSError):
    """The file exceeds the limit."""


def read_regular(path: Path, limit: int = MAX_BYTES) -> bytes:
    """Return the content of a regular file. Links are followed.

    Raises:
        FileTooLarge: it has more than `limit` bytes.
        OSError: it cannot be read, or is a folder, pipe, socket or device.
    """
    # Without O_NONBLOCK, opening a pipe blocks until another process writes to it.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    found = path.stat()
    for is_kind, message in _KINDS:
        if is_kind(found.st_mode):
            raise OSError(errno.EINVAL, message, str(path))
    with open(os.open(path, flags), "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "this is not a regular file", str(path))
        if found.st_size > limit:
            raise FileTooLarge(errno.EFBIG, f"{found.st_size:,} bytes exceed the limit of {limit:,}", str(path))
        content = file.read(limit + 1)
    if len(content) > limit:
        raise FileTooLarge(errno.EFBIG, f"more than the limit of {limit:,} bytes", str(path))
    return content


def replace_file(path: Path, content: bytes) -> None:
    """Replace a file at once, so that an interrupted run leaves the old one. The folder is created.

    Raises:
        OSError: it cannot be written.
    """
    replace_files({path: content})


def replace_files(contents: Mapping[Path, bytes]) -> None:
    """Replace several files together, so that an interrupted run leaves all old ones. The folders are created.

    All contents are written next to their files first. A process that is killed between the renames that follow
    leaves a mixture of old and new files, each of them whole.

    Raises:
        OSError: a file cannot be written; all of them are as before.
    """
    staged = {path: path.with_name(f".{path.name}.tmp") for path in contents}
    replaced: dict[Path, bytes | None] = {}
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            staged[path].write_bytes(content)
        for path, temporary in staged.items():
            before = path.read_bytes() if len(staged) > 1 and path.exists() else None
            os.replace(temporary, path)
            replaced[path] = before
    except BaseException:
        if len(staged) > 1:
            for path, before in replaced.items():
                if before is None:
                    path.unlink(missing_ok=True)
                else:
                    path.write_bytes(before)
        for temporary in staged.values():
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
        raise


def read_record(path: Path) -> dict[str, Any]:
    """The JSON object in a file; empty if the file is missing or invalid."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}
