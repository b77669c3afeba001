"""The diagnostic for a document without a package."""

from __future__ import annotations

from speclient.diagnostics import Location, Sink


def report_empty(place: Location, sink: Sink, refused: int) -> None:
    """Report why there is no package, unless the selection is the reason (SC502).

    Args:
        place: the location of the document.
        sink: receives the diagnostics.
        refused: the number of operations that were refused.
    """
    if all(finding.code != "SC502" for finding in sink):
        why = "no operation of the document can be generated" if refused else "the document has no operation"
        sink.report("SC205", why, place, hint=None if refused else "add an operation under `paths`")
