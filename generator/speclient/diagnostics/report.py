"""Reports of findings for people and programs: JSON, Markdown, JUnit XML, SARIF and HTML."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from typing import Any, Final
from urllib.parse import quote
from xml.etree import ElementTree

from speclient.diagnostics.codes import CODES
from speclient.diagnostics.model import CheckedDiagnostic, Diagnostic, Severity
from speclient.diagnostics.suppressions import fingerprint
from speclient.diagnostics.text import one_line, printable


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a report: a title, the titles of the columns, and rows of text.

    Columns after the first contain numbers, except those in `texts`, counted from 1.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    texts: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot of a report: for each label a row of points.

    Attributes:
        title: of the plot.
        unit: of the values.
        rows: label and values.
        limit: a value that is marked.
    """

    title: str
    unit: str
    rows: Sequence[tuple[str, Sequence[float]]]
    limit: float | None = None

    @property
    def longest(self) -> float:
        """The end of the axis."""
        values = [value for _, row in self.rows for value in row]
        return max([*values, 1e-9]) * 1.05

    def place(self, value: float) -> str:
        """Where a value is on an axis of 100 units."""
        return f"{min(100.0, value / self.longest * 100):.2f}"


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a run.

    Attributes:
        title: such as `speclient pages check`.
        diagnostics: the findings.
        tables: further results, such as coverage.
        plots: shown in HTML only.
        version: of speclient.
    """

    title: str
    diagnostics: Sequence[Diagnostic]
    tables: Sequence[Table] = ()
    version: str = ""
    plots: Sequence[Plot] = ()

    @property
    def counts(self) -> dict[str, int]:
        """The number of findings by severity."""
        counted = Counter(diagnostic.severity.value for diagnostic in self.diagnostics)
        return {severity.value: counted[severity.value] for severity in Severity}


def render_json(report: Report) -> str:
    """A JSON array of the findings, each with the fields of `Diagnostic` and its fingerprint."""
    return json.dumps(
        [{**asdict(diagnostic), "fingerprint": fingerprint(diagnostic)} for diagnostic in report.diagnostics], indent=2
    )


def render_markdown(report: Report) -> str:
    """Markdown with a table of the findings, for comments on pull requests."""
    lines = [f"# {report.title}", "", _sentence(report), ""]
    for table in report.tables:
        lines += [f"## {table.title}", "", *_markdown_table(table.columns, table.rows), ""]
    if report.diagnostics:
        rows = [
            (_where(diagnostic), diagnostic.severity.value, diagnostic.code, one_line(diagnostic.message))
            for diagnostic in report.diagnostics
        ]
        lines += ["## Findings", "", *_markdown_table(("Location", "Severity", "Code", "Message"), rows), ""]
    for diagnostic in report.diagnostics:
        if isinstance(diagnostic, CheckedDiagnostic) and diagnostic.reproduction:
            lines += [f"### {one_line(diagnostic.operation)}: {one_line(diagnostic.check)}", ""]
            commands = [part for part in (diagnostic.reproduction, diagnostic.call) if part]
            # Indented, not fenced: text of a service cannot end such a block.
            lines += [*(f"    {one_line(command)}" for command in commands), ""]
    return "\n".join(lines).rstrip() + "\n"


def render_junit(report: Report) -> str:
    """JUnit XML: a test case per finding, which fails for errors and warnings; a passing one without findings."""
    failing = [diagnostic for diagnostic in report.diagnostics if diagnostic.severity is not Severity.NOTE]
    suite = ElementTree.Element(
        "testsuite", name=report.title, tests=str(max(1, len(report.diagnostics))), failures=str(len(failing))
    )
    for diagnostic in report.diagnostics:
        location = diagnostic.location
        case = ElementTree.SubElement(
            suite, "testcase", classname=_xml(location.file if location else ""),
            name=_xml(f"{diagnostic.code} {one_line(diagnostic.message)}"),
        )  # fmt: skip
        if location is not None and location.line:
            case.set("line", str(location.line))
        if diagnostic.severity is not Severity.NOTE:
            failure = ElementTree.SubElement(case, "failure", type=diagnostic.severity.value)
            failure.set("message", _xml(one_line(diagnostic.message)))
            command = diagnostic.reproduction if isinstance(diagnostic, CheckedDiagnostic) else ""
            failure.text = _xml("\n".join(part for part in (_where(diagnostic), diagnostic.hint, command) if part))
    if not report.diagnostics:
        ElementTree.SubElement(suite, "testcase", classname="speclient", name=report.title)
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


_LEVELS: Final[Mapping[Severity, str]] = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.NOTE: "note",
}


def render_sarif(report: Report) -> str:
    """SARIF 2.1.0, which code scanning services read."""
    codes = sorted({diagnostic.code for diagnostic in report.diagnostics})
    rules = [
        {
            "id": code,
            "shortDescription": {"text": CODES[code].title},
            "fullDescription": {"text": CODES[code].why},
            "help": {"text": CODES[code].hint},
        }
        for code in codes
    ]
    run = {
        "tool": {"driver": {"name": "speclient", "version": report.version, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, codes.index(diagnostic.code)) for diagnostic in report.diagnostics],
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2)


def _result(diagnostic: Diagnostic, index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": index,
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": printable(diagnostic.message)},
        "partialFingerprints": {"speclient/v1": fingerprint(diagnostic)},
    }
    location = diagnostic.location
    if location is not None:
        physical: dict[str, Any] = {"artifactLocation": {"uri": quote(location.file)}}
        if location.line:
            physical["region"] = {"startLine": location.line, "startColumn": location.column or 1}
        place: dict[str, Any] = {"physicalLocation": physical}
        if location.pointer:
            place["logicalLocations"] = [{"fullyQualifiedName": location.pointer}]
        result["locations"] = [place]
    return result


def render_html(report: Report) -> str:
    """One HTML file without scripts and without anything that a browser would have to load."""
    from jinja2 import Environment, select_autoescape

    environment = Environment(autoescape=select_autoescape(default=True), trim_blocks=True, lstrip_blocks=True)
    source = (files("speclient.diagnostics") / "report.html.jinja").read_text(encoding="utf-8")
    findings = [
        {
            "severity": diagnostic.severity.value,
            "code": diagnostic.code,
            "title": CODES[diagnostic.code].title,
            "message": printable(diagnostic.message),
            "where": _where(diagnostic),
            "pointer": diagnostic.location.pointer if diagnostic.location else "",
            "hint": diagnostic.hint or "",
            "fingerprint": fingerprint(diagnostic),
            "evidence": _evidence(diagnostic),
        }
        for diagnostic in report.diagnostics
    ]
    return environment.from_string(source).render(report=report, sentence=_sentence(report), findings=findings) + "\n"


WRITERS: Final[Mapping[str, Callable[[Report], str]]] = {
    "json": render_json,
    "markdown": render_markdown,
    "junit": render_junit,
    "sarif": render_sarif,
    "html": render_html,
}
"""Format -> writer."""

SUFFIXES: Final[Mapping[str, str]] = {
    ".json": "json",
    ".md": "markdown",
    ".xml": "junit",
    ".sarif": "sarif",
    ".html": "html",
}
"""Suffix of a file -> format."""


def _evidence(diagnostic: Diagnostic) -> list[tuple[str, str]]:
    """Titles and texts of what is needed to repeat a check."""
    if not isinstance(diagnostic, CheckedDiagnostic):
        return []
    parts = (
        ("Command", diagnostic.reproduction),
        ("Client", diagnostic.call),
        ("Request", diagnostic.request),
        ("Response", diagnostic.response),
    )
    return [(title, printable(text)) for title, text in parts if text]


def _sentence(report: Report) -> str:
    counts = [f"{number} {name}{'s' * (number != 1)}" for name, number in report.counts.items() if number]
    return ", ".join(counts) if counts else "No findings."


def _where(diagnostic: Diagnostic) -> str:
    location = diagnostic.location
    if location is None:
        return ""
    return ":".join([one_line(location.file), *(str(part) for part in (location.line, location.column) if part)])


def _markdown_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    def row(cells: Sequence[str]) -> str:
        return "| " + " | ".join(one_line(cell).replace("|", "\\|").replace("<", "&lt;") for cell in cells) + " |"

    return [row(columns), "|" + " --- |" * len(columns), *(row(cells) for cells in rows)]


def _xml(text: str) -> str:
    """Text without the characters that XML 1.0 forbids."""
    return "".join(
        char if char in "\t\n" or (char >= " " and char not in "\ufffe\uffff") else "?" for char in printable(text)
    )
