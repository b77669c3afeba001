"""`make mutate`: whether `speclient contract client` detects mutants of the generated packages.

Usage: python -m contract.mutate SEED... [--count N] [--write FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from contract.mutants import RULES, Mutant, mutants

ROOT = Path(__file__).resolve().parents[2]
SPECS = {
    "everything": ROOT / "tests" / "contract" / "everything.yaml",
    "coalesce": ROOT / "specs" / "coalesce.yaml",
    "mode": ROOT / "specs" / "mode.yaml",
}
"""Of the mutated packages. The first has what the packages of this repository lack: bodies, all credentials, links."""
_SECONDS = 240
"""Time limit of a proof. A mutant that exceeds it is detected: a proof ends within a tenth of that."""


@dataclass(frozen=True)
class Verdict:
    """What the proof said about a mutant."""

    seed: int
    package: str
    mutant: Mutant
    outcome: str
    """`finding`, `import` (the package cannot be imported), `time`, `survived`, or `not executed`."""
    check: str
    seconds: float


def main() -> int:
    """Run the mutants and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seeds", nargs="+", type=int)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--only", help="a rule")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as output:
        subprocess.run([sys.executable, "-m", "speclient", "generate", *map(str, SPECS.values()), "--output", output],
                       cwd=output, check=True, capture_output=True)  # fmt: skip
        with ThreadPoolExecutor(2) as pool:
            executed = dict(zip(SPECS, pool.map(partial(executed_lines, Path(output)), SPECS), strict=True))
        jobs: list[tuple[int, str, Mutant]] = []
        for seed in options.seeds:
            for index, package in enumerate(SPECS):
                share = options.count // len(SPECS) + (index < options.count % len(SPECS))
                folder = Path(output) / f"{package}-client" / f"{package}_client"
                jobs += [(seed, package, mutant) for mutant in mutants(folder, seed * 10 + index, share)]
        jobs = [job for job in jobs if options.only in (None, job[2].rule)]
        with ThreadPoolExecutor(2) as pool:
            running = [pool.submit(judge, Path(output), *job) for job in jobs if is_executed(job, executed)]
            verdicts = [each.result() for each in running]
        verdicts += [Verdict(*job, "not executed", "", 0.0) for job in jobs if not is_executed(job, executed)]
    print("\n".join(table(verdicts)))
    return 0


def executed_lines(output: Path, package: str) -> dict[str, set[int]]:
    """Module -> lines of the package that the proof executes. A change of another line cannot be detected."""
    folder = output / f"{package}-client" / f"{package}_client"
    data = output / f"{package}.coverage"
    subprocess.run([sys.executable, "-m", "coverage", "run", f"--data-file={data}", f"--source={folder}", "-m",
                    *command(folder, package)], cwd=output, check=True, capture_output=True)  # fmt: skip
    report = output / f"{package}.json"
    subprocess.run([sys.executable, "-m", "coverage", "json", f"--data-file={data}", "-o", str(report), "--quiet"],
                   cwd=output, check=True)  # fmt: skip
    files = json.loads(report.read_text(encoding="utf-8"))["files"]
    return {
        (output / name).resolve().relative_to(folder.resolve()).as_posix(): set(entry["executed_lines"])
        for name, entry in files.items()
    }


def is_executed(job: tuple[int, str, Mutant], executed: Mapping[str, Mapping[str, set[int]]]) -> bool:
    """Whether the proof executes the line of a mutant."""
    _, package, mutant = job
    return mutant.statement in executed[package].get(mutant.file, set())


def command(folder: Path, package: str) -> list[str]:
    """The arguments of Python for the proof of a package."""
    return ["speclient", "contract", "client", str(folder), "--first", "--examples", "5", "--spec", str(SPECS[package])]


def judge(output: Path, seed: int, package: str, mutant: Mutant) -> Verdict:
    """Run the proof on a copy of the package with the mutant."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / f"{package}_client"
        shutil.copytree(output / f"{package}-client" / f"{package}_client", copy,
                        ignore=shutil.ignore_patterns("__pycache__"))  # fmt: skip
        mutant.apply(copy)
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            process = subprocess.run(
                [sys.executable, "-m", *command(copy, package)],
                cwd=name,
                env=environment,
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                check=False,
            )
            outcome = {0: "survived", 1: "finding"}.get(process.returncode, "import")
            first = process.stdout.partition("\n")[0] if outcome == "finding" else process.stderr[:200]
        except subprocess.TimeoutExpired:
            outcome, first = "time", ""
    verdict = Verdict(seed, package, mutant, outcome, first.rpartition(": ")[2], time.monotonic() - began)
    line = f"{outcome:9}{verdict.seconds:5.1f} s  {package} [{mutant.rule}] {mutant}  {verdict.check[:60]}"
    print(line, file=sys.stderr, flush=True)
    return verdict


def table(verdicts: Sequence[Verdict]) -> list[str]:
    """The verdicts per rule and the survivors, as Markdown."""
    heads = ["rule", "mutants", "detected", "by a finding", "by the import", "by time", "survived", "not executed"]
    lines = ["| " + " | ".join(heads) + " |", "|---|" + "--:|" * 7]
    for rule in (*RULES, "all"):
        some = [verdict for verdict in verdicts if rule in (verdict.mutant.rule, "all")]
        outcomes = [verdict.outcome for verdict in some]
        counts = [outcomes.count(outcome) for outcome in ("finding", "import", "time", "survived", "not executed")]
        lines.append(f"| {rule} | {len(some)} | {sum(counts[:3])} | " + " | ".join(map(str, counts)) + " |")
    lines += ["", "Survivors:", ""]
    lines += [f"- seed {each.seed}, {each.package}, {each.mutant.rule}: {each.mutant} ({each.outcome})"
              for each in verdicts if each.outcome in ("survived", "not executed")]  # fmt: skip
    return lines


if __name__ == "__main__":
    sys.exit(main())
