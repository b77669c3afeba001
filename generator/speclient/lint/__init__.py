"""What is wrong with a document: openapi-spec-validator's word, and rules of our own."""

from __future__ import annotations

from speclient.diagnostics import Sink
from speclient.document import Document
from speclient.lint.context import Context, Finding, Rule
from speclient.lint.index import build_index
from speclient.lint.rules import RULES
from speclient.lint.validator import ValidatorRun

__all__ = ["RULES", "Context", "Finding", "Rule", "lint"]


def lint(document: Document, sink: Sink, *, time_limit: float = 20.0) -> None:
    """Report everything found wrong; nothing found here stops a generation.

    Args:
        document: the document; files that it refers to are read as needed.
        sink: takes the findings, SC101 to SC121.
        time_limit: seconds that openapi-spec-validator may take; it runs beside our own rules.
    """
    index = build_index(document)
    validator = ValidatorRun(document, time_limit)
    validator.start()
    context = Context(document, index)
    found: list[tuple[str, Finding]] = []
    try:
        for rule in RULES:
            found.extend((rule.code, finding) for finding in rule.check(context))
    finally:
        validator.report(sink)
    for code, finding in found:
        sink.report(code, finding.message, finding.location, hint=finding.hint)
