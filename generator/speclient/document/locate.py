"""Lines for the error that ends a run."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace

from speclient.diagnostics import FatalError
from speclient.document.load import Document


@contextmanager
def located(document: Document) -> Generator[None]:
    """Add the line to the location of a fatal error."""
    try:
        yield
    except FatalError as problem:
        diagnostic = problem.diagnostic
        if diagnostic.location is None:
            raise
        raise FatalError(replace(diagnostic, location=document.locate(diagnostic.location))) from None
