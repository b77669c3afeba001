"""Find problems in a document: openapi-spec-validator and speclient's own rules."""

from __future__ import annotations

from speclient.diagnostics import Sink
from speclient.document import Document
from speclient.lint.context import Context, Finding, Rule
from speclient.lint.index import build_index
from speclient.lint.rules import RULES
from speclient.lint.validator import ValidatorRun

__all__ = ["RULES", "Context", "Finding", "Rule", "apply_rules", "lint"]


def lint(document: Document, sink: Sink, *, time_limit: float = 20.0) -> None:
    """Report all problems of a document; no finding stops a generation.

    Args:
        document: the document; files that it refers to are read as needed.
        sink: receives the diagnostics, SC101 to SC121.
        time_limit: seconds that openapi-spec-validator may take; it runs in parallel with the rules.
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
    """Report the findings of the rules."""
    for rule in RULES:
        for finding in rule.check(context):
            sink.report(rule.code, finding.message, finding.location, hint=finding.hint)
