"""Generate from every document of the folder that SPECLIENT_CORPUS names, judge each package, and print a table.

`make corpus`. A document is test material only: nothing of it but its name and figures is written into the project.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parent.parent
if str(TESTS) not in sys.path:  # Run as a script, Python knows this folder only.
    sys.path.insert(0, str(TESTS))

from corpus import anys, checkers, table  # noqa: E402
from corpus.count import count_operations  # noqa: E402
from corpus.figures import Row  # noqa: E402
from speclient.build import build_api  # noqa: E402
from speclient.config import Settings  # noqa: E402
from speclient.diagnostics import FatalError, Sink  # noqa: E402
from speclient.document import load  # noqa: E402
from speclient.naming import choose_names, read_name_lock  # noqa: E402
from speclient.pipeline import Outcome, generate  # noqa: E402
from speclient.publish.lock import read_lock  # noqa: E402

PAGE = TESTS.parent / "docs" / "corpus.md"


def documents(wanted: list[str]) -> list[Path]:
    """The corpus, or those documents of it whose names are given."""
    folder = os.environ.get("SPECLIENT_CORPUS")
    if not folder:
        sys.exit("SPECLIENT_CORPUS must name a folder of OpenAPI documents")
    found = sorted(path for path in Path(folder).iterdir() if path.suffix in (".json", ".yaml", ".yml"))
    return [path for path in found if not wanted or path.stem in wanted]


def program(module: str, *arguments: str) -> tuple[str, str | None]:
    """Run a module of this folder; its output, and the last line of what went wrong."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (str(TESTS), os.getenv("PYTHONPATH"))))}
    done = subprocess.run(
        [sys.executable, "-m", f"corpus.{module}", *arguments],
        capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip
    return done.stdout, None if done.returncode == 0 else (done.stderr.strip().splitlines() or ["killed"])[-1]


def judge(path: Path, output: str, options: argparse.Namespace) -> Row:
    """All figures of one document that the options ask for."""
    raw: dict[str, Any] = json.loads(path.read_bytes())
    row = Row(path.stem, counted=count_operations(raw))
    begin = time.perf_counter()
    try:
        outcome = generate(path, Settings(output=output), again=True, force=True)
    except FatalError as problem:
        row.failure = str(problem)
        return row
    row.seconds = round(time.perf_counter() - begin, 1)
    if outcome.folder is None:
        row.failure = "nothing could be generated"
        return row
    row.models = outcome.models
    _from_report(row, outcome.folder)
    package = next(outcome.folder.glob("*/__init__.py")).parent.name
    place = (str(outcome.folder), package)
    row.imports = program("imports", *place)[1] or "whole"
    row.anys, row.any_places = _anys(path, outcome, raw)
    _take(row, *program("examples", *place, str(path)))
    if options.contract:
        _take(row, *program("contracts", *place, str(path), str(options.contract)))
    if options.types:
        row.types, row.type_errors = checkers.errors(outcome.folder, package)
    return row


def _from_report(row: Row, folder: Path) -> None:
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    counts = report["operations"]
    row.emitted, row.degraded, row.refused = counts["emitted"], counts["degraded"], counts["refused"]
    whys = (entry["why"] for entry in report["entries"] if entry["kind"] != "not-enforced")
    row.reasons = [why.replace("|", "\\|") for why in dict.fromkeys(whys)]


def _anys(path: Path, outcome: Outcome, raw: dict[str, Any]) -> tuple[list[int], list[str]]:
    assert outcome.folder is not None
    sink = Sink()
    api = build_api(load(path, sink), sink)
    lock = read_lock(outcome.folder)
    names = choose_names(api, sink, memory=read_name_lock(lock.names if lock is not None else None))
    return anys.judge_package(path, outcome.folder, api, names, raw)


def _take(row: Row, output: str, problem: str | None) -> None:
    """The figures that a program printed; its crash is a finding."""
    if problem is not None:
        row.findings["program.crash"] = row.findings.get("program.crash", 0) + 1
        row.finding_texts.append(problem)
        return
    for name, value in json.loads(output).items():
        setattr(row, name, value)


def arguments() -> argparse.Namespace:
    """What to judge."""
    parser = argparse.ArgumentParser(description="Judge the packages of real documents.")
    parser.add_argument("documents", nargs="*", help="names without .json; all by default")
    parser.add_argument("--types", action="store_true", help="mypy --strict and basedpyright too (half an hour)")
    parser.add_argument(
        "--contract", nargs="?", type=int, const=3, default=0, metavar="N",
        help="contract tests on N operations of GET (3) and one of each other method",
    )  # fmt: skip
    parser.add_argument("--write", action="store_true", help=f"store the table in {PAGE.relative_to(TESTS.parent)}")
    parser.add_argument("--rows", type=Path, help="a JSON file with all rows, that of earlier runs is added to")
    parser.add_argument("--output", help="keep the packages in this folder")
    return parser.parse_args()


def main() -> int:
    """Give 0 when every document gives a package without fault."""
    options = arguments()
    rows = {}
    if options.rows is not None and options.rows.exists():
        rows = {row["document"]: Row(**row) for row in json.loads(options.rows.read_text(encoding="utf-8"))}
    print(table.head())
    with tempfile.TemporaryDirectory() as folder:
        for path in documents(options.documents):
            row = judge(path, options.output or folder, options)
            rows[row.document] = row
            print(table.line(row), flush=True)
            for text in (*row.any_places[:5], *row.differences[:5], *row.type_errors[:5]):
                print(f"    {text}")
            if options.rows is not None:
                options.rows.write_text(json.dumps([each.dump() for each in rows.values()], indent=1), encoding="utf-8")
    ordered = [rows[name] for name in sorted(rows)]
    print(" | ".join(table.totals(ordered)))
    if options.write:
        table.write(PAGE, ordered)
    return 0 if all(row.whole for row in ordered) else 1


if __name__ == "__main__":
    sys.exit(main())
