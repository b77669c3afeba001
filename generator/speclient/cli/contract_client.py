"""The command `contract client`: tests a generated package against its document, and reports the findings."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from random import randrange
from typing import TYPE_CHECKING

from speclient.cli.contract import diagnostic_of, finding_text, keep_folder_clean
from speclient.cli.findings import Findings
from speclient.cli.output import write
from speclient.config import Settings
from speclient.diagnostics import Diagnostic, FatalError, Severity, one_line
from speclient.diagnostics.report import Table

if TYPE_CHECKING:
    from speclient.contract.client import ClientReport

_CODE = "SC805"


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Run `speclient contract client`.

    Raises:
        FatalError: SC501, an option is invalid.
    """
    from speclient.contract import DocumentError, PackageError
    from speclient.contract.client import ClientOptions, prove_client
    from speclient.contract.client.run import import_name

    if options.examples < 1:
        raise _usage(f"--examples: a number above 0, not {options.examples}")
    if options.explore and options.seed is not None:
        raise _usage("--explore chooses a seed; it cannot be combined with --seed")
    findings = Findings("speclient contract client", options, settings, (_CODE,))
    keep_folder_clean()
    seed = randrange(1, 2**31) if options.explore else options.seed or 0
    shown = _Progress()
    try:
        name, folder = import_name(options.tested)
        report = prove_client(
            name,
            path=folder,
            spec=options.spec,
            options=ClientOptions(seed, options.examples, options.first),
            progress=shown.update,
        )
    except (PackageError, DocumentError) as problem:
        raise _usage(str(problem)) from None
    except ImportError as problem:
        raise _usage(f"{options.tested}: a part of the package cannot be imported: {problem}") from None
    finally:
        shown.clear()
    file = options.spec or options.tested
    kept = findings.record(diagnostic_of(finding, Path(file), _CODE) for finding in report.findings)
    if findings.is_text:
        for number, diagnostic in enumerate(kept):
            write(finding_text(diagnostic, verbose=options.verbose, with_program=number == 0))
    return findings.finish(
        complete=False,
        tables=_tables(report, seed),
        summary=lambda: write("\n".join([*report.summary(), f"seed {seed}, {report.seconds:.1f} s"])),
    )


def _tables(report: ClientReport, seed: int) -> list[Table]:
    rows = [("Operations", str(report.operations)), ("Checks", str(len(report.matrix))), ("Seed", str(seed))]
    return [
        Table("Run", ("", ""), rows, texts=(2,)),
        Table("Checks", ("Operation", "Check", "Client", "Findings"), report.matrix, texts=(4,)),
    ]


class _Progress:
    """One line on a terminal that shows the current check."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr.isatty()

    def update(self, text: str) -> None:
        if self._is_shown:
            sys.stderr.write(f"\r{one_line(text)[:78]:<78}")
            sys.stderr.flush()

    def clear(self) -> None:
        if self._is_shown:
            sys.stderr.write(f"\r{'':<78}\r")
            sys.stderr.flush()


def _usage(message: str) -> FatalError:
    return FatalError(Diagnostic("SC501", Severity.ERROR, message, None, "see `speclient contract client --help`"))
