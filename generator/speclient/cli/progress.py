"""Progress on a terminal, for work that takes more than a moment."""

from __future__ import annotations

import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager

_DELAY = 2.0
"""Seconds before progress is shown."""


@contextmanager
def progress(text: str) -> Generator[None]:
    """Show a spinner with `text` on stderr if the block takes over two seconds.

    Nothing is shown if stderr is not a terminal, for example in a pipe or in CI.
    """
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.status import Status

    status = Status(escape(text), console=Console(stderr=True))
    timer = threading.Timer(_DELAY, status.start)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        status.stop()
