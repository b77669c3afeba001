"""One run at a time per package, and a folder to prepare it in that no broken run leaves behind.

The folder is `.speclient-NAME` beside the package's, so that a rename moves it into place. Who holds the lock on
`.speclient-NAME.lock` owns it. The operating system drops the lock of a process that dies, however it dies: what is
there without a held lock was left over, and the next run removes it.
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
    """The descriptor of the lock file, held; None while another process holds it."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o644)
        try:
            if not _try_lock(descriptor):
                os.close(descriptor)
                return None
            # The holder before may have removed the file between our opening and our locking.
            if os.path.samestat(os.fstat(descriptor), os.stat(path)):
                return descriptor
        except FileNotFoundError:
            pass
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _release(path: Path, descriptor: int) -> None:
    if os.name == "nt":  # An open file can't be removed there.
        os.close(descriptor)
    with contextlib.suppress(OSError):
        os.unlink(path)
    if os.name != "nt":
        os.close(descriptor)


@contextlib.contextmanager
def staging_folder(folder: Path) -> Generator[Path]:
    """An empty folder beside a package's folder, owned by this run until the end of the block.

    Raises:
        OSError: it can't be made, or another run works on the package for too long.
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
    """Remove what broken runs left in the folder of the packages; what a run still works on is left alone."""
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
    """Remove a folder and what is in it, never what a symbolic link in its place leads to."""
    if path.is_symlink() or path.is_file():
        os.unlink(path)
    elif path.exists():
        shutil.rmtree(path)
