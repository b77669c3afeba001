"""Read files that may be anything: only regular ones, and only up to a limit."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

MAX_BYTES = 64 * 1024 * 1024

_KINDS = (
    (stat.S_ISDIR, "this is a folder, not a file"),
    (stat.S_ISFIFO, "this is a named pipe, not a regular file"),
    (stat.S_ISSOCK, "this is a socket, not a regular file"),
    (stat.S_ISCHR, "this is a device, not a regular file"),
    (stat.S_ISBLK, "this is a device, not a regular file"),
)


class FileTooLarge(OSError):
    """The file is larger than the limit."""


def read_regular(path: Path, limit: int = MAX_BYTES) -> bytes:
    """The content of a regular file (links are followed).

    Raises:
        FileTooLarge: it has more than `limit` bytes.
        OSError: it can't be read, or is a folder, a pipe, a socket or a device.
    """
    # Without O_NONBLOCK, opening a pipe waits for somebody who writes.
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
            raise FileTooLarge(errno.EFBIG, f"{found.st_size:,} bytes are more than the limit of {limit:,}", str(path))
        content = file.read(limit + 1)
    if len(content) > limit:
        raise FileTooLarge(errno.EFBIG, f"more than the limit of {limit:,} bytes", str(path))
    return content
