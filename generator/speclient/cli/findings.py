"""How commands report findings: suppressions, formats, report files and the exit code."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from speclient import __version__
from speclient.cli.output import write
from speclient.config import Settings
from speclient.diagnostics import CODES, Diagnostic, FatalError, Location, Severity, render_text
from speclient.diagnostics.report import SUFFIXES, WRITERS, Plot, Report, Table
from speclient.diagnostics.suppressions import Suppressions, read_suppressions
from speclient.files import replace_file

FORMATS: Final = ("text", *WRITERS)


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the options that commands with findings have in common."""
    command.add_argument("--format", choices=FORMATS, default="text", help="how findings are printed (default: text)")
    command.add_argument(
        "--report",
        action="append",
        default=[],
        metavar="FILE",
        help="also write the findings to a file: .json, .md, .xml (JUnit), .sarif or .html; may be repeated",
    )
    command.add_argument("--strict", action="store_true", help="exit 1 for warnings too")
    command.add_argument("-v", "--verbose", action="store_true", help="print all findings, locations and fingerprints")


class Findings:
    """The findings of one run of a command.

    Args:
        title: the command, for reports.
        options: the arguments of `add_arguments`.
        settings: of the run.
        codes: the beginnings of the codes that the command can report.

    Raises:
        FatalError: SC501, a report file has an unknown suffix; SC503, the file of suppressions is invalid.
    """

    def __init__(self, title: str, options: argparse.Namespace, settings: Settings, codes: Sequence[str]) -> None:
        self._title, self._options, self._codes = title, options, codes
        self._suppressions = (
            read_suppressions(Path(settings.suppressions)) if settings.suppressions else Suppressions(Path())
        )
        self._all: list[Diagnostic] = []
        self.failed = False
        """Whether a document could not be read; the exit code is then 2."""
        for name in options.report:
            if Path(name).suffix not in SUFFIXES:
                raise _unusable(name, f"the suffix must be one of {', '.join(SUFFIXES)}", "SC501")

    @property
    def is_text(self) -> bool:
        """Whether findings are printed as text, as they are found."""
        return bool(self._options.format == "text")

    def record(self, diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        """Record the findings of one document; return those that are not suppressed."""
        kept = self._suppressions.filter(diagnostics)
        self._all += kept
        return kept

    def add(self, diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        """Record the findings of one document and print them as text; return those that are not suppressed."""
        kept = self.record(diagnostics)
        if kept and self.is_text:
            write(render_text(kept, verbose=self._options.verbose))
        return kept

    def finish(
        self,
        *,
        complete: bool,
        tables: Sequence[Table] = (),
        summary: Callable[[], None] | None = None,
        plots: Sequence[Plot] = (),
    ) -> int:
        """Write the reports and return the exit code.

        Args:
            complete: whether all documents of the project were looked at; stale suppressions are reported only then.
            tables: for the reports.
            summary: prints the end of the text output.
            plots: for the reports.

        Raises:
            FatalError: SC402, a report cannot be written.
        """
        if complete:
            self.add(self._suppressions.stale(self._codes))
        self.write_reports(tables, plots)
        if self.is_text and summary is not None:
            summary()
        if self.failed:
            return 2
        failing = (Severity.ERROR, Severity.WARNING) if self._options.strict else (Severity.ERROR,)
        return int(any(found.severity in failing for found in self._all))

    def write_reports(self, tables: Sequence[Table] = (), plots: Sequence[Plot] = ()) -> None:
        """Print the findings in the selected format, unless it is text, and write the report files.

        Raises:
            FatalError: SC402, a report cannot be written.
        """
        report = Report(self._title, self._all, tables, __version__, plots)
        if not self.is_text:
            write(WRITERS[self._options.format](report).rstrip("\n"))
        for name in self._options.report:
            try:
                replace_file(Path(name), WRITERS[SUFFIXES[Path(name).suffix]](report).encode())
            except OSError as problem:
                raise _unusable(name, problem.strerror or str(problem), "SC402") from None


def _unusable(name: str, why: str, code: str) -> FatalError:
    return FatalError(Diagnostic(code, Severity.ERROR, why, Location(name), CODES[code].hint))
