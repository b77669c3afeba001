"""A document's mock on a socket of this machine, for programs that know of it by an address only."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from speclient.mock import Mock, serving


@contextmanager
def served(spec: Path) -> Generator[str]:
    """The mock of a document on a socket; gives its URL."""
    with serving(Mock(spec)) as url:
        yield url
