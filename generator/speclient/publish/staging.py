"""Lock and temporary folder of one run on a package.

The folder is `.speclient-NAME` next to the package, so a rename moves it into place. The run that holds the lock on
`.speclient-NAME.lock` owns it. The operating system releases the lock when the process ends; without a held lock, the
files are leftovers, and the next run removes them.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Generator
from pathlib import Path

_PREFIX = ".speclient-"
_SUFFIX = ".lock"
_PATIENCE = 120.0
"""Seconds to wait for another run on the same package."""

try:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

except ImportError:  # Windows
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        try:
            getattr(msvcrt, "locking")(descriptor, getattr(msvcrt, "LK_NBLCK"), 1)  # noqa: B009
        except OSError:
            return False
        return True


def _acquire(path: Path) -> int | None:
    """Return the descriptor of the locked file, or None while another process holds the lock."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o644)
        try:
            if not _try_lock(descriptor):
                os.close(descriptor)
                return None
            # The previous holder may have removed the file after it was opened here.
            if os.path.samestat(os.fstat(descriptor), os.stat(path)):
                return descriptor
        except FileNotFoundError:
            pass
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _release(path: Path, descriptor: int) -> None:
    if os.name == "nt":  # An open file cannot be removed on Windows.
        os.close(descriptor)
    with contextlib.suppress(OSError):
        os.unlink(path)
    if os.name != "nt":
        os.close(descriptor)


@contextlib.contextmanager
def staging_folder(folder: Path) -> Generator[Path]:
    """Create an empty folder next to a package, owned by this run until the end of the block.

    Raises:
        OSError: it cannot be created, or another run holds the lock for too long.
    """
    lock = folder.parent / f"{_PREFIX}{folder.name}{_SUFFIX}"
    deadline = time.monotonic() + _PATIENCE
    while (descriptor := _acquire(lock)) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(0, f"another run has been writing this package for more than {_PATIENCE:g} seconds")
        time.sleep(0.02)
    staging = folder.parent / f"{_PREFIX}{folder.name}"
    try:
        _remove(staging)
        staging.mkdir()
        yield staging
    finally:
        with contextlib.suppress(OSError):
            _remove(staging)
        _release(lock, descriptor)


def clean_leftovers(output: Path) -> None:
    """Remove leftovers of interrupted runs, except those of runs in progress."""
    try:
        entries = [entry for entry in os.scandir(output) if entry.name.startswith(_PREFIX)]
    except OSError:
        return
    for name in sorted({entry.name.removesuffix(_SUFFIX) for entry in entries}):
        with contextlib.suppress(OSError):
            lock = output / f"{name}{_SUFFIX}"
            descriptor = _acquire(lock)
            if descriptor is not None:
                try:
                    _remove(output / name)
                finally:
                    _release(lock, descriptor)


def _remove(path: Path) -> None:
    """Remove a folder and its content. If it is a symbolic link, its target is kept."""
    if path.is_symlink() or path.is_file():
        os.unlink(path)
    elif path.exists():
        shutil.rmtree(path)
