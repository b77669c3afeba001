"""`python -m corpus.pages [NAME...]`: run every program of the references of the corpus' packages, print what fails.

Each against the mock of its document. `SPECLIENT_CORPUS` names the folder of documents, as for `make corpus`.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter

from corpus.run import documents
from run_pages import run_pages
from speclient.config import Settings
from speclient.pipeline import generate


def main(wanted: list[str]) -> None:
    """Print a line for each document and for each program that fails, then the sums."""
    total, kinds = 0, Counter[str]()
    for spec in documents(wanted):
        with tempfile.TemporaryDirectory() as output:
            outcome = generate(spec, Settings(output=output), again=True, force=True)
            if outcome.folder is None:
                continue
            count, failures = run_pages(spec, outcome.folder / "REFERENCE.md")
        total += count
        print(f"{spec.stem}: {count - len(failures)} of {sum(outcome.counts[:2])} operations", flush=True)
        for failure in failures:
            kinds[failure["error"].partition(":")[0]] += 1
            print(f"    {failure['title']}: {failure['error']}")
    print(f"{total - kinds.total()} of {total} programs ran; {dict(kinds)}")


if __name__ == "__main__":
    main(sys.argv[1:])
