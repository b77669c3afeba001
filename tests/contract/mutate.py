"""`make mutate`: whether `speclient contract client` detects mutants of the generated packages.

Usage: python -m contract.mutate SEED... [--count N] [--write FILE]
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from contract.mutants import RULES, Mutant, mutants

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("coalesce", "mode", "cortex", "etlworks")
_SECONDS = 90
"""Time limit of a proof. A mutant that exceeds it is detected: a proof ends within half of that."""


@dataclass(frozen=True)
class Verdict:
    """What the proof said about a mutant."""

    seed: int
    package: str
    mutant: Mutant
    outcome: str
    """`finding`, `import` (the package cannot be imported), `time`, or `survived`."""
    check: str
    seconds: float


def main() -> int:
    """Run the mutants and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seeds", nargs="+", type=int)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--only", help="a rule")
    options = parser.parse_args()
    jobs: list[tuple[int, str, Mutant]] = []
    for seed in options.seeds:
        for index, package in enumerate(PACKAGES):
            share = options.count // len(PACKAGES) + (index < options.count % len(PACKAGES))
            # Each package begins with another rule, so that the few mutants of one seed cover all rules.
            folder = ROOT / "generated" / f"{package}-client" / f"{package}_client"
            jobs += [(seed, package, mutant) for mutant in mutants(folder, seed * 10 + index, share)]
    jobs = [job for job in jobs if options.only in (None, job[2].rule)]
    with ThreadPoolExecutor(2) as pool:
        verdicts = list(pool.map(lambda job: judge(*job), jobs))
    print("\n".join(table(verdicts)))
    return 0


def judge(seed: int, package: str, mutant: Mutant) -> Verdict:
    """Run the proof on a copy of the package with the mutant."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / f"{package}_client"
        shutil.copytree(ROOT / "generated" / f"{package}-client" / f"{package}_client", copy,
                        ignore=shutil.ignore_patterns("__pycache__"))  # fmt: skip
        mutant.apply(copy)
        command = [sys.executable, "-m", "speclient", "contract", "client", str(copy), "--first",
                   "--spec", str(ROOT / "specs" / f"{package}.yaml")]  # fmt: skip
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            process = subprocess.run(
                command, cwd=name, env=environment, capture_output=True, text=True, timeout=_SECONDS, check=False
            )
            outcome = {0: "survived", 1: "finding"}.get(process.returncode, "import")
            first = process.stdout.partition("\n")[0] if outcome == "finding" else process.stderr[:200]
        except subprocess.TimeoutExpired:
            outcome, first = "time", ""
    verdict = Verdict(seed, package, mutant, outcome, first.rpartition(": ")[2], time.monotonic() - began)
    print(f"{outcome:9}{verdict.seconds:5.1f} s  {package} [{mutant.rule}] {mutant}  {verdict.check[:60]}", file=sys.stderr, flush=True)
    return verdict


def table(verdicts: Sequence[Verdict]) -> list[str]:
    """The verdicts per rule and the survivors, as Markdown."""
    lines = ["| rule | mutants | detected | by a finding | by the import | by time | survived |", "|---|" + "--:|" * 6]
    for rule in (*RULES, "all"):
        some = [verdict for verdict in verdicts if rule in (verdict.mutant.rule, "all")]
        counts = [sum(verdict.outcome == outcome for verdict in some) for outcome in ("finding", "import", "time", "survived")]
        lines.append(f"| {rule} | {len(some)} | {len(some) - counts[3]} | " + " | ".join(map(str, counts)) + " |")
    lines += ["", "Survivors:", ""]
    lines += [f"- seed {each.seed}, {each.package}, {each.mutant.rule}: {each.mutant}"
              for each in verdicts if each.outcome == "survived"]  # fmt: skip
    return lines


if __name__ == "__main__":
    sys.exit(main())
