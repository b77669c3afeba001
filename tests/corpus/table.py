"""The table of `docs/corpus.md`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from corpus.contracts import SECONDS
from corpus.figures import Row, column

_HEAD = (
    "document", "operations", "whole", "degraded", "refused", "models", "import", "`Any`", "examples", "mypy",
    "pyright", "contract",
)  # fmt: skip
_INTRO = """\
# Real documents

`SPECLIENT_CORPUS=folder make corpus` generates a package from each document of a folder and holds it against the
document. `make corpus ARGS="--contract --types --write"` makes this page (with `--rows FILE`, a run that is broken off
keeps the figures of each document, and the next one adds to them). The documents are 48 of the public collection
APIs.guru, one a provider.

| column | meaning |
|---|---|
| operations | counted on the JSON by code that shares nothing with speclient; the next three must add up to it |
| import | every module imports and every model is complete |
| `Any` | in models, arguments and results, where the document gives a type and the generation report says no reason |
| examples | of those that jsonschema-rs finds valid, how many are read and dumped to the same JSON |
| mypy, pyright | errors of `mypy --strict` and basedpyright |
| contract | findings of the contract tests / operations tried |
"""


def _sum(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"


def _cells(row: Row) -> list[str]:
    def pair(values: Sequence[int] | None, show: Callable[[Sequence[int]], str]) -> str:
        return "-" if values is None else show(values)

    if row.failure is not None:
        return [row.document, str(row.counted), row.failure, *[""] * (len(_HEAD) - 3)]
    agrees = "" if row.counted == row.emitted + row.degraded + row.refused else " (!)"
    return [
        row.document, f"{row.counted}{agrees}", str(row.emitted), str(row.degraded), str(row.refused), str(row.models),
        row.imports or "-", pair(row.anys, lambda values: str(values[2])),
        pair(row.examples, lambda values: f"{values[1]}/{values[0]}"), pair(row.types, lambda values: str(values[0])),
        pair(row.types, lambda values: str(values[1])),
        "-" if row.tried is None else f"{sum(row.findings.values())}/{row.tried}",
    ]  # fmt: skip


def _reasons(row: Row) -> str:
    others = [f"and {len(row.reasons) - 3} more of the kind"] if len(row.reasons) > 4 else []
    return "; ".join([*(row.reasons[:3] if others else row.reasons), *others])


def totals(rows: Sequence[Row]) -> list[str]:
    """The last line of the table."""
    packages = sum(row.failure is None for row in rows)
    counts = [_sum(column(rows, name)) for name in ("counted", "emitted", "degraded", "refused", "models")]
    valid, same = column(rows, "examples", 0), column(rows, "examples", 1)
    return [
        f"**{packages} of {len(rows)}**", *counts, f"{sum(row.imports == 'whole' for row in rows)}",
        _sum(column(rows, "anys", 2)), "-" if valid is None else f"{_sum(same)}/{_sum(valid)}",
        _sum(column(rows, "types", 0)), _sum(column(rows, "types", 1)),
        f"{sum(sum(row.findings.values()) for row in rows)}/{_sum(column(rows, 'tried'))}",
    ]  # fmt: skip


def line(row: Row) -> str:
    """One document in a terminal."""
    cells = _cells(row)
    return f"{cells[0]:32} " + " ".join(f"{cell:>9}" for cell in cells[1:]) + f" {row.seconds:7.1f} s"


def head() -> str:
    """The titles of the columns in a terminal."""
    return f"{_HEAD[0]:32} " + " ".join(f"{name:>9}" for name in _HEAD[1:])


def document(rows: Sequence[Row], explained: str) -> str:
    """The page. `explained` is what people wrote below the tables, and stays."""
    lines = [_INTRO, "| " + " | ".join(_HEAD) + " |", "|---" + "|---:" * (len(_HEAD) - 1) + "|"]
    lines += ["| " + " | ".join(_cells(row)) + " |" for row in rows]
    lines += ["| " + " | ".join(totals(rows)) + " |", ""]
    unstated, told = column(rows, "anys", 0), column(rows, "anys", 1)
    invalid = column(rows, "examples", 2)
    if unstated is not None:
        lines.append(f"`Any` stands {unstated:,} times where a document gives no type, and {told} times by the report.")
    if invalid is not None:
        lines.append(f"{invalid:,} examples are not valid by their own schemas and are not counted.")
    if column(rows, "tried") is not None:
        ended = column(rows, "unfinished")
        lines.append(
            f"{ended} checks of contracts were ended after {SECONDS} seconds; what they had found does not count."
        )
    if short := [row for row in rows if row.degraded or row.refused]:
        lines += ["", "## Degraded and refused", "", "| document | operations | why |", "|---|---:|---|"]
        lines += [f"| {row.document} | {row.degraded + row.refused} | {_reasons(row)} |" for row in short]
    checks = Counter[str]()
    for row in rows:
        checks.update(row.findings)
    if checks:
        lines += ["", "## Findings of the contract tests", "", "| check | findings | documents |", "|---|---:|---|"]
        for check, count in sorted(checks.items()):
            where = [row.document for row in rows if check in row.findings]
            lines.append(f"| {check} | {count} | {', '.join(where[:4])}{', ...' if len(where) > 4 else ''} |")
    return "\n".join(lines) + "\n\n" + explained


def write(path: Path, rows: Sequence[Row]) -> None:
    """Store the page; what stands from `## Explained` on is kept."""
    mark = "## Explained"
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    explained = mark + old.split(mark, 1)[1] if mark in old else f"{mark}\n"
    path.write_text(document(rows, explained), encoding="utf-8")
