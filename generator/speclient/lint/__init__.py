"""What is wrong with a document: openapi-spec-validator's word, and rules of our own."""

from __future__ import annotations

from speclient.diagnostics import Sink
from speclient.document import Document
from speclient.lint.context import Context, Finding, Rule
from speclient.lint.index import build_index
from speclient.lint.rules import RULES
from speclient.lint.validator import ValidatorRun

__all__ = ["RULES", "Context", "Finding", "Rule", "apply_rules", "lint"]


def lint(document: Document, sink: Sink, *, time_limit: float = 20.0) -> None:
    """Report everything found wrong; nothing found here stops a generation.

    Args:
        document: the document; files that it refers to are read as needed.
        sink: takes the findings, SC101 to SC121.
        time_limit: seconds that openapi-spec-validator may take; it runs beside our own rules.
    """
    index = build_index(document)
    for problem in (*document.unresolved, *index.unresolved):
        sink.add(problem)
    validator = ValidatorRun(document, time_limit)
    validator.start()
    found = Sink()
    try:
        apply_rules(Context(document, index), found)
    finally:
        validator.report(sink)
    for diagnostic in found:
        sink.add(diagnostic)


def apply_rules(context: Context, sink: Sink) -> None:
    """Report what our own rules find."""
    for rule in RULES:
        for finding in rule.check(context):
            sink.report(rule.code, finding.message, finding.location, hint=finding.hint)
